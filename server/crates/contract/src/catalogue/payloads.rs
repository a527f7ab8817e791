//! The data that hooks receive, one record per shape. Field lists are the union of the documents (rows C12–C18,
//! G15–G20, K7); a field that the server cannot fill is not declared.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{ids::UserId, record};

record! {
    /// A user, as hooks and the auth API see it. Never carries a password hash or any secret.
    pub struct User {
        /// The user's id.
        pub user_id: String,
        /// E-mail address; its domain is in lower case and in ASCII form (`xn--…`), so it has one spelling.
        pub email: Option<String>,
        /// Whether the address is known to be the user's.
        pub email_verified: bool,
        /// User name.
        pub username: Option<String>,
        /// Phone number, E.164.
        pub phone_number: Option<String>,
        /// Full name.
        pub name: Option<String>,
        /// Given name.
        pub given_name: Option<String>,
        /// Family name.
        pub family_name: Option<String>,
        /// Short name.
        pub nickname: Option<String>,
        /// Address of a picture.
        pub picture: Option<String>,
        /// When the user was created, RFC 3339.
        pub created_at: String,
        /// When the user was last changed, RFC 3339.
        pub updated_at: String,
        /// When the password was last reset, RFC 3339.
        pub last_password_reset: Option<String>,
        /// When the user last signed in, RFC 3339.
        pub last_login: Option<String>,
        /// The address of the last sign-in.
        pub last_ip: Option<String>,
        /// How often the user has signed in.
        pub login_count: i64,
        /// Data that the user may see and change.
        pub user_metadata: BTreeMap<String, Value>,
        /// Data that only the project may change.
        pub app_metadata: BTreeMap<String, Value>,
        /// The identities that belong to this user.
        pub identities: Vec<Identity>,
    }

    /// One way in which a user signs in.
    pub struct Identity {
        /// The connection's name.
        pub connection: String,
        /// The provider's name; `auth0` for a database connection, as in Auth0's own objects.
        pub provider: String,
        /// The user's id at the provider.
        pub user_id: String,
        /// Whether it is a social provider.
        #[doc = "(The name is Auth0's.)"]
        pub is_social as "isSocial": bool,
    }

    /// A user who is about to be created: there is no id yet.
    pub struct NewUser {
        /// E-mail address; its domain is in lower case and in ASCII form (`xn--…`), so it has one spelling.
        pub email: Option<String>,
        /// User name.
        pub username: Option<String>,
        /// Phone number, E.164.
        pub phone_number: Option<String>,
        /// Full name.
        pub name: Option<String>,
        /// Given name.
        pub given_name: Option<String>,
        /// Family name.
        pub family_name: Option<String>,
        /// Short name.
        pub nickname: Option<String>,
        /// Address of a picture.
        pub picture: Option<String>,
        /// Data that the user may see and change.
        pub user_metadata: BTreeMap<String, Value>,
        /// Data that only the project may change.
        pub app_metadata: BTreeMap<String, Value>,
    }

    /// The address that wants to sign up; there is no user yet.
    pub struct RegistrationCandidate {
        /// E-mail address; its domain is in lower case and in ASCII form (`xn--…`), so it has one spelling.
        pub email: String,
        /// The connection, such as `Username-Password-Authentication`.
        pub connection: String,
    }

    /// What somebody offers to sign in with (never the password).
    pub struct LoginAttempt {
        /// E-mail address; its domain is in lower case and in ASCII form (`xn--…`), so it has one spelling.
        pub email: String,
        /// The user of that address, when there is one.
        pub user: Option<User>,
    }

    /// The HTTP request that caused the hook to run.
    pub struct Request {
        /// The caller's address.
        pub ip: String,
        /// HTTP method.
        pub method: String,
        /// Host name of the request.
        pub hostname: Option<String>,
        /// Path of the request.
        pub url: String,
        /// The `User-Agent` header.
        pub user_agent: Option<String>,
        /// First language of `Accept-Language`.
        pub language: Option<String>,
        /// Query parameters.
        pub query: BTreeMap<String, String>,
        /// The body, with passwords and tokens removed.
        pub body: BTreeMap<String, Value>,
        /// Where the address is, when a database for it is configured.
        pub geoip: Option<GeoIp>,
    }

    /// Where an address is.
    pub struct GeoIp {
        /// ISO 3166-1 code.
        pub country_code as "countryCode": Option<String>,
        /// Country.
        pub country_name as "countryName": Option<String>,
        /// City.
        pub city_name as "cityName": Option<String>,
        /// Time zone name.
        pub time_zone as "timeZone": Option<String>,
    }

    /// The project, under the name that Auth0's objects use.
    pub struct Tenant {
        /// The project's slug.
        pub id: String,
    }

    /// The application that asks. Every project has a default one.
    pub struct Client {
        /// Client id.
        pub client_id: String,
        /// Name.
        pub name: String,
        /// Free data.
        pub metadata: BTreeMap<String, String>,
    }

    /// How users of this kind sign in.
    pub struct Connection {
        /// Connection id.
        pub id: String,
        /// Name.
        pub name: String,
        /// Kind; `auth0` is a database connection.
        pub strategy: String,
    }

    /// How the user has proved who it is.
    pub struct Authentication {
        /// The methods, in order.
        pub methods: Vec<AuthenticationMethod>,
    }

    /// One completed method.
    pub struct AuthenticationMethod {
        /// `pwd`, `federated`, `mfa`, …
        pub name: String,
        /// When, RFC 3339.
        pub timestamp: String,
    }

    /// What the user may do.
    pub struct Authorization {
        /// Names of the user's roles.
        pub roles: Vec<String>,
    }

    /// Counters.
    pub struct Stats {
        /// Sign-ins, this one included.
        pub logins_count: i64,
    }

    /// The session that the sign-in started.
    pub struct Session {
        /// Session id.
        pub id: String,
        /// When, RFC 3339.
        pub created_at: String,
        /// When the user last proved who it is, RFC 3339.
        pub authenticated_at: String,
    }

    /// The access token that is about to be issued.
    pub struct AccessTokenDraft {
        /// Claims added so far.
        pub custom_claims as "customClaims": BTreeMap<String, Value>,
        /// Scopes.
        pub scope: Vec<String>,
    }

    /// The project and request that a hook runs for.
    pub struct HookContext {
        /// The project's id.
        pub project_id: String,
        /// The project's slug.
        pub project: String,
        /// The project's environment, such as `production`.
        pub environment: String,
        /// The request, as named in the run log.
        pub request_id: String,
        /// The trigger that fired.
        pub trigger: String,
        /// The HTTP request.
        pub request: Request,
        /// True in a dry run, where nothing is saved or sent.
        pub dry_run: bool,
    }
}

record! {
    /// Somebody wants to sign up with an address.
    pub struct ValidateRegistrationUsernameEvent {
        /// The application.
        pub client: Client,
        /// The HTTP request.
        pub request: Request,
        /// The project.
        pub tenant: Tenant,
        /// The address to judge.
        pub user: RegistrationCandidate,
    }

    /// A user is about to be created.
    pub struct PreUserRegistrationEvent {
        /// The user to be.
        pub user: NewUser,
        /// The application.
        pub client: Client,
        /// The connection.
        pub connection: Connection,
        /// The HTTP request.
        pub request: Request,
        /// The project.
        pub tenant: Tenant,
    }

    /// A user has been created.
    pub struct PostUserRegistrationEvent {
        /// The new user.
        pub user: User,
        /// The application.
        pub client: Client,
        /// The connection.
        pub connection: Connection,
        /// The HTTP request.
        pub request: Request,
        /// The project.
        pub tenant: Tenant,
    }

    /// Somebody is about to have their password checked.
    pub struct PreUserLoginEvent {
        /// Who wants to sign in.
        pub user: LoginAttempt,
        /// The application.
        pub client: Client,
        /// The connection.
        pub connection: Connection,
        /// The HTTP request.
        pub request: Request,
        /// The project.
        pub tenant: Tenant,
    }

    /// A user has proved who it is; tokens have not been issued yet.
    pub struct PostUserLoginEvent {
        /// The user.
        pub user: User,
        /// The application.
        pub client: Client,
        /// The connection.
        pub connection: Connection,
        /// The HTTP request.
        pub request: Request,
        /// The project.
        pub tenant: Tenant,
        /// How the user proved who it is.
        pub authentication: Authentication,
        /// What the user may do.
        pub authorization: Authorization,
        /// Counters.
        pub stats: Stats,
        /// The session.
        pub session: Session,
    }

    /// Tokens are about to be issued, at sign-in or at refresh.
    pub struct CredentialsExchangeEvent {
        /// The user.
        pub user: User,
        /// The application.
        pub client: Client,
        /// The HTTP request.
        pub request: Request,
        /// The project.
        pub tenant: Tenant,
        /// `password` or `refresh_token`.
        pub grant_type: String,
        /// Requested scopes, separated by spaces.
        pub scope: String,
        /// Requested audience.
        pub audience: Option<String>,
        /// The token so far.
        pub access_token as "accessToken": AccessTokenDraft,
    }

    /// Something has happened to a user.
    pub struct UserEvent {
        /// The user, afterwards.
        pub user: User,
        /// The HTTP request.
        pub request: Request,
        /// The project.
        pub tenant: Tenant,
    }

    /// A user has signed out.
    pub struct LogoutEvent {
        /// The user's id.
        pub user_id: String,
        /// The session that ended.
        pub session_id: String,
        /// The HTTP request.
        pub request: Request,
        /// The project.
        pub tenant: Tenant,
    }

    /// An e-mail with a one-time token is to be delivered.
    pub struct SendEmailEvent {
        /// The address.
        pub email: String,
        /// The one-time token.
        pub token: String,
        /// The user.
        pub user: User,
        /// The HTTP request.
        pub request: Request,
        /// The project.
        pub tenant: Tenant,
    }

    /// A user is about to be changed.
    pub struct PreUserUpdateEvent {
        /// The user's id.
        pub user_id: String,
        /// The user as it is.
        pub user: User,
        /// The wanted changes.
        pub updates: BTreeMap<String, Value>,
        /// The HTTP request.
        pub request: Request,
        /// The project.
        pub tenant: Tenant,
    }

    /// A user is about to be deleted, or has been; carries the user as it was.
    pub struct UserDeletionEvent {
        /// The user's id.
        pub user_id: String,
        /// The user as it was.
        pub user: User,
        /// The HTTP request.
        pub request: Request,
        /// The project.
        pub tenant: Tenant,
    }

    /// A user has signed in through a provider.
    pub struct OAuthEvent {
        /// The user.
        pub user: User,
        /// The provider's name.
        pub provider: String,
        /// Whether the user is new.
        pub is_new_user: bool,
        /// What the provider says of the user.
        pub user_info: BTreeMap<String, Value>,
        /// The HTTP request.
        pub request: Request,
        /// The project.
        pub tenant: Tenant,
    }

    /// A record of a collection has changed.
    pub struct RecordEvent {
        /// `record.created`, `record.updated` or `record.deleted`.
        pub kind as "type": String,
        /// The collection's name.
        pub collection_name: String,
        /// The record's id.
        pub record_id: String,
        /// The record.
        pub data: BTreeMap<String, Value>,
        /// When, RFC 3339.
        pub timestamp: String,
    }

    /// A management entity is changing or has changed.
    pub struct EntityEvent {
        /// The project, under the name that the documents use.
        pub context: EntityContext,
        /// The entity's id, when it has one already.
        pub id: Option<String>,
        /// The data to insert or update, or the entity.
        pub data: Value,
    }

    /// Where an entity lives.
    pub struct EntityContext {
        /// The project's slug.
        pub tenant_id as "tenantId": String,
    }

    /// A webhook is about to be called.
    pub struct WebhookInvocationEvent {
        /// The webhook.
        pub hook: BTreeMap<String, Value>,
        /// The body to send.
        pub data: BTreeMap<String, Value>,
        /// The project.
        pub tenant_id: String,
    }

    /// A background job is due.
    pub struct QueueMessageEvent {
        /// The queue.
        pub queue: String,
        /// The message.
        pub message: Value,
        /// First delivery is 1.
        pub attempt: i64,
    }
}

/// Values for the sample input that a unit test starts from.
mod samples;

pub use samples::Sample;

impl User {
    /// The id, parsed.
    ///
    /// # Errors
    /// When the text is not a user id.
    pub fn id(&self) -> Result<UserId, crate::ids::InvalidId> {
        self.user_id.parse()
    }
}
