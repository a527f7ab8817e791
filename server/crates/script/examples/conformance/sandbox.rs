//! The real sandbox with the driver program in it, with more time and room than hooks have.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use script::{
    Argument, Behaviour, Call, Host, HostError, Json, Language, Limits, Method, Outcome, Program, Sandbox,
    SandboxConfig,
};
use serde_json::{Value, json};

const DRIVER: &str = include_str!("driver.js");
const TENANT: &str = "conformance";

/// Runs calls of the driver.
#[derive(Clone)]
pub struct Driver {
    sandbox: Sandbox,
    program: Program,
    host: Arc<Checkout>,
    limits: Limits,
}

/// The host of a test: reads files of the checkout, and has no network.
struct Checkout(PathBuf);

#[async_trait]
impl Host for Checkout {
    async fn call(&self, operation: &str, args: Json) -> Result<Json, HostError> {
        if operation != "Aerocall.file" {
            return Err(HostError::new("there is no network in a test"));
        }
        let [path]: [String; 1] = args.parse().map_err(|_| HostError::new("expected one path"))?;
        let path = path.trim_start_matches('/');
        let inside = Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        let bytes = if inside { std::fs::read(self.0.join(path)).ok() } else { None };
        let answer = match bytes {
            Some(bytes) => match String::from_utf8(bytes) {
                Ok(text) => json!({ "status": 200, "text": text, "base64": "" }),
                Err(error) => json!({ "status": 200, "base64": STANDARD.encode(error.into_bytes()) }),
            },
            None => json!({ "status": 404, "text": "", "base64": "" }),
        };
        Json::of(&answer).map_err(|_| HostError::new("the file cannot be passed on"))
    }
}

impl Driver {
    /// Loads the driver for the tests of a checkout.
    pub async fn new(checkout: &Path, seconds: u64) -> Result<Self> {
        let sandbox = Sandbox::new(SandboxConfig { per_tenant: 16, ..SandboxConfig::default() })?;
        let limits = Limits {
            cpu: Duration::from_secs(seconds),
            wall: Duration::from_secs(3 * seconds),
            memory: 128 << 20,
            output: 32 << 20,
            logs: 0,
            log_bytes: 0,
            host_calls: 10_000,
            pending: 1_000,
        };
        let compiled = sandbox.compile(DRIVER, Language::JavaScript, TENANT).await?;
        let program = sandbox.load(&compiled, &Limits::default(), TENANT).await;
        let program = program.map_err(|failure| anyhow!("the driver does not load: {failure}"))?;
        Ok(Self { sandbox, program, host: Arc::new(Checkout(checkout.to_owned())), limits })
    }

    /// Calls a function of the driver; an error says how the run ended instead of returning.
    pub async fn call(&self, handler: &str, event: Value) -> std::result::Result<Value, String> {
        let call = Call {
            handler: handler.to_owned(),
            arguments: vec![Argument::Event],
            event,
            sdk: vec![Method { path: "file".into(), behaviour: Behaviour::Host, params: "".into() }],
            ..Call::default()
        };
        let host: Arc<dyn Host> = Arc::<Checkout>::clone(&self.host);
        let run = self.sandbox.run(&self.program, TENANT, &call, &self.limits, host).await;
        match run.outcome {
            Outcome::Returned => Ok(run.value.to_value()),
            Outcome::Threw(thrown) => Err(format!("{}: {}", thrown.name, thrown.message)),
            Outcome::Limit(kind) => Err(kind.sentence(&self.limits)),
            other => Err(format!("{other:?}")),
        }
    }
}
