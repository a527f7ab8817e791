//! Undoing of `Content-Encoding`, with a bound on what comes out.

use std::io::{self, Read};

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

use super::too_large;

/// What is asked for.
pub(super) const ACCEPTED: &str = "gzip, deflate, br";

/// Most codings of one body. Servers use one or two; each is as much work as the whole body.
const MOST_CODINGS: usize = 5;
/// Most members of one gzip body: even an empty one takes the work of setting a decoder up.
const MOST_MEMBERS: usize = 1000;

/// Why a body could not be decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Undecoded {
    TooLarge,
    TooManyCodings,
    TooManyMembers,
    Damaged(&'static str),
}

impl Undecoded {
    /// What an author reads of it; `most` is what was allowed to come out.
    pub(super) fn sentence(&self, most: usize) -> String {
        match self {
            Self::TooLarge => too_large(&format!("has more than {most} bytes when decompressed")),
            Self::TooManyCodings => {
                format!("fetch failed: the response body has more than {MOST_CODINGS} content codings")
            }
            Self::TooManyMembers => {
                format!("fetch failed: the response body has more than {MOST_MEMBERS} gzip members")
            }
            Self::Damaged(coding) => format!("fetch failed: the response body is not valid {coding}"),
        }
    }
}

/// The codings of a body, in the order in which they were applied.
pub(super) fn codings(headers: &HeaderMap) -> Result<Vec<String>, Undecoded> {
    let lines = headers.get_all(CONTENT_ENCODING);
    let codings: Vec<String> = lines
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .take(MOST_CODINGS + 1)
        .collect();
    if codings.len() > MOST_CODINGS { Err(Undecoded::TooManyCodings) } else { Ok(codings) }
}

/// Undoes the codings of a body, the last one first. A coding that is not known stays, as in browsers.
pub(super) fn decode(mut body: Vec<u8>, codings: &[String], most: usize) -> Result<Vec<u8>, Undecoded> {
    for coding in codings.iter().rev() {
        // An answer to HEAD or an empty one has a coding and no bytes.
        if body.is_empty() {
            break;
        }
        body = match &**coding {
            "gzip" | "x-gzip" => gunzip(&body, most)?,
            "deflate" if is_zlib(&body) => bounded(ZlibDecoder::new(&*body), most, "deflate")?,
            "deflate" => bounded(DeflateDecoder::new(&*body), most, "deflate")?,
            "br" => bounded(brotli_decompressor::Decompressor::new(&*body, 4096), most, "br")?,
            _ => break,
        };
    }
    Ok(body)
}

/// All members; what follows them is left out, as browsers do.
fn gunzip(mut body: &[u8], most: usize) -> Result<Vec<u8>, Undecoded> {
    let mut whole = Vec::new();
    for _ in 0..MOST_MEMBERS {
        let mut member = GzDecoder::new(body);
        whole.extend(bounded(&mut member, most - whole.len(), "gzip")?);
        body = member.into_inner();
        if !body.starts_with(&[0x1f, 0x8b]) {
            return Ok(whole);
        }
    }
    Err(Undecoded::TooManyMembers)
}

/// The coding `deflate` means zlib's format, but some servers leave its frame out.
fn is_zlib(body: &[u8]) -> bool {
    matches!(*body, [first, second, ..] if first & 0x0f == 8 && u16::from_be_bytes([first, second]) % 31 == 0)
}

fn bounded(decoder: impl Read, most: usize, coding: &'static str) -> Result<Vec<u8>, Undecoded> {
    let mut out = Vec::new();
    let room = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let read: io::Result<usize> = decoder.take(room).read_to_end(&mut out);
    match read {
        Ok(size) if size > most => Err(Undecoded::TooLarge),
        Ok(_) => Ok(out),
        Err(_) => Err(Undecoded::Damaged(coding)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };

    use super::*;

    const TEXT: &[u8] = b"some text, some text, some text";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn decoded(body: Vec<u8>, coding: &str, most: usize) -> Result<Vec<u8>, Undecoded> {
        let headers = [(CONTENT_ENCODING, coding.parse().unwrap())].into_iter().collect();
        decode(body, &codings(&headers)?, most)
    }

    #[test]
    fn every_coding_that_is_asked_for_is_undone() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(TEXT).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(TEXT).unwrap();
        // "some text, some text, some text", uncompressed, as the format writes it.
        let brotli = [&[0x0f, 0x0f, 0x80][..], TEXT, &[0x03]].concat();
        for (body, coding) in [
            (gzip(TEXT), "gzip"),
            (gzip(TEXT), "X-Gzip"),
            (zlib.finish().unwrap(), "deflate"),
            (raw.finish().unwrap(), "deflate"),
            (brotli, "br"),
            (gzip(&gzip(TEXT)), "gzip, gzip"),
            (TEXT.to_vec(), "identity"),
            (TEXT.to_vec(), "zstd"),
        ] {
            assert_eq!(decoded(body, coding, 100).as_deref(), Ok(TEXT), "{coding}");
        }
        assert_eq!(decoded(Vec::new(), "gzip", 100), Ok(Vec::new()));
        let members = [gzip(b"one "), gzip(b"two"), b"what follows".to_vec()].concat();
        assert_eq!(decoded(members, "gzip", 100).as_deref(), Ok(&b"one two"[..]));
    }

    #[test]
    fn what_comes_out_is_bounded() {
        let bomb = gzip(&vec![0; 1 << 20]);
        assert_eq!(decoded(bomb.clone(), "gzip", (1 << 20) - 1), Err(Undecoded::TooLarge));
        assert_eq!(decoded(bomb.clone(), "gzip", 1 << 20).map(|body| body.len()), Ok(1 << 20));
        let members = [bomb.clone(), bomb].concat();
        assert_eq!(decoded(members, "gzip", (2 << 20) - 1), Err(Undecoded::TooLarge));
    }

    #[test]
    fn a_body_of_many_layers_is_refused_before_any_is_undone() {
        let layered = |layers: usize| {
            let body = (0..layers).fold(TEXT.to_vec(), |body, _| gzip(&body));
            decoded(body, &vec!["gzip"; layers].join(", "), 1000)
        };
        assert_eq!(layered(5).as_deref(), Ok(TEXT));
        assert_eq!(layered(6), Err(Undecoded::TooManyCodings));
        // On as many lines, and of codings that are not known, too.
        for coding in ["gzip", "zstd"] {
            let lines = (0..6).map(|_| (CONTENT_ENCODING, coding.parse().unwrap()));
            assert_eq!(codings(&lines.collect()), Err(Undecoded::TooManyCodings));
        }
        assert_eq!(decoded(TEXT.to_vec(), &vec!["identity"; 40_000].join(","), 100).as_deref(), Ok(TEXT));
    }

    #[test]
    fn a_body_of_many_members_is_refused() {
        let members = |count: usize| decoded(gzip(b"").repeat(count), "gzip", 100);
        assert_eq!(members(MOST_MEMBERS), Ok(Vec::new()));
        assert_eq!(members(MOST_MEMBERS + 1), Err(Undecoded::TooManyMembers));
    }

    #[test]
    fn a_damaged_body_is_an_error() {
        let mut cut = gzip(TEXT);
        cut.truncate(cut.len() - 9);
        for (body, coding) in [(cut, "gzip"), (TEXT.to_vec(), "gzip"), (b"\xff\xff\xff".to_vec(), "br")] {
            assert!(matches!(decoded(body, coding, 100), Err(Undecoded::Damaged(_))), "{coding}");
        }
    }
}
