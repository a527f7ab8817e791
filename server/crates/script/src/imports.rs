//! What the guests import. Every pointer, length and count comes from hostile code.

use ring::rand::{SecureRandom, SystemRandom};
use wasmtime::{Caller, Engine, Extern, Linker, Memory, Result, format_err};

use crate::clean;
use crate::digest;
use crate::limits::max_arguments;
use crate::state::State;

/// Longest name of an operation or method, in bytes.
const NAME: usize = 128;
/// Longest log line that is read, in bytes; more than is kept, so that a longer one is seen to be cut.
const LOG_LINE: usize = (32 << 10) + 1;
/// How much of a stack is read to find its innermost frame, in bytes.
const STACK: usize = 4 << 10;
/// Most random bytes at a time.
const RANDOM: usize = 64 << 10;

/// All imports of the guest's `env`.
pub fn linker(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    linker.func_wrap("env", "__rquickjs_host_now_us", now_us)?;
    linker.func_wrap("env", "host_loading", |caller: Caller<'_, State>| {
        u32::from(caller.data().bridge.is_none())
    })?;
    linker.func_wrap("env", "host_begin", |mut caller: Caller<'_, State>| {
        caller.data_mut().begin();
    })?;
    linker.func_wrap("env", "host_random", random)?;
    linker.func_wrap("env", "host_hash", hash)?;
    linker.func_wrap("env", "host_hmac", hmac)?;
    linker.func_wrap("env", "host_log", log)?;
    linker.func_wrap("env", "host_record", record)?;
    linker.func_wrap("env", "host_start", start)?;
    linker.func_wrap("env", "host_take", take)?;
    linker.func_wrap("env", "host_cancel", |mut caller: Caller<'_, State>, ticket: u32| {
        caller.data_mut().operations.cancel(ticket);
    })?;
    linker.func_wrap_async("env", "host_poll", |mut caller: Caller<'_, State>, (): ()| {
        Box::new(async move { announced(caller.data_mut().next(None).await) })
    })?;
    linker.func_wrap_async("env", "host_wait", |mut caller: Caller<'_, State>, (ticket,): (u32,)| {
        Box::new(async move { announced(caller.data_mut().next(Some(ticket)).await) })
    })?;
    Ok(linker)
}

/// Ticket and length in one number; 0 for none.
fn announced(next: Option<(u32, usize)>) -> u64 {
    next.map_or(0, |(ticket, len)| (u64::from(ticket) << 32) | len as u64)
}

fn now_us(mut caller: Caller<'_, State>) -> f64 {
    caller.data_mut().ask("the time");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    now.as_micros() as f64
}

fn random(mut caller: Caller<'_, State>, into: u32, len: u32) -> Result<()> {
    caller.data_mut().ask("a random value");
    let memory = memory(&mut caller)?;
    let target = part_mut(memory.data_mut(&mut caller), into, len)?;
    let len = target.len().min(RANDOM);
    let target = target.get_mut(..len).unwrap_or_default();
    SystemRandom::new().fill(target).map_err(|_| format_err!("the system has no random bytes"))
}

fn hash(mut caller: Caller<'_, State>, algorithm: u32, data: u32, len: u32, into: u32) -> Result<u32> {
    if len as usize > digest::MOST {
        return Ok(0);
    }
    let memory = memory(&mut caller)?;
    let result = digest::hash(algorithm, part(memory.data(&caller), data, len)?);
    give(memory, caller, into, result)
}

fn hmac(
    mut caller: Caller<'_, State>,
    algorithm: u32,
    key: u32,
    key_len: u32,
    data: u32,
    len: u32,
    into: u32,
) -> Result<u32> {
    if len as usize > digest::MOST || key_len as usize > digest::MOST {
        return Ok(0);
    }
    let memory = memory(&mut caller)?;
    let all = memory.data(&caller);
    let result = digest::sign(algorithm, part(all, key, key_len)?, part(all, data, len)?);
    give(memory, caller, into, result)
}

fn give(memory: Memory, mut caller: Caller<'_, State>, into: u32, bytes: Option<Vec<u8>>) -> Result<u32> {
    let Some(bytes) = bytes else { return Ok(0) };
    memory.write(&mut caller, into as usize, &bytes)?;
    Ok(bytes.len() as u32)
}

fn log(
    mut caller: Caller<'_, State>,
    level: u32,
    text: u32,
    len: u32,
    stack: u32,
    stack_len: u32,
) -> Result<()> {
    if caller.data().logs.len() >= caller.data().limits.logs {
        return Ok(());
    }
    let message = text_at(&mut caller, text, len, LOG_LINE)?;
    let stack = text_at(&mut caller, stack, stack_len, STACK)?;
    caller.data_mut().log(level, message, &stack);
    Ok(())
}

fn record(
    mut caller: Caller<'_, State>,
    method: u32,
    len: u32,
    args: u32,
    args_len: u32,
    stack: u32,
    stack_len: u32,
) -> Result<u32> {
    let method = text_at(&mut caller, method, len, NAME)?;
    // One byte more than may be recorded, so that longer text is seen to be too long.
    let most = caller.data().limits.output + 1;
    let args = text_at(&mut caller, args, args_len, most)?;
    let stack = text_at(&mut caller, stack, stack_len, STACK)?;
    Ok(u32::from(caller.data_mut().record(&method, args, &stack)?))
}

fn start(mut caller: Caller<'_, State>, name: u32, name_len: u32, args: u32, args_len: u32) -> Result<u32> {
    let name = text_at(&mut caller, name, name_len, NAME)?;
    let most = max_arguments(&name);
    let args = if args_len as usize > most {
        Err(format!("the arguments are longer than {} KiB", most >> 10))
    } else {
        Ok(text_at(&mut caller, args, args_len, most)?)
    };
    Ok(caller.data_mut().start(&name, args)?)
}

fn take(mut caller: Caller<'_, State>, ticket: u32, into: u32) -> Result<u32> {
    let answer = caller.data_mut().operations.take(ticket).ok_or_else(|| format_err!("no such operation"))?;
    let memory = memory(&mut caller)?;
    let (Ok(text) | Err(text)) = &answer;
    memory.write(&mut caller, into as usize, text.as_bytes())?;
    Ok(u32::from(answer.is_ok()))
}

fn memory(caller: &mut Caller<'_, State>) -> Result<Memory> {
    match caller.get_export("memory") {
        Some(Extern::Memory(memory)) => Ok(memory),
        _ => Err(format_err!("the guest has no memory")),
    }
}

/// Text in the guest's memory, of which at most `most` bytes are read. What no database can hold becomes U+FFFD.
fn text_at(caller: &mut Caller<'_, State>, at: u32, len: u32, most: usize) -> Result<String> {
    let memory = memory(caller)?;
    let bytes = part(memory.data(&*caller), at, len)?;
    let bytes = bytes.get(..most).unwrap_or(bytes);
    Ok(clean::text(String::from_utf8_lossy(bytes).into_owned()))
}

/// A part of memory.
pub fn part(memory: &[u8], at: u32, len: u32) -> Result<&[u8]> {
    let (at, len) = (at as usize, len as usize);
    memory.get(at..).and_then(|rest| rest.get(..len)).ok_or_else(|| format_err!("outside the guest's memory"))
}

fn part_mut(memory: &mut [u8], at: u32, len: u32) -> Result<&mut [u8]> {
    let (at, len) = (at as usize, len as usize);
    memory
        .get_mut(at..)
        .and_then(|rest| rest.get_mut(..len))
        .ok_or_else(|| format_err!("outside the guest's memory"))
}
