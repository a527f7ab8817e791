//! What hooks can ask of the server while they run. Everything is scoped to the project (row A5); in a dry run
//! nothing leaves the process and nothing is kept.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use contract::{
    catalogue::triggers::Trigger,
    ids::{ProjectId, UserId},
    manage::CapturedMail,
};
use delivery::mail::{Mailbox, NewMail};
use script::{HostError, Json};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json, value::RawValue};
use store::{Session, cache_entries, users};

use crate::{
    Inner,
    capture::{Cached, Capture, lock},
    fetch::{FetchOwner, FetchRequest, FetchResponse},
    nesting::{MAX_NESTING, nesting},
    project::ProjectInfo,
    user::user_payload,
};

const MAX_KEY: usize = 256;
const MAX_VALUE: usize = 32 << 10;
/// The claims alone may be 4 KiB.
const MAX_TOKEN_OPTIONS: usize = 8 << 10;
/// Values in the caches of one project, both kinds and those that have expired and are not yet removed together.
const MAX_ENTRIES: i64 = 10_000;
/// Life of a value of `api.cache` that was set without one.
const API_CACHE_LIFE_MS: i64 = 15 * 60 * 1000;
/// Life of a value of `Aerocall.cache` that was set without one; also the longest of either.
const SDK_CACHE_LIFE_MS: i64 = 24 * 60 * 60 * 1000;

/// What a hook asks for with `api.token.createServiceToken`.
#[derive(Debug, Clone, Deserialize)]
pub struct ServiceToken {
    /// Scopes, separated by spaces.
    pub scope: String,
    /// Life in seconds; 3600 when missing.
    #[serde(default, rename = "expiresInSeconds")]
    pub expires_in_seconds: Option<i64>,
    /// Claims to add; reserved ones are refused.
    #[serde(default, rename = "customClaims")]
    pub custom_claims: serde_json::Map<String, Value>,
}

/// Signs service tokens. The keys belong to a crate above this one.
#[async_trait]
pub trait TokenSigner: Send + Sync {
    /// Makes a token for a project; the error is a sentence for the hook's author. That of a `test` looks the same,
    /// and no key that is published verifies it.
    async fn service_token(
        &self,
        project: &ProjectId,
        token: ServiceToken,
        test: bool,
    ) -> Result<String, String>;
}

/// The host of one run.
pub(crate) struct HookHost {
    pub(crate) inner: Arc<Inner>,
    pub(crate) project: Arc<ProjectInfo>,
    pub(crate) session: Session,
    pub(crate) trigger: Trigger,
    pub(crate) allowed_hosts: Vec<String>,
    /// What bounds its requests.
    pub(crate) fetches: FetchOwner,
    /// Set in a dry run.
    pub(crate) capture: Option<Arc<Capture>>,
    /// Tokens that the run was given; its record must not contain them.
    pub(crate) issued: Mutex<Vec<String>>,
}

type Answer = Result<Json, String>;

/// The arguments of a call, each parsed by the operation that needs it.
type Args<'a> = &'a [&'a RawValue];

#[async_trait]
impl script::Host for HookHost {
    async fn call(&self, operation: &str, args: Json) -> Result<Json, HostError> {
        let answer = match args.parse::<Vec<&RawValue>>() {
            Ok(args) => self.perform(operation, &args).await,
            Err(_) => Err("the arguments are no list".to_owned()),
        };
        answer.map_err(|message| HostError { message })
    }
}

fn argument<T: DeserializeOwned>(args: Args<'_>, index: usize, what: &str) -> Result<T, String> {
    let text = args.get(index).map_or("null", |arg| arg.get());
    serde_json::from_str(text).map_err(|error| {
        // Where in the text it is says nothing to somebody who has passed a value.
        let error = error.to_string();
        format!("{what}: {}", error.rsplit_once(" at line ").map_or(&*error, |(message, _)| message))
    })
}

fn json(value: &(impl Serialize + ?Sized)) -> Answer {
    Json::of(value).map_err(|error| error.to_string())
}

fn key(args: Args<'_>) -> Result<String, String> {
    let key: String = argument(args, 0, "the key must be text")?;
    if key.is_empty() || key.len() > MAX_KEY {
        return Err(format!("a cache key has 1 to {MAX_KEY} bytes"));
    }
    Ok(key)
}

fn stored(error: &store::StoreError) -> String {
    tracing::warn!(%error, "a hook's request to the database failed");
    "the database is not available".into()
}

impl HookHost {
    async fn perform(&self, operation: &str, args: Args<'_>) -> Answer {
        match operation {
            "fetch" => self.fetch(args).await,
            "api.token.createServiceToken" => self.service_token(args).await,
            "api.cache.get" => self.api_cache_get(args).await,
            "api.cache.set" => self.api_cache_set(args).await,
            "api.cache.delete" => self.api_cache_delete(args).await,
            "Aerocall.auth.getUser" => self.get_user(args).await,
            "Aerocall.auth.sendEmail" => self.send_email(args).await,
            "Aerocall.cache.get" => self.sdk_cache_get(args).await,
            "Aerocall.cache.set" => self.sdk_cache_set(args).await,
            "Aerocall.cache.delete" => self.sdk_cache_delete(args).await,
            other => Err(format!("{other} is not an operation of this server")),
        }
    }

    async fn fetch(&self, args: Args<'_>) -> Answer {
        let request: FetchRequest = argument(args, 0, "fetch takes a URL and options")?;
        let response = if self.capture.is_some() {
            let url = self.inner.fetcher.check(&request.url, &self.allowed_hosts)?;
            FetchResponse::simulated(url.into())
        } else {
            self.inner.fetcher.fetch(request, &self.allowed_hosts, &self.fetches).await?
        };
        json(&response)
    }

    async fn service_token(&self, args: Args<'_>) -> Answer {
        // Before they are read: many small claims take many times their text.
        if args.first().is_some_and(|options| options.get().len() > MAX_TOKEN_OPTIONS) {
            return Err(format!(
                "the options of createServiceToken take more than {MAX_TOKEN_OPTIONS} bytes"
            ));
        }
        let token: ServiceToken =
            argument(args, 0, "createServiceToken takes { scope, expiresInSeconds, customClaims }")?;
        // With the token that they are put into.
        if token.custom_claims.values().any(|claim| 1 + nesting(claim) > MAX_NESTING) {
            return Err(format!(
                "the claims of createServiceToken are nested deeper than {MAX_NESTING} levels"
            ));
        }
        let signer = self.inner.signer.load_full().ok_or("service tokens are not available")?;
        let token = signer.0.service_token(&self.project.id, token, self.capture.is_some()).await?;
        lock(&self.issued).push(token.clone());
        json(&token)
    }

    async fn get_user(&self, args: Args<'_>) -> Answer {
        let wanted: String = argument(args, 0, "getUser takes an id or an e-mail address")?;
        let mut conn = self.session.read().await.map_err(|e| stored(&e))?;
        let found = match wanted.parse::<UserId>() {
            Ok(id) => users::by_id(&mut conn, &self.project.id, &id).await,
            Err(_) => users::by_email(&mut conn, &self.project.id, &wanted).await,
        };
        let user = found.map_err(|e| stored(&e))?.map(|row| user_payload(&row));
        json(&user)
    }

    async fn send_email(&self, args: Args<'_>) -> Answer {
        #[derive(Deserialize)]
        struct Message {
            to: String,
            subject: String,
            #[serde(default)]
            text: Option<String>,
            #[serde(default)]
            html: Option<String>,
        }
        let message: Message = argument(args, 0, "sendEmail takes { to, subject, text, html }")?;
        let recipient = Mailbox::parse(&message.to)
            .map_err(|error| format!("sendEmail: `to` is not an e-mail address: {error}"))?;
        Mailbox::parse(&self.project.settings.mail_from).map_err(|error| {
            format!("sendEmail: the sender in the project's settings is not an e-mail address: {error}")
        })?;
        if message.subject.contains(['\r', '\n']) {
            return Err("sendEmail: `subject` must not contain line breaks".into());
        }
        let text = message.text.unwrap_or_default();
        if let Some(capture) = &self.capture {
            let to = recipient.to_string();
            capture.mail(CapturedMail { to, subject: message.subject, text, html: message.html });
            return json(&json!({"id": "dry-run"}));
        }
        let mail =
            NewMail { recipient, subject: message.subject, text, html: message.html, kind: "hook".into() };
        let mut conn = self.session.write().await.map_err(|e| stored(&e))?;
        let id =
            self.inner.mailer.enqueue(&mut conn, &self.project.id, mail).await.map_err(|e| stored(&e))?;
        conn.commit().await.map_err(|e| stored(&e))?;
        json(&json!({"id": id}))
    }

    fn api_key(&self, args: Args<'_>) -> Result<String, String> {
        Ok(format!("api:{}:{}", self.trigger, key(args)?))
    }

    async fn api_cache_get(&self, args: Args<'_>) -> Answer {
        #[derive(Serialize)]
        struct Hit<'a> {
            value: &'a RawValue,
            expires_at: Option<i64>,
        }
        match self.read_cache(self.api_key(args)?).await? {
            Some((value, expires_at)) => {
                let value = value.parse().map_err(|error| error.to_string())?;
                json(&Hit { value, expires_at })
            }
            // The sandbox hands `null` on; Auth0's `undefined` and it are told apart by nobody's `if (hit)`.
            None => Ok(Json::null()),
        }
    }

    async fn api_cache_set(&self, args: Args<'_>) -> Answer {
        #[derive(Deserialize, Default)]
        struct Options {
            ttl: Option<i64>,
            expires_at: Option<i64>,
        }
        let key = self.api_key(args)?;
        let value: String = argument(args, 1, "the cache of `api` holds text")?;
        let options: Option<Options> = argument(args, 2, "the options are { ttl, expires_at }")?;
        let options = options.unwrap_or_default();
        let now = self.inner.clock.now_ms();
        let asked =
            [options.ttl.map(|ttl| now.saturating_add(ttl)), options.expires_at].into_iter().flatten().min();
        let expires_at = asked.unwrap_or(now + API_CACHE_LIFE_MS).min(now + SDK_CACHE_LIFE_MS);
        match self.write_cache(key, json(&value)?, expires_at).await {
            Ok(()) => json(&json!({"type": "success", "record": {"value": value, "expires_at": expires_at}})),
            Err(code) => json(&json!({"type": "error", "code": code})),
        }
    }

    async fn api_cache_delete(&self, args: Args<'_>) -> Answer {
        self.delete_cache(self.api_key(args)?).await?;
        json(&json!({"type": "success"}))
    }

    async fn sdk_cache_get(&self, args: Args<'_>) -> Answer {
        let found = self.read_cache(format!("sdk:{}", key(args)?)).await?;
        Ok(found.map_or_else(Json::null, |(value, _)| value))
    }

    async fn sdk_cache_set(&self, args: Args<'_>) -> Answer {
        #[derive(Deserialize)]
        struct Options {
            ttl: Option<f64>,
        }
        let key = format!("sdk:{}", key(args)?);
        let options: Option<Options> = argument(args, 2, "the options are { ttl } in seconds")?;
        let now = self.inner.clock.now_ms();
        #[expect(clippy::cast_possible_truncation, reason = "clamped to a day")]
        let life = options
            .and_then(|o| o.ttl)
            .map_or(SDK_CACHE_LIFE_MS, |ttl| (ttl * 1000.0).clamp(0.0, SDK_CACHE_LIFE_MS as f64) as i64);
        let value = args.get(1).map_or_else(|| Ok(Json::null()), |value| json(*value))?;
        self.write_cache(key, value, now + life).await?;
        Ok(Json::null())
    }

    async fn sdk_cache_delete(&self, args: Args<'_>) -> Answer {
        self.delete_cache(format!("sdk:{}", key(args)?)).await?;
        Ok(Json::null())
    }

    async fn read_cache(&self, key: String) -> Result<Option<Cached>, String> {
        let now = self.inner.clock.now_ms();
        if let Some(written) = self.capture.as_ref().and_then(|capture| capture.cached(&key)) {
            return Ok(written.filter(|(_, expires)| expires.is_none_or(|at| at > now)));
        }
        let mut conn = self.session.read().await.map_err(|e| stored(&e))?;
        let found =
            cache_entries::get(&mut conn, &self.project.id, &key, now).await.map_err(|e| stored(&e))?;
        found.map(|entry| Ok((json(&entry.value)?, entry.expires_at))).transpose()
    }

    async fn write_cache(&self, key: String, value: Json, expires_at: i64) -> Result<(), String> {
        if value.as_str().len() > MAX_VALUE {
            return Err(format!("a cached value has at most {} KiB", MAX_VALUE >> 10));
        }
        if let Some(capture) = &self.capture {
            capture.cache(key, Some((value, Some(expires_at))));
            return Ok(());
        }
        let mut conn = self.session.write().await.map_err(|e| stored(&e))?;
        let now = self.inner.clock.now_ms();
        // Not before it is this one's turn to write: many may be waiting, and values are much larger than their text.
        let value: Value = value.parse().map_err(|error| error.to_string())?;
        let (project, until) = (&self.project.id, Some(expires_at));
        let set = cache_entries::set(&mut conn, project, &key, &value, until, now, MAX_ENTRIES).await;
        if !set.map_err(|e| stored(&e))? {
            return Err(format!("the cache is full: a project has at most {MAX_ENTRIES} values"));
        }
        conn.commit().await.map_err(|e| stored(&e))
    }

    async fn delete_cache(&self, key: String) -> Result<(), String> {
        if let Some(capture) = &self.capture {
            capture.cache(key, None);
            return Ok(());
        }
        let mut conn = self.session.write().await.map_err(|e| stored(&e))?;
        cache_entries::delete(&mut conn, &self.project.id, &key).await.map_err(|e| stored(&e))?;
        conn.commit().await.map_err(|e| stored(&e))
    }
}
