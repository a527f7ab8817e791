//! A server on a free port with a data folder of its own.

use std::sync::Once;

use contract::manage::{CreateApiKey, Scope};
use hookwright::{
    config::Config,
    startup::{Running, Server},
};
use manage::Actor;
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use store::testing::TempPostgres;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// The password that tests use where none matters.
pub const PASSWORD: &str = "correct horse battery";

pub struct TestApp {
    pub running: Running,
    pub base: String,
    pub client: reqwest::Client,
    pub key: String,
    _folder: TempDir,
}

/// An answer, read.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The answer's body, when the status is the expected one.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json()
    }

    /// The body of an error with this status and code.
    #[track_caller]
    pub fn expect_error(&self, status: u16, code: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(body["error"], code, "{body}");
        assert_eq!(body["request_id"].as_str(), self.headers["x-request-id"].to_str().ok(), "{body}");
        body
    }
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Runs a test on a PostgreSQL database of its own.
    pub async fn on_postgres<F>(test: impl FnOnce(Self) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let Some(database) = TempPostgres::create().await.expect("a database") else {
            eprintln!("SKIPPED on PostgreSQL (HOOKWRIGHT_TEST_POSTGRES is not set)");
            return;
        };
        let app = Self::start_with(&[("HOOKWRIGHT_DATABASE_URL", &database.url)]).await;
        // In a task of its own, so that the database is removed after a panic too.
        let outcome = tokio::spawn(test(app)).await;
        database.remove().await.expect("removed");
        if let Err(error) = outcome {
            std::panic::resume_unwind(error.into_panic());
        }
    }

    /// A server with these variables set.
    pub async fn start_with(variables: &[(&str, &str)]) -> Self {
        install_provider();
        let folder = tempfile::tempdir().expect("a folder");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let data = folder.path().display().to_string();
        // The cheapest hash: these tests are not about it.
        let given = [
            ("HOOKWRIGHT_DATA_DIR", data.as_str()),
            ("HOOKWRIGHT_BASE_URL", base.as_str()),
            ("HOOKWRIGHT_AUTH_ARGON2_MEMORY_KIB", "8"),
            ("HOOKWRIGHT_AUTH_ARGON2_ITERATIONS", "1"),
        ];
        let variables =
            given.iter().chain(variables).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let config = Config::load(None, variables).expect("valid settings");
        let server = Server::build(config).await.expect("a server");
        server.prepare().await.expect("prepared");
        let manage = server.app().manage().clone();
        let request =
            CreateApiKey { name: "tests".into(), scopes: Scope::ALL.to_vec(), expires_in_days: None };
        let key = manage.create_api_key(&Actor::system(), None, request).await.expect("a key").token;
        let running = server.start(listener).expect("running");
        let client =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let app = Self { running, base, client, key, _folder: folder };
        app.api(Method::POST, "/projects", json!({"name": "Acme", "slug": "acme"})).await.expect(201);
        app
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        Reply { status, headers, text: response.text().await.expect("a body") }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.client.get(self.url(path))).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(self.client.post(self.url(path)).json(&body)).await
    }

    pub async fn post_as(&self, path: &str, token: &str, body: Option<Value>) -> Reply {
        let request = self.client.post(self.url(path)).bearer_auth(token);
        self.send(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    /// A call of the management API with the tests' key, for the project `acme`.
    pub async fn api(&self, method: Method, path: &str, body: Value) -> Reply {
        let url = format!("{}/api/v2{path}", self.base);
        let request = self.client.request(method, url).bearer_auth(&self.key).header("x-project", "acme");
        self.send(if body.is_null() { request } else { request.json(&body) }).await
    }

    pub async fn read(&self, path: &str) -> Value {
        self.api(Method::GET, path, Value::Null).await.expect(200)
    }

    /// Creates a hook with a draft; gives its id.
    pub async fn hook(&self, trigger: &str, source: &str) -> String {
        let body = json!({"trigger": trigger, "source": source});
        let hook = self.api(Method::POST, "/hooks", body).await.expect(201);
        hook["id"].as_str().expect("an id").to_owned()
    }

    /// Deploys the draft of a hook; gives the version.
    pub async fn deploy(&self, hook: &str) -> u64 {
        let deployed = self.api(Method::POST, &format!("/hooks/{hook}/deploy"), json!({})).await.expect(200);
        deployed["version"].as_u64().expect("a version")
    }

    /// Creates and deploys a hook.
    pub async fn live(&self, trigger: &str, source: &str) -> String {
        let hook = self.hook(trigger, source).await;
        self.deploy(&hook).await;
        hook
    }

    /// Replaces a hook's draft.
    pub async fn save(&self, hook: &str, source: &str) -> Value {
        let path = format!("/hooks/{hook}/draft");
        let revision = self.read(&path).await["revision"].clone();
        self.api(Method::PUT, &path, json!({"source": source, "revision": revision})).await.expect(200)
    }

    /// Registers in `acme`.
    pub async fn register(&self, email: &str) -> Reply {
        self.post("/p/acme/auth/register", json!({"email": email, "password": PASSWORD})).await
    }

    /// Signs in to `acme`.
    pub async fn login(&self, email: &str) -> Reply {
        self.post("/p/acme/auth/login", json!({"email": email, "password": PASSWORD})).await
    }

    /// The runs of a hook, newest first, when everything recorded so far is written.
    pub async fn runs_of(&self, hook: &str) -> Vec<Value> {
        self.running.app().hooks().flush().await;
        let page = self.read(&format!("/runs?hook_id={hook}")).await;
        page["runs"].as_array().expect("runs").clone()
    }

    /// Entries of the log stream of a type.
    pub async fn logs(&self, kind: &str) -> Vec<Value> {
        self.running.app().hooks().flush().await;
        self.read(&format!("/logs?type={kind}")).await.as_array().expect("entries").clone()
    }
}

/// What clients need for TLS, once for the program.
pub fn install_provider() {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _installed_elsewhere = rustls::crypto::ring::default_provider().install_default();
    });
}

/// The claims of a token, unverified.
pub fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).expect("a JWT");
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}
