//! Administrators: set-up, sign-in, sessions.

use auth::{Auth, MAX_PASSWORD, NewPassword, Verified};
use contract::{
    email::{self, Email},
    error::{ErrorBody, ErrorCode},
    ids::{AdminId, AdminSessionId},
    manage::{Admin, SetupRequest, SetupState, SignInRequest},
};
use serde_json::json;
use store::{Secret, admin_sessions, admins, api_keys, instance_settings};
use subtle::ConstantTimeEq as _;

use crate::{Actor, Manage, Outcome, audit::Act, invalid, token};

pub(crate) const SETUP_TOKEN: &str = "setup_token_hash";
const SESSION_DAYS: i64 = 14;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const SHORTEST_PASSWORD: usize = 10;
/// An API key's last use is noted this often at most.
const TOUCH_MS: i64 = 60_000;

/// Who talks to the console.
#[derive(Debug, Clone, Default)]
pub struct ClientInfo {
    /// Address.
    pub ip: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
}

/// A new console session.
pub struct SignedIn {
    /// The cookie's value; only its hash is kept.
    pub token: String,
    /// When it ends, in milliseconds since 1970.
    pub expires_at: i64,
    /// Who signed in.
    pub admin: Admin,
}

impl Manage {
    /// Whether the instance still waits for its first administrator.
    ///
    /// # Errors
    /// Database away.
    pub async fn setup_state(&self) -> Outcome<SetupState> {
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        Ok(SetupState { needs_setup: admins::count(&mut conn).await? == 0 })
    }

    /// A new one-time token for the set-up link; none when there is an administrator. An earlier token stops working.
    ///
    /// # Errors
    /// Database away.
    pub async fn setup_token(&self) -> Outcome<Option<String>> {
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        if admins::count(&mut conn).await? > 0 {
            return Ok(None);
        }
        let token = new_token("hws_")?;
        instance_settings::set(&mut conn, SETUP_TOKEN, &json!(token::hash(&token)), self.now()).await?;
        conn.commit().await?;
        Ok(Some(token))
    }

    /// Makes the first administrator with the token of the set-up link, and signs it in.
    ///
    /// # Errors
    /// Wrong token, invalid field, database away; `forbidden` when there is an administrator already.
    pub async fn setup(&self, request: SetupRequest, client: ClientInfo) -> Outcome<SignedIn> {
        let wrong = || {
            ErrorBody::new(
                ErrorCode::Forbidden,
                "This set-up link does not work (any more). The server prints a new one when it starts.",
            )
        };
        let session = self.inner.db.live();
        {
            let mut conn = session.read().await?;
            let stored = instance_settings::get(&mut conn, SETUP_TOKEN).await?;
            let stored = stored.as_ref().and_then(|value| value.as_str()).ok_or_else(wrong)?;
            let given = token::hash(&request.token);
            if !bool::from(stored.as_bytes().ct_eq(given.as_bytes())) {
                return Err(wrong());
            }
        }
        let admin =
            new_admin(&self.inner.auth, self.now(), &request.email, &request.name, &request.password).await?;
        let mut conn = session.write().await?;
        // Whoever takes the token first makes the administrator.
        if !instance_settings::delete(&mut conn, SETUP_TOKEN).await? || admins::count(&mut conn).await? > 0 {
            return Err(wrong());
        }
        let admin = admins::insert(&mut conn, admin).await?;
        let actor = Actor::system();
        let act = Act {
            project: None,
            action: "admin.create",
            target_kind: "admin",
            target: &admin.email,
            details: json!({"first": true}),
        };
        self.audited(&mut conn, &actor, act).await?;
        let (signed_in, _) = self.open_session(&mut conn, &admin, client).await?;
        conn.commit().await?;
        Ok(signed_in)
    }

    /// Makes an administrator from the command line or the environment; an address that is known keeps its name and
    /// password.
    ///
    /// # Errors
    /// Invalid field, database away.
    pub async fn create_admin(&self, email: &str, name: &str, password: &str) -> Outcome<bool> {
        self.inner.instance.create_admin(email, name, password).await
    }

    /// Signs an administrator in.
    ///
    /// # Errors
    /// `invalid_credentials`, `too_many_requests`, database away.
    pub async fn sign_in(&self, request: SignInRequest, client: ClientInfo) -> Outcome<SignedIn> {
        let email = email::fold(&request.email);
        let now = self.now();
        let ip = client.ip.as_deref().unwrap_or_default();
        let attempt = match self.inner.attempts.take(&email, ip, now) {
            Ok(attempt) => attempt,
            Err(refused) => {
                if refused.first {
                    self.note_refusal("admin.sign_in_locked", &email, client.ip).await?;
                }
                return Err(ErrorBody::new(
                    ErrorCode::TooManyRequests,
                    "Too many wrong passwords for this address. Try again in 15 minutes.",
                )
                .details(json!({"retry_after_seconds": refused.seconds})));
            }
        };
        let session = self.inner.db.live();
        let found = admins::by_email(&mut *session.read().await?, &request.email).await?;
        let turn = self.turn(&email, ip, found.as_ref()).await?;
        // An unknown address costs as much time as a wrong password.
        let hash = found.as_ref().map(|admin| admin.password_hash.expose().as_str());
        let verified = self.inner.auth.verify_password(hash, &request.password).await?;
        let Some(admin) = found.filter(|_| !matches!(verified, Verified::Wrong)) else {
            turn.wrong();
            tracing::warn!(ip = client.ip, "admin.sign_in.failed");
            self.note_refusal("admin.sign_in_failed", &email, client.ip).await?;
            return Err(ErrorBody::new(
                ErrorCode::InvalidCredentials,
                "The e-mail address or the password is wrong.",
            ));
        };
        self.inner.attempts.succeeded(&attempt);
        self.inner.accounts.recognise(&email, ip).await;
        let mut conn = session.write().await?;
        if let Verified::Rehash(hash) = verified {
            admins::rehash_password(&mut conn, &admin.id, &admin.password_hash, &Secret::new(hash)).await?;
        }
        admins::record_login(&mut conn, &admin.id, now).await?;
        let ip = client.ip.clone();
        let (signed_in, opened) = self.open_session(&mut conn, &admin, client).await?;
        let by = Actor::admin_session(signed_in.admin.clone(), opened, ip);
        self.audited(&mut conn, &by, Act::on_admin("admin.sign_in", &admin.email)).await?;
        conn.commit().await?;
        Ok(signed_in)
    }

    /// Takes an attempt at an administrator's password. Of an account under attack, unfamiliar networks wait for their
    /// turn; those that the administrator is, or was, signed in from do not.
    async fn turn(&self, email: &str, ip: &str, admin: Option<&admins::Admin>) -> Outcome<auth::Turn> {
        let places = async {
            let now = self.now();
            let id = admin.map_or_else(|| store::new_id(now), |admin| admin.id.clone());
            let session = self.inner.db.live();
            let signed_in = admin_sessions::list(&mut *session.read().await?, &id, now).await?;
            Ok(signed_in.into_iter().filter_map(|session| session.ip).collect())
        };
        // Boxed: it is rarely run, and would make every sign-in's future larger.
        self.inner.accounts.turn(email, ip, Box::pin(places)).await
    }

    /// Writes down that somebody was refused who tried to sign in as an administrator. Addresses of nobody are not
    /// written down, or strangers could fill the log; the same is done for them and taken back, so that the time tells
    /// little.
    async fn note_refusal(&self, action: &'static str, email: &str, ip: Option<String>) -> Outcome<()> {
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        let known = admins::by_email(&mut conn, email).await?.is_some();
        self.audited(&mut conn, &Actor::system_for(ip), Act::on_admin(action, email)).await?;
        if known {
            conn.commit().await?;
        }
        Ok(())
    }

    async fn open_session(
        &self,
        conn: &mut store::Conn,
        admin: &admins::Admin,
        client: ClientInfo,
    ) -> Outcome<(SignedIn, AdminSessionId)> {
        let now = self.now();
        let token = new_token("hwc_")?;
        let expires_at = now + SESSION_DAYS * DAY_MS;
        admin_sessions::prune(conn, now).await?;
        let row = admin_sessions::AdminSession {
            id: store::new_id::<AdminSessionId>(now),
            admin_id: admin.id.clone(),
            token_hash: Secret::new(token::hash(&token)),
            created_at: now,
            expires_at,
            user_agent: client.user_agent.map(|agent| agent.chars().take(300).collect()),
            ip: client.ip,
        };
        admin_sessions::insert(conn, &row).await?;
        Ok((SignedIn { token, expires_at, admin: admin_dto(admin) }, row.id))
    }

    /// Ends the actor's console session.
    ///
    /// # Errors
    /// Database away.
    pub async fn sign_out(&self, actor: &Actor) -> Outcome<()> {
        if let Some(id) = actor.session() {
            let session = self.inner.db.live();
            let mut conn = session.write().await?;
            admin_sessions::delete(&mut conn, id).await?;
            self.audited(&mut conn, actor, Act::on_admin("admin.sign_out", actor.label())).await?;
            conn.commit().await?;
        }
        Ok(())
    }

    /// The administrator of a session cookie; none when it is unknown or over.
    ///
    /// # Errors
    /// Database away.
    pub async fn actor_by_session(&self, token: &str, ip: Option<String>) -> Outcome<Option<Actor>> {
        if !token.starts_with("hwc_") || token.len() > 100 {
            return Ok(None);
        }
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let Some(row) = admin_sessions::by_token(&mut conn, &token::hash(token), self.now()).await? else {
            return Ok(None);
        };
        let admin = admins::by_id(&mut conn, &row.admin_id).await?;
        Ok(admin.map(|admin| Actor::admin_session(admin_dto(&admin), row.id, ip)))
    }

    /// The bearer of an API key; none when it is unknown, revoked or expired.
    ///
    /// # Errors
    /// Database away.
    pub async fn actor_by_key(&self, token: &str, ip: Option<String>) -> Outcome<Option<Actor>> {
        if !token.starts_with("hwk_") || token.len() > 100 {
            return Ok(None);
        }
        let now = self.now();
        let session = self.inner.db.live();
        let found = api_keys::by_token(&mut *session.read().await?, &token::hash(token), now).await?;
        let Some(key) = found else { return Ok(None) };
        if key.last_used_at.is_none_or(|last| now - last > TOUCH_MS) {
            let mut conn = session.write().await?;
            api_keys::touch(&mut conn, &key.id, now).await?;
            conn.commit().await?;
        }
        let scopes = key.scopes.iter().filter_map(|scope| scope.parse().ok()).collect();
        Ok(Some(Actor::key(key.id, key.name, key.project_id, scopes, ip)))
    }
}

/// A new administrator, not yet stored.
pub(crate) async fn new_admin(
    auth: &Auth,
    now: i64,
    email: &str,
    name: &str,
    password: &str,
) -> Outcome<admins::Admin> {
    let email = Email::parse(email).map_err(|error| {
        invalid("email", format!("Enter an e-mail address, such as dana@example.com: {error}."))
    })?;
    let name = name.trim();
    if name.len() > 200 {
        return Err(invalid("name", "Use a name of at most 200 characters."));
    }
    let name = if name.is_empty() { email.local() } else { name };
    Ok(admins::Admin {
        id: store::new_id::<AdminId>(now),
        email: email.folded(),
        name: name.to_owned(),
        password_hash: password_hash(auth, password).await?,
        created_at: now,
        last_login_at: None,
    })
}

/// The hash of an administrator's new password, if it is long enough.
pub(crate) async fn password_hash(auth: &Auth, password: &str) -> Outcome<Secret<String>> {
    let new = NewPassword::parse(password)
        .map_err(|error| invalid("password", format!("Choose another password: this one {error}.")))?;
    if new.characters() < SHORTEST_PASSWORD {
        return Err(invalid(
            "password",
            format!("Choose a password of {SHORTEST_PASSWORD} to {MAX_PASSWORD} characters."),
        ));
    }
    Ok(Secret::new(auth.hash_password(&new).await?))
}

fn admin_dto(admin: &admins::Admin) -> Admin {
    Admin { id: admin.id.clone(), email: admin.email.clone(), name: admin.name.clone() }
}

/// A new token; without randomness nothing can be done safely.
pub(crate) fn new_token(prefix: &str) -> Outcome<String> {
    token::generate(prefix).map_err(|error| {
        tracing::error!(%error, "the system gives no randomness");
        ErrorBody::new(ErrorCode::Internal, "The system gives no randomness; nothing was done.")
    })
}
