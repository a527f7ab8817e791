//! Everything below HTTP, put together as the server does.

use std::{collections::HashMap, sync::Arc};

use auth::{Auth, AuthOptions, HashParams};
use contract::{
    catalogue::{endpoints::Endpoint, payloads::Request},
    error::ErrorBody,
    ids::{HookId, RequestId},
    manage::{
        CreateHook, CreateProject, DeployRequest, EndpointResult, EndpointTest, Hook, RollbackRequest,
        RunMode, TestMode,
    },
};
use delivery::mail::Mailer;
use hooks::{ExchangeOptions, FetchPolicy, Hooks, Journal};
use manage::{Actor, Manage};
use script::{Sandbox, SandboxConfig};
use serde_json::{Value, json};
use store::{Clock, Db, Options, SystemClock, testing::TempDb, vault::Vault};

/// A server without HTTP, with one project `acme`.
pub struct World {
    pub manage: Manage,
    pub hooks: Hooks,
    pub auth: Auth,
    pub db: Db,
    pub actor: Actor,
    _temp: TempDb,
}

pub const SLUG: &str = "acme";

impl World {
    pub async fn new() -> Self {
        Self::with(&Options::default(), Arc::new(SystemClock)).await
    }

    pub async fn with(options: &Options, clock: Arc<dyn Clock>) -> Self {
        let world = Self::without_project(options, clock).await;
        let project = CreateProject { name: "Acme".into(), slug: Some(SLUG.into()), environment: None };
        world.manage.create_project(&world.actor, project).await.unwrap();
        world
    }

    /// As it is at the first start.
    pub async fn without_project(options: &Options, clock: Arc<dyn Clock>) -> Self {
        let temp = store::testing::temp_sqlite_with(options).await.unwrap();
        let db = temp.db.clone();
        let vault = Vault::new([1; 32]);
        let mailer = Arc::new(Mailer::new(db.clone(), clock.clone(), None));
        let sandbox = Sandbox::new(SandboxConfig::default()).unwrap();
        let hooks = Hooks::new(
            db.clone(),
            sandbox,
            clock.clone(),
            vault.clone(),
            mailer.clone(),
            FetchPolicy::default(),
        )
        .unwrap();
        // A cheap hash: these tests are not about it.
        let options = AuthOptions {
            hash: HashParams { memory_kib: 64, iterations: 1, parallelism: 1 },
            enumeration_floor: std::time::Duration::ZERO,
            ..AuthOptions::default()
        };
        let auth = Auth::new(db.clone(), vault.clone(), clock.clone(), mailer, options);
        hooks.set_token_signer(Arc::new(auth.clone()));
        hooks.reload().await.unwrap();
        let manage = Manage::new(
            db.clone(),
            clock,
            vault,
            hooks.clone(),
            auth.clone(),
            "http://localhost:3000".into(),
        );
        Self { manage, hooks, auth, db, actor: Actor::system(), _temp: temp }
    }

    /// A hook with a draft; nothing is live.
    pub async fn hook(&self, trigger: &str, source: &str) -> Hook {
        self.hook_in(SLUG, trigger, source).await
    }

    pub async fn hook_in(&self, slug: &str, trigger: &str, source: &str) -> Hook {
        let request =
            CreateHook { trigger: trigger.into(), source: Some(source.into()), ..CreateHook::default() };
        self.manage.create_hook(&self.actor, slug, request).await.unwrap()
    }

    /// A hook that is live.
    pub async fn live(&self, trigger: &str, source: &str) -> Hook {
        let hook = self.hook(trigger, source).await;
        self.deploy(&hook.id).await.unwrap();
        hook
    }

    /// Puts the code of a version live again.
    pub async fn roll_back(
        &self,
        id: &HookId,
        version: u32,
    ) -> Result<contract::manage::Deployed, ErrorBody> {
        let request = RollbackRequest { note: None, allow_missing_secrets: None };
        self.manage.rollback(&self.actor, SLUG, id, version, request).await
    }

    pub async fn deploy(&self, id: &HookId) -> Result<contract::manage::Deployed, ErrorBody> {
        self.manage
            .deploy(
                &self.actor,
                SLUG,
                id,
                DeployRequest { note: None, revision: None, allow_missing_secrets: None },
            )
            .await
    }

    /// A real request.
    pub async fn call(&self, endpoint: Endpoint, body: Value) -> (u16, Value, Journal) {
        self.call_in(SLUG, endpoint, body).await
    }

    pub async fn call_in(&self, slug: &str, endpoint: Endpoint, body: Value) -> (u16, Value, Journal) {
        self.request(slug, endpoint, Some(body), None).await
    }

    /// The status of a read with an access token.
    pub async fn read(&self, endpoint: Endpoint, token: Option<&str>) -> u16 {
        self.request(SLUG, endpoint, None, token).await.0
    }

    async fn request(
        &self,
        slug: &str,
        endpoint: Endpoint,
        body: Option<Value>,
        token: Option<&str>,
    ) -> (u16, Value, Journal) {
        let project = self.hooks.project_by_slug(slug).unwrap();
        let mut request = <Request as contract::catalogue::payloads::Sample>::sample();
        request.method = endpoint.spec().method.into();
        request.body = body.as_ref().map(auth::redacted_body).unwrap_or_default();
        let options = ExchangeOptions {
            endpoint,
            request,
            request_id: store::new_id::<RequestId>(SystemClock.now_ms()),
            mode: RunMode::Live,
            session: self.db.live(),
            drafts: HashMap::new(),
        };
        let exchange = self.hooks.exchange(project, options);
        let (status, body) = match self.auth.handle(endpoint, &exchange, body, token).await {
            Ok(answer) => (answer.status, answer.body.unwrap_or_default()),
            Err(error) => (error.error.status(), serde_json::to_value(&error).unwrap()),
        };
        let error = body.get("error").and_then(Value::as_str).map(str::to_owned);
        (status, body, exchange.finish(status, error.as_deref()))
    }

    pub async fn register(&self, email: &str) -> (u16, Value, Journal) {
        self.call(Endpoint::Register, account(email)).await
    }

    pub async fn dry_run(&self, body: Value, drafts: &[&HookId]) -> EndpointResult {
        let test = EndpointTest {
            mode: TestMode::DryRun,
            body: Some(body),
            user_id: None,
            drafts: Some(drafts.iter().map(|id| (*id).clone()).collect()),
            sources: None,
            versions: None,
        };
        self.manage.endpoint_test(&self.actor, SLUG, Endpoint::Register, test).await.unwrap()
    }
}

pub fn account(email: &str) -> Value {
    json!({"email": email, "password": "correct horse battery"})
}

/// Refuses everybody, with a text that says which hook it was.
pub fn refusing(text: &str) -> String {
    format!(
        "export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi) {{
  api.access.deny(\"refused\", \"{text}\");
}}"
    )
}
