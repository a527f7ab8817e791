//! skeleton
use std::sync::Arc;
use std::time::Duration;
use crate::*;
/// Settings of the sandbox.
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// Runs at the same time, over all tenants.
    pub slots: u32,
    /// Runs at the same time of one tenant.
    pub per_tenant: u32,
    /// How long a run waits for a slot before it is refused as busy.
    pub queue_timeout: Duration,
    /// Threads that run hook code.
    pub threads: usize,
}
impl Default for SandboxConfig {
    fn default() -> Self { Self { slots: 16, per_tenant: 4, queue_timeout: Duration::from_secs(2), threads: 2 } }
}
/// The sandbox.
#[derive(Clone)]
pub struct Sandbox;
/// A loaded program.
#[derive(Clone)]
pub struct Program;
impl Program {
    /// Exported functions.
    pub fn exports(&self) -> &[String] { &[] }
    /// Bytes.
    pub fn snapshot_bytes(&self) -> usize { 0 }
}
impl Sandbox {
    /// New.
    pub fn new(_config: SandboxConfig) -> Result<Sandbox, ScriptError> { Ok(Sandbox) }
    /// Compile.
    pub async fn compile(&self, _source: &str, _language: Language) -> Result<Compiled, CompileError> { Err(CompileError::Internal(String::new())) }
    /// Load.
    pub async fn load(&self, _compiled: &Compiled, _limits: &Limits) -> Result<Program, Failure> { Err(Failure::Busy) }
    /// Run.
    pub async fn run(&self, _program: &Program, _tenant: &str, _call: &Call, _limits: &Limits, _host: Arc<dyn Host>) -> Run {
        Run { outcome: Outcome::Busy, value: serde_json::Value::Null, recorded: vec![], logs: vec![], host_calls: vec![], cpu: Duration::ZERO, wall: Duration::ZERO, memory: 0 }
    }
    /// Hash.
    pub fn base_hash(&self) -> &str { "" }
}
