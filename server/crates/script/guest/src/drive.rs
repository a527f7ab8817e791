//! Waiting: runs jobs and settles host operations until a promise is settled.

use rquickjs::promise::PromiseState;
use rquickjs::{Ctx, Exception, Object, Promise, Value};

use crate::engine::Prelude;
use crate::imports;

/// The value of `result`, awaited when it is a promise. Calls to the host that nobody awaits are
/// finished too; timers are not.
///
/// Throws when the promise can never be settled.
pub fn settle<'js>(
    ctx: &Ctx<'js>,
    prelude: &Prelude<'js>,
    result: Value<'js>,
) -> rquickjs::Result<Value<'js>> {
    let Some(promise) = as_promise(ctx, &result)? else {
        run_jobs(ctx);
        finish(ctx, prelude, result.clone())?;
        return Ok(result);
    };
    loop {
        run_jobs(ctx);
        if promise.state() != PromiseState::Pending {
            break;
        }
        if !advance(ctx, prelude)? {
            let message = "the hook awaits a promise that nothing can settle";
            let fault: Object = prelude.function("fault")?.call((message,))?;
            return Err(ctx.throw(fault.into_value()));
        }
    }
    finish(ctx, prelude, promise.clone().into_value())?;
    promise.result().unwrap_or_else(|| Err(Exception::throw_internal(ctx, "a settled promise has no result")))
}

/// A thenable is awaited as well, through a promise of the engine.
fn as_promise<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> rquickjs::Result<Option<Promise<'js>>> {
    if let Some(promise) = value.as_promise() {
        return Ok(Some(promise.clone()));
    }
    let Some(object) = value.as_object() else { return Ok(None) };
    if !object.get::<_, Value>("then")?.is_function() {
        return Ok(None);
    }
    let (promise, resolve, _) = ctx.promise()?;
    resolve.call::<_, ()>((value.clone(),))?;
    Ok(Some(promise))
}

fn finish<'js>(ctx: &Ctx<'js>, prelude: &Prelude<'js>, own: Value<'js>) -> rquickjs::Result<()> {
    while prelude.function("waiting")?.call::<_, u32>(())? > 0 && advance(ctx, prelude)? {
        run_jobs(ctx);
    }
    prelude.function("reportRejections")?.call((own,))
}

fn run_jobs(ctx: &Ctx<'_>) {
    while ctx.execute_pending_job() {}
}

/// Waits for one operation and settles its promise; false when there is none.
fn advance<'js>(_ctx: &Ctx<'js>, prelude: &Prelude<'js>) -> rquickjs::Result<bool> {
    let Some((ticket, ok, text)) = imports::poll() else { return Ok(false) };
    prelude.function("settle")?.call::<_, ()>((ticket, ok, text))?;
    Ok(true)
}
