//! The functions that the prelude builds on.

use rquickjs::{Ctx, Exception, Function, Object, Result, TypedArray};

use crate::{encodings, hosts, imports};

/// The operation behind timers.
const TIMER: &str = "$timer";

/// The object that is handed to the prelude's `install`.
pub fn object<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("start", Function::new(ctx.clone(), start)?)?;
    object.set("perform", Function::new(ctx.clone(), perform)?)?;
    object.set("cancel", Function::new(ctx.clone(), imports::cancel)?)?;
    object.set(
        "log",
        Function::new(ctx.clone(), |level: u32, text: String, at: String| imports::log(level, &text, &at))?,
    )?;
    object.set("record", Function::new(ctx.clone(), record)?)?;
    object.set("begin", Function::new(ctx.clone(), imports::begin)?)?;
    object.set("random", Function::new(ctx.clone(), random)?)?;
    object.set("randomBytes", Function::new(ctx.clone(), random_bytes)?)?;
    object.set("hash", Function::new(ctx.clone(), hash)?)?;
    object.set("hmac", Function::new(ctx.clone(), hmac)?)?;
    object.set(
        "encode",
        Function::new(ctx.clone(), |ctx: Ctx<'js>, text: String| TypedArray::new_copy(ctx, text))?,
    )?;
    object.set("decode", Function::new(ctx.clone(), decode)?)?;
    object.set("loading", Function::new(ctx.clone(), imports::loading)?)?;
    encodings::install(ctx, &object)?;
    hosts::install(ctx, &object)?;
    Ok(object)
}

/// Starts an operation; returns its ticket.
fn start(ctx: Ctx<'_>, operation: String, args: String) -> Result<u32> {
    refuse_while_loading(&ctx, if operation == TIMER { "a timer" } else { &operation })?;
    imports::start(&operation, &args)
        .ok_or_else(|| Exception::throw_range(&ctx, "too many operations are waiting at the same time"))
}

/// Performs an operation; `+` and its JSON text, or `-` and its error message.
fn perform(ctx: Ctx<'_>, operation: String, args: String) -> Result<String> {
    let ticket = start(ctx.clone(), operation, args)?;
    match imports::wait(ticket) {
        Some((_, true, text)) => Ok(format!("+{text}")),
        Some((_, false, text)) => Ok(format!("-{text}")),
        None => Err(Exception::throw_internal(&ctx, "the operation has no result")),
    }
}

fn record(ctx: Ctx<'_>, method: String, args: String, at: String) -> Result<()> {
    refuse_while_loading(&ctx, "the api")?;
    if imports::record(&method, &args, &at) {
        return Ok(());
    }
    Err(Exception::throw_type(&ctx, "the arguments are nested too deep"))
}

/// Throws while the top level runs. What it asked for there would be the same in every call.
fn refuse_while_loading(ctx: &Ctx<'_>, what: &str) -> Result<()> {
    if !imports::loading() {
        return Ok(());
    }
    let message = format!("{what} is not available while the hook is loading: call it inside the handler");
    Err(Exception::throw_type(ctx, &message))
}

/// A number from 0 to 1 with 53 random bits.
fn random(ctx: Ctx<'_>) -> Result<f64> {
    refuse_while_loading(&ctx, "Math.random()")?;
    let mut bytes = [0u8; 8];
    imports::random(&mut bytes);
    Ok((u64::from_le_bytes(bytes) >> 11) as f64 / (1u64 << 53) as f64)
}

fn random_bytes(ctx: Ctx<'_>, size: f64) -> Result<TypedArray<'_, u8>> {
    refuse_while_loading(&ctx, "a random value")?;
    if !(0.0..=65536.0).contains(&size) {
        return Err(Exception::throw_range(&ctx, "at most 65536 random bytes at a time"));
    }
    let mut bytes = vec![0u8; size as usize];
    imports::random(&mut bytes);
    TypedArray::new_copy(ctx, bytes)
}

fn hash<'js>(ctx: Ctx<'js>, algorithm: u32, data: TypedArray<'js, u8>) -> Result<TypedArray<'js, u8>> {
    digest(&ctx, imports::hash(algorithm, bytes(&data)))
}

fn hmac<'js>(
    ctx: Ctx<'js>,
    algorithm: u32,
    key: TypedArray<'js, u8>,
    data: TypedArray<'js, u8>,
) -> Result<TypedArray<'js, u8>> {
    digest(&ctx, imports::hmac(algorithm, bytes(&key), bytes(&data)))
}

fn digest<'js>(ctx: &Ctx<'js>, digest: Option<Vec<u8>>) -> Result<TypedArray<'js, u8>> {
    match digest {
        Some(digest) => TypedArray::new_copy(ctx.clone(), digest),
        None => Err(Exception::throw_range(ctx, "at most 1 MiB can be hashed at a time")),
    }
}

fn decode<'js>(ctx: Ctx<'js>, data: TypedArray<'js, u8>, fatal: bool) -> Result<String> {
    match std::str::from_utf8(bytes(&data)) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) if fatal => Err(Exception::throw_type(&ctx, "the data are not valid UTF-8")),
        Err(_) => Ok(String::from_utf8_lossy(bytes(&data)).into_owned()),
    }
}

/// The bytes of an array; none of a detached one.
pub fn bytes<'a>(array: &'a TypedArray<'_, u8>) -> &'a [u8] {
    // SAFETY: no JavaScript runs while the slice is in use.
    unsafe { array.as_bytes() }.unwrap_or_default()
}
