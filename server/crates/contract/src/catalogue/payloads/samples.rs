//! Example values. Dana is the person of every sample.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;

/// A payload that has an example.
pub trait Sample {
    /// The example.
    fn sample() -> Self;
}

const WHEN: &str = "2026-01-15T09:30:00.000Z";

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

fn map(value: Value) -> BTreeMap<String, Value> {
    serde_json::from_value(value).unwrap_or_default()
}

macro_rules! samples {
    ($($name:ident { $($field:ident: $value:expr),* $(,)? })+) => {$(
        impl Sample for $name {
            fn sample() -> Self { Self { $($field: $value),* } }
        }
    )+};
}

samples! {
    User {
        user_id: "usr_01kf0000000000000000000000".into(), email: text("dana@example.com"), email_verified: true,
        username: None, phone_number: None, name: text("Dana Doe"), given_name: text("Dana"), family_name: text("Doe"),
        nickname: text("dana"), picture: None, created_at: WHEN.into(), updated_at: WHEN.into(),
        last_password_reset: None, last_login: text(WHEN), last_ip: text("203.0.113.7"), login_count: 1,
        user_metadata: BTreeMap::new(), app_metadata: BTreeMap::new(), identities: vec![Identity::sample()],
    }
    Identity {
        connection: "Username-Password-Authentication".into(), provider: "auth0".into(),
        user_id: "usr_01kf0000000000000000000000".into(), is_social: false,
    }
    NewUser {
        email: text("dana@example.com"), username: None, phone_number: None, name: text("Dana Doe"), given_name: None,
        family_name: None, nickname: None, picture: None, user_metadata: BTreeMap::new(), app_metadata: BTreeMap::new(),
    }
    RegistrationCandidate { email: "dana@example.com".into(), connection: "Username-Password-Authentication".into() }
    LoginAttempt { email: "dana@example.com".into(), user: Some(User::sample()) }
    Request {
        ip: "203.0.113.7".into(), method: "POST".into(), hostname: text("localhost"), url: "/auth/register".into(),
        user_agent: text("curl/8.5.0"), language: text("en"), query: BTreeMap::new(),
        body: map(json!({"email": "dana@example.com"})), geoip: None,
    }
    Tenant { id: "demo".into() }
    Client { client_id: "default".into(), name: "Default application".into(), metadata: BTreeMap::new() }
    Connection {
        id: "con_default".into(), name: "Username-Password-Authentication".into(), strategy: "auth0".into(),
    }
    Authentication { methods: vec![AuthenticationMethod::sample()] }
    AuthenticationMethod { name: "pwd".into(), timestamp: WHEN.into() }
    Authorization { roles: vec![] }
    Stats { logins_count: 1 }
    Session {
        id: "ses_01kf0000000000000000000000".into(), created_at: WHEN.into(), authenticated_at: WHEN.into(),
    }
    AccessTokenDraft { custom_claims: BTreeMap::new(), scope: vec![] }
    EntityContext { tenant_id: "demo".into() }

    ValidateRegistrationUsernameEvent {
        client: Client::sample(), request: Request::sample(), tenant: Tenant::sample(),
        user: RegistrationCandidate::sample(),
    }
    PreUserRegistrationEvent {
        user: NewUser::sample(), client: Client::sample(), connection: Connection::sample(),
        request: Request::sample(), tenant: Tenant::sample(),
    }
    PostUserRegistrationEvent {
        user: User::sample(), client: Client::sample(), connection: Connection::sample(), request: Request::sample(),
        tenant: Tenant::sample(),
    }
    PreUserLoginEvent {
        user: LoginAttempt::sample(), client: Client::sample(), connection: Connection::sample(),
        request: Request::sample(), tenant: Tenant::sample(),
    }
    PostUserLoginEvent {
        user: User::sample(), client: Client::sample(), connection: Connection::sample(), request: Request::sample(),
        tenant: Tenant::sample(), authentication: Authentication::sample(), authorization: Authorization::sample(),
        stats: Stats::sample(), session: Session::sample(),
    }
    CredentialsExchangeEvent {
        user: User::sample(), client: Client::sample(), request: Request::sample(), tenant: Tenant::sample(),
        grant_type: "password".into(), scope: String::new(), audience: None, access_token: AccessTokenDraft::sample(),
    }
    UserEvent { user: User::sample(), request: Request::sample(), tenant: Tenant::sample() }
    LogoutEvent {
        user_id: "usr_01kf0000000000000000000000".into(), session_id: "ses_01kf0000000000000000000000".into(),
        request: Request::sample(), tenant: Tenant::sample(),
    }
    SendEmailEvent {
        email: "dana@example.com".into(), token: "example-one-time-token".into(), user: User::sample(),
        request: Request::sample(), tenant: Tenant::sample(),
    }
    PreUserUpdateEvent {
        user_id: "usr_01kf0000000000000000000000".into(), user: User::sample(),
        updates: map(json!({"name": "Dana Example"})), request: Request::sample(), tenant: Tenant::sample(),
    }
    UserDeletionEvent {
        user_id: "usr_01kf0000000000000000000000".into(), user: User::sample(), request: Request::sample(),
        tenant: Tenant::sample(),
    }
    OAuthEvent {
        user: User::sample(), provider: "github".into(), is_new_user: true,
        user_info: map(json!({"sub": "1234", "email": "dana@example.com"})), request: Request::sample(),
        tenant: Tenant::sample(),
    }
    RecordEvent {
        kind: "record.created".into(), collection_name: "posts".into(), record_id: "1".into(),
        data: map(json!({"title": "Hello"})), timestamp: WHEN.into(),
    }
    EntityEvent { context: EntityContext::sample(), id: text("rol_1"), data: json!({"name": "editor"}) }
    WebhookInvocationEvent {
        hook: map(json!({"url": "https://example.com/hook"})), data: map(json!({"trigger_id": "post-user-login"})),
        tenant_id: "demo".into(),
    }
    QueueMessageEvent { queue: "default".into(), message: json!({"hello": "world"}), attempt: 1 }
}
