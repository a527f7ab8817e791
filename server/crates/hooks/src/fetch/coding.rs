//! Undoing of `Content-Encoding`, with a bound on what comes out.

use std::io::{self, Read};

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

/// What is asked for.
pub(super) const ACCEPTED: &str = "gzip, deflate, br";

/// Why a body could not be decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Undecoded {
    TooLarge,
    Damaged(&'static str),
}

/// Undoes the codings of a body, the last one first. A coding that is not known stays, as in browsers.
pub(super) fn decode(mut body: Vec<u8>, headers: &HeaderMap, most: usize) -> Result<Vec<u8>, Undecoded> {
    let lines = headers.get_all(CONTENT_ENCODING);
    let codings: Vec<String> = lines
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect();
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
    loop {
        let mut member = GzDecoder::new(body);
        whole.extend(bounded(&mut member, most - whole.len(), "gzip")?);
        body = member.into_inner();
        if !body.starts_with(&[0x1f, 0x8b]) {
            return Ok(whole);
        }
    }
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
        decode(body, &headers, most)
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
    fn a_damaged_body_is_an_error() {
        let mut cut = gzip(TEXT);
        cut.truncate(cut.len() - 9);
        for (body, coding) in [(cut, "gzip"), (TEXT.to_vec(), "gzip"), (b"\xff\xff\xff".to_vec(), "br")] {
            assert!(matches!(decoded(body, coding, 100), Err(Undecoded::Damaged(_))), "{coding}");
        }
    }
}
