//! An instance with one project: what tests call, and what they look at afterwards.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
    time::Duration,
};

use auth::{Answer, Auth, AuthOptions, HashParams, redacted_body};
use contract::{
    catalogue::{
        endpoints::{Access, Endpoint},
        payloads::Request,
        triggers::Trigger,
    },
    error::{ErrorBody, ErrorCode},
    ids::{HookId, ProjectId},
    manage::{HookSettings, ProjectSettings, RunMode},
};
use delivery::mail::Mailer;
use hooks::{Exchange, ExchangeOptions, FetchPolicy, Hooks, Journal};
use script::{Language, Sandbox, SandboxConfig};
use serde_json::{Value, json};
use store::{
    Clock as _, Db, Session, cache_entries,
    deployments::{self, NewVersion},
    hooks as hook_rows, log_entries, mails, new_id, outbox, projects,
    testing::{ManualClock, TempDb},
    users,
    vault::Vault,
};

pub const START: i64 = 1_790_000_000_000;
pub const EMAIL: &str = "dana@example.com";
pub const PASSWORD: &str = "correct horse battery";
/// Opens the stored secrets.
pub const KEY: [u8; 32] = [7; 32];
pub const IP: &str = "203.0.113.7";

/// Compiling the base image into memory takes a while; the sandbox is safe to share.
static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| {
    Sandbox::new(SandboxConfig { queue_timeout: Duration::from_secs(30), ..SandboxConfig::default() })
        .unwrap()
});

pub struct World {
    pub db: Db,
    pub clock: Arc<ManualClock>,
    pub hooks: Hooks,
    pub auth: Auth,
    pub project: ProjectId,
    _keep: Option<TempDb>,
}

/// What came of a request.
pub struct Reply {
    pub result: Result<Answer, ErrorBody>,
    pub journal: Journal,
}

impl Reply {
    /// The body of a success.
    #[track_caller]
    pub fn ok(&self) -> &Value {
        self.result.as_ref().unwrap().body.as_ref().unwrap()
    }

    /// The error.
    #[track_caller]
    pub fn error(&self) -> &ErrorBody {
        self.result.as_ref().unwrap_err()
    }

    #[track_caller]
    pub fn code(&self) -> ErrorCode {
        self.error().error
    }

    #[track_caller]
    pub fn text(&self, pointer: &str) -> String {
        self.ok().pointer(pointer).and_then(Value::as_str).unwrap().to_owned()
    }
}

fn options() -> AuthOptions {
    AuthOptions {
        base_url: "https://auth.example.com".into(),
        hash: HashParams { memory_kib: 8, iterations: 1, parallelism: 1 },
        enumeration_floor: Duration::ZERO,
        ..AuthOptions::default()
    }
}

pub async fn world() -> World {
    World::with(ProjectSettings::default()).await
}

impl World {
    pub async fn with(settings: ProjectSettings) -> Self {
        let (db, keep) = crate::harness::database().await;
        let clock = Arc::new(ManualClock::at(START));
        let vault = Vault::new(KEY);
        let mailer = Arc::new(Mailer::new(db.clone(), clock.clone(), None));
        // Hooks of the tests wait at servers of this machine.
        let policy = FetchPolicy { allow_private: true, ..FetchPolicy::default() };
        let hooks =
            Hooks::new(db.clone(), SANDBOX.clone(), clock.clone(), vault.clone(), mailer.clone(), policy)
                .unwrap();
        let auth = Auth::new(db.clone(), vault, clock.clone(), mailer, options());
        hooks.set_token_signer(Arc::new(auth.clone()));
        let row = projects::Project {
            id: new_id(START),
            slug: "shop".into(),
            name: "Shop".into(),
            environment: "production".into(),
            custom_host: None,
            is_default: true,
            settings: serde_json::to_value(settings).unwrap(),
            created_at: START,
            updated_at: START,
        };
        let mut lease = db.live().write().await.unwrap();
        projects::insert(&mut lease, &row).await.unwrap();
        lease.commit().await.unwrap();
        hooks.reload().await.unwrap();
        Self { db, clock, hooks, auth, project: row.id, _keep: keep }
    }

    /// The same service with another key to its stored secrets, and nothing in memory yet.
    pub fn auth_with_key(&self, key: [u8; 32]) -> Auth {
        let mailer = Arc::new(Mailer::new(self.db.clone(), self.clock.clone(), None));
        Auth::new(self.db.clone(), Vault::new(key), self.clock.clone(), mailer, options())
    }

    /// Puts a hook live.
    pub async fn deploy(&self, trigger: Trigger, source: &str) -> HookId {
        let compiled = self.hooks.sandbox().compile(source, Language::JavaScript, "tests").await.unwrap();
        let now = self.clock.now_ms();
        let HookSettings { cpu_ms, memory_mb, .. } = HookSettings::default();
        let settings = hook_rows::HookSettings {
            name: trigger.spec().title.into(),
            on_error: None,
            cpu_ms: cpu_ms.into(),
            // Some wait for the test, and the machine may be slow.
            wall_ms: 30_000,
            memory_mb: memory_mb.into(),
            allowed_hosts: Vec::new(),
        };
        let new = hook_rows::NewHook {
            id: new_id(now),
            trigger_id: trigger.as_str().into(),
            kind: hook_rows::HookKind::Code,
            settings,
            language: "javascript".into(),
            draft_source: source.into(),
            author: "test".into(),
        };
        let version = NewVersion {
            source: source.into(),
            language: "javascript".into(),
            compiled: serde_json::to_value(&compiled).unwrap(),
            settings: json!({}),
            hash: "test".into(),
            restored_from: None,
        };
        let mut lease = self.db.live().write().await.unwrap();
        let hook = hook_rows::insert(&mut lease, &self.project, new, now).await.unwrap();
        deployments::deploy(&mut lease, &self.project, &hook.id, version, "", "test", now)
            .await
            .unwrap()
            .unwrap();
        lease.commit().await.unwrap();
        self.hooks.reload().await.unwrap();
        hook.id
    }

    pub fn exchange(&self, endpoint: Endpoint, body: Option<&Value>, session: Session, ip: &str) -> Exchange {
        let spec = endpoint.spec();
        let mode = if session.is_dry() { RunMode::DryRun } else { RunMode::Live };
        let request = Request {
            ip: ip.into(),
            method: spec.method.into(),
            hostname: Some("auth.example.com".into()),
            url: spec.path.into(),
            user_agent: Some("test".into()),
            language: None,
            query: Default::default(),
            body: body.map(redacted_body).unwrap_or_default(),
            geoip: None,
        };
        let options = ExchangeOptions {
            endpoint,
            request,
            request_id: new_id(self.clock.now_ms()),
            mode,
            session,
            drafts: HashMap::new(),
        };
        self.hooks.exchange(self.hooks.default_project().unwrap(), options)
    }

    async fn run(
        &self,
        session: Session,
        ip: &str,
        endpoint: Endpoint,
        body: Value,
        bearer: Option<&str>,
    ) -> Reply {
        // Ids sort by time; two requests of one millisecond would be in no order.
        self.clock.advance_ms(1);
        let body = Some(body).filter(|body| !body.is_null());
        let exchange = self.exchange(endpoint, body.as_ref(), session, ip);
        let result = self.auth.handle(endpoint, &exchange, body, bearer).await;
        let (status, error) = match &result {
            Ok(answer) => (answer.status, None),
            Err(body) => (body.error.status(), Some(body.error.as_str())),
        };
        let journal = exchange.finish(status, error);
        Reply { result, journal }
    }

    pub async fn call(&self, endpoint: Endpoint, body: Value) -> Reply {
        self.run(self.db.live(), IP, endpoint, body, None).await
    }

    pub async fn call_from(&self, ip: &str, endpoint: Endpoint, body: Value) -> Reply {
        self.run(self.db.live(), ip, endpoint, body, None).await
    }

    pub async fn call_as(&self, token: &str, endpoint: Endpoint, body: Value) -> Reply {
        self.run(self.db.live(), IP, endpoint, body, Some(token)).await
    }

    pub async fn call_as_from(&self, ip: &str, token: &str, endpoint: Endpoint, body: Value) -> Reply {
        self.run(self.db.live(), ip, endpoint, body, Some(token)).await
    }

    pub async fn dry(
        &self,
        session: &Session,
        endpoint: Endpoint,
        body: Value,
        bearer: Option<&str>,
    ) -> Reply {
        self.run(session.clone(), IP, endpoint, body, bearer).await
    }

    pub async fn register(&self) -> Reply {
        self.call(Endpoint::Register, json!({"email": EMAIL, "password": PASSWORD})).await
    }

    pub async fn login(&self) -> Reply {
        self.call(Endpoint::Login, json!({"email": EMAIL, "password": PASSWORD})).await
    }

    pub async fn user(&self) -> Option<users::User> {
        let mut lease = self.db.live().read().await.unwrap();
        users::by_email(&mut lease, &self.project, EMAIL).await.unwrap()
    }

    /// Names of the events in the outbox, oldest first.
    pub async fn events(&self) -> Vec<String> {
        let mut lease = self.db.live().read().await.unwrap();
        let filter = outbox::EventFilter::default();
        let rows = outbox::list(&mut lease, &self.project, filter, None, 100).await.unwrap();
        rows.into_iter().rev().map(|row| row.event).collect()
    }

    /// E-mails, oldest first.
    pub async fn mails(&self) -> Vec<mails::Mail> {
        let mut lease = self.db.live().read().await.unwrap();
        let filter = mails::MailFilter::default();
        let mut rows = mails::list(&mut lease, &self.project, filter, None, 100).await.unwrap();
        rows.reverse();
        rows
    }

    /// The one-time token of the newest e-mail.
    pub async fn mailed_token(&self) -> String {
        let mail = self.mails().await.pop().unwrap();
        mail.text_body.split_whitespace().find(|word| word.starts_with("hwt_")).unwrap().to_owned()
    }

    /// A text that a hook has put into its cache.
    pub async fn cached(&self, key: &str) -> String {
        let mut lease = self.db.live().read().await.unwrap();
        let now = self.clock.now_ms();
        let entry =
            cache_entries::get(&mut lease, &self.project, &format!("sdk:{key}"), now).await.unwrap().unwrap();
        entry.value.as_str().unwrap().to_owned()
    }

    pub async fn log(&self, kind: &str) -> Vec<log_entries::LogEntry> {
        self.hooks.flush().await;
        let mut lease = self.db.live().read().await.unwrap();
        let filter = log_entries::LogFilter { kind: Some(kind), ..Default::default() };
        log_entries::list(&mut lease, &self.project, filter, None, 100).await.unwrap()
    }
}

/// The endpoints that want an access token.
pub fn wants_bearer(endpoint: Endpoint) -> bool {
    endpoint.spec().access != Access::Public
}

/// The claims of a token, without looking at its signature.
pub fn claims(token: &str) -> Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}
