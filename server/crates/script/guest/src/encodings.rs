//! The encodings of the web, for `TextDecoder`.

use std::cell::RefCell;

use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding};
use rquickjs::{Ctx, Exception, Function, Object, Result, TypedArray};

use crate::natives::bytes;

/// Decoders that have seen the beginning of a text; a number in JavaScript is the place in here plus one.
struct Decoders(RefCell<Vec<Option<Decoder>>>);
// SAFETY: WebAssembly here has one thread.
unsafe impl Sync for Decoders {}
static DECODERS: Decoders = Decoders(RefCell::new(Vec::new()));

/// Adds the functions to the natives.
pub fn install<'js>(ctx: &Ctx<'js>, natives: &Object<'js>) -> Result<()> {
    natives.set("encodingOf", Function::new(ctx.clone(), encoding_of)?)?;
    natives.set("decodeAs", Function::new(ctx.clone(), decode_as)?)?;
    natives.set("decoder", Function::new(ctx.clone(), decoder)?)?;
    natives.set("decodeNext", Function::new(ctx.clone(), decode_next)?)
}

/// The name of the encoding with this label.
fn encoding_of(label: String) -> Option<String> {
    let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
    Some(encoding.name().to_ascii_lowercase())
}

fn find(ctx: &Ctx<'_>, name: &str) -> Result<&'static Encoding> {
    Encoding::for_label_no_replacement(name.as_bytes())
        .ok_or_else(|| Exception::throw_range(ctx, "no such encoding"))
}

/// Decodes a whole text.
fn decode_as<'js>(
    ctx: Ctx<'js>,
    name: String,
    data: TypedArray<'js, u8>,
    fatal: bool,
    keep_bom: bool,
) -> Result<String> {
    let encoding = find(&ctx, &name)?;
    let data = bytes(&data);
    let text = match (fatal, keep_bom) {
        (false, false) => Some(encoding.decode_with_bom_removal(data).0),
        (false, true) => Some(encoding.decode_without_bom_handling(data).0),
        (true, keep_bom) => {
            let data = if keep_bom { data } else { without_bom(encoding, data) };
            encoding.decode_without_bom_handling_and_without_replacement(data)
        }
    };
    text.map(std::borrow::Cow::into_owned).ok_or_else(|| invalid(&ctx, encoding))
}

/// The data without the byte order mark of this very encoding.
fn without_bom<'d>(encoding: &'static Encoding, data: &'d [u8]) -> &'d [u8] {
    match Encoding::for_bom(data) {
        Some((found, length)) if found == encoding => data.get(length..).unwrap_or_default(),
        _ => data,
    }
}

fn invalid(ctx: &Ctx<'_>, encoding: &'static Encoding) -> rquickjs::Error {
    Exception::throw_type(ctx, &format!("the data are not valid {}", encoding.name()))
}

/// Starts a text that comes in parts; returns its number.
fn decoder(ctx: Ctx<'_>, name: String, keep_bom: bool) -> Result<usize> {
    let encoding = find(&ctx, &name)?;
    let decoder = if keep_bom {
        encoding.new_decoder_without_bom_handling()
    } else {
        encoding.new_decoder_with_bom_removal()
    };
    let mut decoders = DECODERS.0.borrow_mut();
    let place = match decoders.iter().position(Option::is_none) {
        Some(place) => place,
        None => {
            decoders.push(None);
            decoders.len() - 1
        }
    };
    if let Some(slot) = decoders.get_mut(place) {
        *slot = Some(decoder);
    }
    Ok(place + 1)
}

/// Decodes the next part; the last one ends the text and frees its number.
fn decode_next<'js>(
    ctx: Ctx<'js>,
    number: usize,
    data: TypedArray<'js, u8>,
    fatal: bool,
    last: bool,
) -> Result<String> {
    let mut decoders = DECODERS.0.borrow_mut();
    let slot = decoders.get_mut(number.wrapping_sub(1));
    let Some(slot) = slot else { return Err(Exception::throw_internal(&ctx, "no such decoder")) };
    let Some(mut decoder) = slot.take() else {
        return Err(Exception::throw_internal(&ctx, "the decoder has ended"));
    };
    let encoding = decoder.encoding();
    let text = next_part(&mut decoder, bytes(&data), fatal, last);
    if !last {
        *slot = Some(decoder);
    }
    text.ok_or_else(|| invalid(&ctx, encoding))
}

/// The text of one part; none where the data are invalid and that counts.
fn next_part(decoder: &mut Decoder, mut data: &[u8], fatal: bool, last: bool) -> Option<String> {
    let mut text = String::with_capacity(data.len() + 16);
    loop {
        let (full, read) = if fatal {
            let (result, read) = decoder.decode_to_string_without_replacement(data, &mut text, last);
            match result {
                DecoderResult::InputEmpty => (false, read),
                DecoderResult::OutputFull => (true, read),
                DecoderResult::Malformed(..) => return None,
            }
        } else {
            let (result, read, _) = decoder.decode_to_string(data, &mut text, last);
            (result == CoderResult::OutputFull, read)
        };
        if !full {
            return Some(text);
        }
        data = data.get(read..).unwrap_or_default();
        text.reserve(data.len() * 3 + 64);
    }
}
