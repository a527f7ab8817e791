//! `POST /auth/login`.

use contract::catalogue::{
    endpoints::Endpoint,
    events::Event,
    payloads::{
        Authentication, AuthenticationMethod, Authorization, LoginAttempt, PostUserLoginEvent,
        PreUserLoginEvent, Session, Stats,
    },
    triggers::fires,
};
use hooks::{Effects, Exchange, rfc3339, user_payload};
use serde_json::{Map, Value};
use store::{
    Conn, Secret, StoreError,
    users::{self, User},
};

use crate::{
    Answer, Auth,
    accounts::Turn,
    bearer::refuse_blocked,
    error::AuthError,
    hasher::Match,
    input::{Address, Fields},
    password::{GivenPassword, NewPassword},
    session_start::{Grant, NewSession},
    throttle::{Key, What},
};

use super::still_proven;

struct Input {
    address: Address,
    password: GivenPassword,
    scope: Option<String>,
    audience: Option<String>,
}

impl Input {
    fn parse(body: Option<Value>) -> Result<Self, AuthError> {
        let fields = Fields::of(body)?;
        Ok(Self {
            address: fields.address()?,
            password: fields.password("password")?,
            scope: fields.optional_text("scope", 1_000)?,
            audience: fields.optional_text("audience", 500)?,
        })
    }
}

impl Auth {
    /// Hooks before, the password, hooks that may refuse or add, one transaction, tokens, hooks after.
    pub(crate) async fn login(&self, exchange: &Exchange, body: Option<Value>) -> Result<Answer, AuthError> {
        let input = Input::parse(body)?;
        let project = &exchange.project().id;
        let key = Key::new(What::Password, project, input.address.folded(), &exchange.request().ip);
        if !exchange.is_dry() {
            // Before the hooks: who is refused anyway shall not cost the project sandbox time.
            self.inner.throttle.check(&key).await?;
        }
        let mut lease = exchange.session().read().await?;
        let found = users::by_email(&mut lease, project, input.address.typed()).await?;
        drop(lease);
        if let Some(user) = &found {
            exchange.set_user(&user.id);
        }

        let turn = self.turn(exchange, input.address.folded(), found.as_ref()).await?;

        exchange.fire(fires::PreUserLogin, before_event(exchange, &input.address, found.as_ref())).await?;
        let (mut user, rehash) = self.check_password(exchange, found, &input.password, &key, turn).await?;

        let now = self.now();
        user.last_login = Some(now);
        user.last_ip = Some(exchange.request().ip.clone());
        user.login_count += 1;
        let mut new = NewSession::begin(exchange, &user.id, "password", now)?;
        let (effects, refused) =
            exchange.fire_all(fires::PostUserLogin, post_event(exchange, &user, &new)).await;
        apply(&effects, &mut user);
        let mut grant = Grant {
            scope: input.scope,
            audience: input.audience,
            claims: effects.claims.clone(),
            ..Grant::password()
        };
        new.grants(&grant);
        let granted = match refused {
            Some(denial) => Err(denial.into()),
            None => self.exchange_credentials(exchange, &user, &mut grant).await,
        };
        if let Err(refusal) = granted {
            // A refusal does not undo what hooks have asked for already, as in the system they come from.
            self.keep_metadata(exchange, &user, &effects, now).await?;
            return Err(refusal);
        }

        let core = exchange.core("Issue tokens");
        // Signed before anything is written: a session nobody has a token of would be of no use.
        let access = self.access_token(exchange, &user.id, &new.session.id, &grant).await?;
        let rehashed = match rehash {
            Some(password) => Some(Secret::new(self.inner.hasher.hash(&password).await?)),
            None => None,
        };
        let user = self.record(exchange, &user, &effects, &new, rehashed.as_ref()).await?;
        self.recognise(exchange, &user).await;
        drop(core);
        exchange.event_emitted(Event::AuthLogin);
        exchange.notify(fires::AfterLogin, super::user_event(exchange, &user)).await;
        Answer::of(Endpoint::Login, &new.answer(access, &user))
    }

    /// The user, if the password is right; with it the password in its normal form, if its hash is of another one. An
    /// unknown address takes as long and answers the same.
    async fn check_password(
        &self,
        exchange: &Exchange,
        found: Option<User>,
        password: &GivenPassword,
        key: &Key,
        turn: Option<Turn>,
    ) -> Result<(User, Option<NewPassword>), AuthError> {
        let _core = exchange.core("Check the password");
        if !exchange.is_dry() {
            self.inner.throttle.attempt(key).await?;
        }
        let hash =
            found.as_ref().and_then(|user| user.password_hash.as_ref()).map(|hash| hash.expose().as_str());
        let matched = self.inner.hasher.verify(hash, password).await?;
        let Some(user) = found.filter(|_| matched.is_right()) else {
            if let Some(turn) = turn {
                turn.wrong();
            }
            return Err(super::invalid_credentials());
        };
        if !exchange.is_dry() {
            self.inner.throttle.succeeded(key).await;
        }
        refuse_blocked(&user)?;
        Ok((user, if let Match::Old(normal) = matched { Some(normal) } else { None }))
    }

    /// The metadata of a login that is refused.
    async fn keep_metadata(
        &self,
        exchange: &Exchange,
        user: &User,
        effects: &Effects,
        now: i64,
    ) -> Result<(), AuthError> {
        if !effects.user_metadata.is_empty() || !effects.app_metadata.is_empty() {
            let mut lease = exchange.session().write().await?;
            write_metadata(&mut lease, user, effects, now).await?;
            lease.commit().await?;
        }
        Ok(())
    }

    /// The one transaction of a login.
    async fn record(
        &self,
        exchange: &Exchange,
        user: &User,
        effects: &Effects,
        new: &NewSession,
        rehashed: Option<&Secret<String>>,
    ) -> Result<User, AuthError> {
        let (project, id) = (&exchange.project().id, &user.id);
        let now = new.session.created_at;
        let mut lease = exchange.session().write().await?;
        write_metadata(&mut lease, user, effects, now).await?;
        let recorded = users::record_login(&mut lease, project, id, user.last_ip.as_deref(), now).await?;
        let proven = user;
        let user = still_proven(recorded, proven)?;
        if let (Some(checked), Some(rehashed)) = (&proven.password_hash, rehashed) {
            users::rehash_password(&mut lease, project, id, checked, rehashed).await?;
        }
        new.insert(&mut lease).await?;
        self.emit_user(&mut lease, exchange, Event::AuthLogin, &user).await?;
        lease.commit().await?;
        Ok(user)
    }
}

/// Writes what hooks asked for to the user's metadata.
async fn write_metadata(conn: &mut Conn, user: &User, effects: &Effects, now: i64) -> Result<(), StoreError> {
    if !effects.user_metadata.is_empty() || !effects.app_metadata.is_empty() {
        let (of_user, of_app) = (writes(&effects.user_metadata), writes(&effects.app_metadata));
        users::update_metadata(conn, &user.project_id, &user.id, &of_user, &of_app, now).await?;
    }
    Ok(())
}

/// Writes of hooks, later ones over earlier ones; null stays, because it removes.
fn writes(pairs: &[(String, Value)]) -> Map<String, Value> {
    pairs.iter().cloned().collect()
}

/// Shows the hooks' writes in the user at hand, for the hooks that follow.
fn apply(effects: &Effects, user: &mut User) {
    let payload = user_payload(user);
    let (mut user_metadata, mut app_metadata) = (payload.user_metadata, payload.app_metadata);
    effects.apply_user(&mut user_metadata);
    effects.apply_app(&mut app_metadata);
    user.user_metadata = Value::Object(user_metadata.into_iter().collect());
    user.app_metadata = Value::Object(app_metadata.into_iter().collect());
}

fn before_event(exchange: &Exchange, address: &Address, user: Option<&User>) -> PreUserLoginEvent {
    PreUserLoginEvent {
        user: LoginAttempt { email: address.shown().into(), user: user.map(user_payload) },
        client: exchange.client(),
        connection: exchange.connection(),
        request: exchange.request().clone(),
        tenant: exchange.tenant(),
    }
}

fn post_event(exchange: &Exchange, user: &User, new: &NewSession) -> PostUserLoginEvent {
    let started = rfc3339(new.session.created_at);
    PostUserLoginEvent {
        user: user_payload(user),
        client: exchange.client(),
        connection: exchange.connection(),
        request: exchange.request().clone(),
        tenant: exchange.tenant(),
        authentication: Authentication {
            methods: vec![AuthenticationMethod { name: "pwd".into(), timestamp: started.clone() }],
        },
        authorization: Authorization { roles: Vec::new() },
        stats: Stats { logins_count: user.login_count },
        session: Session {
            id: new.session.id.to_string(),
            created_at: started.clone(),
            authenticated_at: started,
        },
    }
}
