//! The JavaScript engine of this instance: prelude, program, and the two things done with it.

use std::cell::RefCell;

use rquickjs::context::EvalOptions;
use rquickjs::{
    CatchResultExt, CaughtError, Context, Ctx, Error, Exception, Function, Module, Object, Persistent,
    Runtime, Value,
};

use crate::drive::settle;
use crate::heap::EngineHeap;
use crate::modules::Builtins;
use crate::natives;

/// JavaScript's stack, so that deep recursion is an error that code can catch.
const STACK: usize = 256 << 10;
/// Size of the heap at which garbage is first collected. Collecting touches every page of the
/// heap, which a short call should not pay for; memory is bounded by the host.
const COLLECT_AT: usize = 8 << 20;
/// Name of the program in stacks; the host turns it into the author's.
const PROGRAM: &str = "hook.js";
/// Name of the prelude in stacks; the host leaves its frames out.
const PRELUDE: &str = "hookwright:prelude";
/// The bundled prelude, a function of `module` that leaves `install` in `module.exports`.
const PRELUDE_SOURCE: &str = concat!("(function(module){", include_str!(env!("HOOKWRIGHT_PRELUDE")), "\n})");

/// What is said of a thrown value that nothing can be said of.
const INDESCRIBABLE: &str =
    r#"{"name":"PlatformError","message":"a value that cannot be shown was thrown","stack":""}"#;

/// Why a load or call did not succeed.
pub enum Failed {
    /// The program threw: JSON text of what.
    Threw(String),
    /// The engine failed.
    Broken(String),
}

/// What the prelude returns, for use from Rust.
pub struct Prelude<'js> {
    functions: Object<'js>,
}

/// The engine and what is loaded into it.
pub struct Engine {
    context: Context,
    // Dropping the runtime would free the heap piece by piece; an instance is thrown away whole.
    _runtime: Runtime,
    prelude: Persistent<Object<'static>>,
    exports: RefCell<Option<Persistent<Object<'static>>>>,
}

struct Single(RefCell<Option<Engine>>);
// SAFETY: WebAssembly here has one thread.
unsafe impl Sync for Single {}
static ENGINE: Single = Single(RefCell::new(None));

/// Whether [`set`] was called.
pub fn exists() -> bool {
    ENGINE.0.borrow().is_some()
}

/// Makes this the engine of the instance.
pub fn set(engine: Engine) {
    *ENGINE.0.borrow_mut() = Some(engine);
}

/// Does something with the engine.
pub fn with(work: impl FnOnce(&Engine) -> Result<String, Failed>) -> Result<String, Failed> {
    match &*ENGINE.0.borrow() {
        Some(engine) => work(engine),
        None => Err(Failed::Broken("the engine was not initialised".to_owned())),
    }
}

impl<'js> Prelude<'js> {
    /// A function of the prelude by name.
    pub fn function(&self, name: &str) -> rquickjs::Result<Function<'js>> {
        self.functions.get(name)
    }
}

impl Engine {
    /// Creates the engine and evaluates the prelude.
    pub fn new() -> rquickjs::Result<Engine> {
        let runtime = Runtime::new_with_alloc(EngineHeap)?;
        runtime.set_max_stack_size(STACK);
        runtime.set_gc_threshold(COLLECT_AT);
        runtime.set_loader(Builtins, Builtins);
        let context = Context::full(&runtime)?;
        let prelude = context.with(|ctx| {
            let bundle: Function = evaluate(&ctx, PRELUDE_SOURCE, PRELUDE)?;
            let module = Object::new(ctx.clone())?;
            module.set("exports", Object::new(ctx.clone())?)?;
            bundle.call::<_, ()>((module.clone(),))?;
            let install: Function = module.get::<_, Object>("exports")?.get("install")?;
            let functions: Object = install.call((natives::object(&ctx)?,))?;
            Ok::<_, Error>(Persistent::save(&ctx, functions))
        })?;
        let tracker = prelude.clone();
        runtime.set_host_promise_rejection_tracker(Some(Box::new(move |ctx, promise, reason, handled| {
            if let Ok(functions) = tracker.clone().restore(&ctx)
                && let Ok(track) = functions.get::<_, Function>("trackRejection")
            {
                // It only fails when memory is used up, which ends the run anyway.
                let _ = track.call::<_, ()>((promise, reason, handled));
            }
        })));
        runtime.run_gc();
        Ok(Engine { context, _runtime: runtime, prelude, exports: RefCell::new(None) })
    }

    /// Evaluates the program and keeps its exports; returns the names of its functions as JSON.
    pub fn load(&self, source: Vec<u8>, commonjs: bool) -> Result<String, Failed> {
        self.enter(|ctx, prelude| {
            let exports: Object = if commonjs {
                // The wrapper has a line of its own, which the host takes off again.
                let wrapped = [b"(function (exports, require, module) {\n", &*source, b"\n})"].concat();
                let body: Function = evaluate(ctx, wrapped, PROGRAM)?;
                let exports = prelude.function("commonjs")?.call((body,))?;
                // Its jobs run now: in a snapshot they would run at the beginning of every call.
                settle(ctx, prelude, Value::new_undefined(ctx.clone()))?;
                exports
            } else {
                let (module, promise) = Module::declare(ctx.clone(), PROGRAM, source)?.eval()?;
                settle(ctx, prelude, promise.into_value())?;
                module.namespace()?
            };
            let names: String = prelude.function("names")?.call((exports.clone(),))?;
            prelude.function("loaded")?.call::<_, ()>(())?;
            *self.exports.borrow_mut() = Some(Persistent::save(ctx, exports));
            Ok(names)
        })
    }

    /// Calls a function; returns what it returned as JSON.
    pub fn call(&self, call: &[u8]) -> Result<String, Failed> {
        self.enter(|ctx, prelude| {
            let Some(exports) = self.exports.borrow().clone() else {
                return Err(Exception::throw_internal(ctx, "no program is loaded"));
            };
            let call = ctx.json_parse(call)?;
            let result: Value = prelude.function("invoke")?.call((exports.restore(ctx)?, call))?;
            let value = settle(ctx, prelude, result)?;
            match ctx.json_stringify(value)? {
                Some(text) => text.to_string(),
                None => Ok("null".to_owned()),
            }
        })
    }

    /// Runs something in the context and turns an exception into its description.
    fn enter(
        &self,
        work: impl for<'js> FnOnce(&Ctx<'js>, &Prelude<'js>) -> rquickjs::Result<String>,
    ) -> Result<String, Failed> {
        self.context.with(|ctx| {
            let broken = |error: Error| Failed::Broken(error.to_string());
            let prelude = Prelude { functions: self.prelude.clone().restore(&ctx).map_err(broken)? };
            let thrown = match work(&ctx, &prelude).catch(&ctx) {
                Ok(text) => return Ok(text),
                Err(CaughtError::Exception(exception)) => exception.into_object().into_value(),
                Err(CaughtError::Value(value)) => value,
                Err(CaughtError::Error(error)) => return Err(broken(error)),
            };
            let text =
                prelude.function("describe").and_then(|describe| describe.call::<_, String>((thrown,)));
            // Hook code that has broken what describing takes has thrown all the same.
            Err(Failed::Threw(text.unwrap_or_else(|_| INDESCRIBABLE.to_owned())))
        })
    }
}

fn evaluate<'js, S: Into<Vec<u8>>>(ctx: &Ctx<'js>, source: S, name: &str) -> rquickjs::Result<Function<'js>> {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(name.to_owned());
    ctx.eval_with_options(source, options)
}
