//! `POST /auth/register`.

use contract::{
    catalogue::{
        endpoints::Endpoint,
        events::Event,
        payloads::{
            NewUser, PostUserRegistrationEvent, PreUserRegistrationEvent, RegistrationCandidate,
            ValidateRegistrationUsernameEvent,
        },
        triggers::fires,
    },
    email::Email,
    error::ErrorCode,
};
use hooks::{Effects, Exchange, user_payload};
use serde_json::{Map, Value};
use store::{
    Secret, new_id,
    tickets::TicketPurpose,
    users::{self, User},
};

use crate::{
    Answer, Auth,
    error::{AuthError, email_taken, username_taken},
    input::{CONNECTION, Fields},
    password::NewPassword,
    session_start::{Grant, NewSession},
    throttle::{Key, What},
};

use super::still_proven;

struct Input {
    email: Email,
    password: NewPassword,
    username: Option<String>,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    nickname: Option<String>,
    picture: Option<String>,
    user_metadata: Map<String, Value>,
}

impl Input {
    fn parse(body: Option<Value>, min_length: u32) -> Result<Self, AuthError> {
        const NAME: usize = 200;
        let fields = Fields::of(body)?;
        Ok(Self {
            email: fields.email()?,
            password: fields.new_password("password", min_length)?,
            username: fields.optional_name("username", 128)?,
            name: fields.optional_text("name", NAME)?,
            given_name: fields.optional_text("given_name", NAME)?,
            family_name: fields.optional_text("family_name", NAME)?,
            nickname: fields.optional_text("nickname", NAME)?,
            picture: fields.optional_url("picture", 2_048)?,
            user_metadata: fields.metadata("user_metadata")?,
        })
    }
}

impl Auth {
    /// Hooks on the address, uniqueness, hooks on the user to be, hash, one transaction, hooks and mail for the new
    /// user, then tokens. A refusal of the credentials exchange leaves the user created.
    pub(crate) async fn register(
        &self,
        exchange: &Exchange,
        body: Option<Value>,
    ) -> Result<Answer, AuthError> {
        let settings = &exchange.project().settings;
        if !settings.signup_enabled {
            return Err(AuthError::refused(ErrorCode::SignupDisabled, "Sign-up is switched off."));
        }
        let input = Input::parse(body, settings.password_min_length)?;
        if !exchange.is_dry() {
            let key = Key::of_caller(What::SignUp, &exchange.project().id, &exchange.request().ip);
            self.inner.throttle.attempt(&key).await?;
        }

        self.validate(exchange, &input).await?;
        self.refuse_taken(exchange, &input).await?;
        let effects = exchange.fire(fires::PreUserRegistration, before_event(exchange, &input)).await?;
        let user = self.create(exchange, input, &effects).await?;
        exchange.set_user(&user.id);
        exchange.event_emitted(Event::AuthSignup);
        exchange.notify(fires::PostUserRegistration, after_event(exchange, &user)).await;
        if settings.verify_email_on_signup {
            self.verify_new_address(exchange, &user).await;
        }

        let mut grant = Grant::password();
        self.exchange_credentials(exchange, &user, &mut grant).await?;
        let new = NewSession::begin(exchange, &user.id, "password", self.now())?;
        let access = self.access_token(exchange, &user.id, &new.session.id, &grant).await?;
        let mut lease = exchange.session().write().await?;
        let current = users::locked(&mut lease, &user.project_id, &user.id).await?;
        let user = still_proven(current, &user)?;
        new.insert(&mut lease).await?;
        lease.commit().await?;
        Answer::of(Endpoint::Register, &new.answer(access, &user))
    }

    async fn validate(&self, exchange: &Exchange, input: &Input) -> Result<(), AuthError> {
        let event = ValidateRegistrationUsernameEvent {
            client: exchange.client(),
            request: exchange.request().clone(),
            tenant: exchange.tenant(),
            user: RegistrationCandidate { email: input.email.as_str().into(), connection: CONNECTION.into() },
        };
        exchange.fire(fires::ValidateRegistrationUsername, event).await?;
        Ok(())
    }

    /// Refuses what is taken already before hooks are asked; the constraint decides who of two at once comes first.
    async fn refuse_taken(&self, exchange: &Exchange, input: &Input) -> Result<(), AuthError> {
        let project = &exchange.project().id;
        let mut lease = exchange.session().read().await?;
        if users::by_email(&mut lease, project, input.email.as_str()).await?.is_some() {
            return Err(email_taken());
        }
        if let Some(username) = &input.username
            && users::by_username(&mut lease, project, username).await?.is_some()
        {
            return Err(username_taken());
        }
        Ok(())
    }

    async fn create(&self, exchange: &Exchange, input: Input, effects: &Effects) -> Result<User, AuthError> {
        let _core = exchange.core("Create the user");
        let password_hash = self.inner.hasher.hash(&input.password).await?;
        let mut user_metadata = input.user_metadata.into_iter().collect();
        let mut app_metadata = Default::default();
        effects.apply_user(&mut user_metadata);
        effects.apply_app(&mut app_metadata);
        let now = self.now();
        let new = users::NewUser {
            email: Some(input.email),
            username: input.username,
            name: input.name,
            given_name: input.given_name,
            family_name: input.family_name,
            nickname: input.nickname,
            picture: input.picture,
            password_hash: Some(Secret::new(password_hash)),
            user_metadata: Value::Object(user_metadata.into_iter().collect()),
            app_metadata: Value::Object(app_metadata.into_iter().collect()),
            ..users::NewUser::new(new_id(now))
        };
        let mut lease = exchange.session().write().await?;
        let inserted = users::insert(&mut lease, &exchange.project().id, new, now).await;
        let user = inserted.map_err(AuthError::of_insert)?;
        self.emit_user(&mut lease, exchange, Event::AuthSignup, &user).await?;
        lease.commit().await?;
        Ok(user)
    }

    /// The user exists by now: that the token could not be made is no reason to say that the sign-up failed.
    async fn verify_new_address(&self, exchange: &Exchange, user: &User) {
        let made = async {
            let mut lease = exchange.session().write().await?;
            let token = self.make_ticket(&mut lease, user, TicketPurpose::VerifyEmail).await?;
            lease.commit().await?;
            Ok::<_, AuthError>(token)
        };
        match made.await {
            Ok(token) => self.deliver(exchange, user, TicketPurpose::VerifyEmail, token).await,
            Err(error) => tracing::error!(%error, "no verification token was made for a new user"),
        }
    }
}

fn before_event(exchange: &Exchange, input: &Input) -> PreUserRegistrationEvent {
    PreUserRegistrationEvent {
        user: NewUser {
            email: Some(input.email.as_str().into()),
            username: input.username.clone(),
            phone_number: None,
            name: input.name.clone(),
            given_name: input.given_name.clone(),
            family_name: input.family_name.clone(),
            nickname: input.nickname.clone(),
            picture: input.picture.clone(),
            user_metadata: input.user_metadata.clone().into_iter().collect(),
            app_metadata: Default::default(),
        },
        client: exchange.client(),
        connection: exchange.connection(),
        request: exchange.request().clone(),
        tenant: exchange.tenant(),
    }
}

fn after_event(exchange: &Exchange, user: &User) -> PostUserRegistrationEvent {
    PostUserRegistrationEvent {
        user: user_payload(user),
        client: exchange.client(),
        connection: exchange.connection(),
        request: exchange.request().clone(),
        tenant: exchange.tenant(),
    }
}
