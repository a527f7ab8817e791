//! The table of auth endpoints: what each takes and answers, and every step it goes through.

use super::{events::Event, triggers::Trigger};
use crate::{auth as a, error::ErrorCode, record::RecordSpec};

crate::words! {
    /// Groups of endpoints in the console.
    pub enum Group {
        /// Creating users and verifying addresses.
        SignUp = "Sign-up",
        /// Signing in and out, tokens.
        Login = "Login and tokens",
        /// Changing and resetting passwords.
        Password = "Password",
        /// The signed-in user.
        Account = "Account",
    }
}

/// One step of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Hooks of a trigger run.
    Hooks(Trigger),
    /// The endpoint's own work: a title and a sentence.
    Core(&'static str, &'static str),
    /// An event is written to the outbox.
    Event(Event),
}

/// Who may call an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// The bearer of an access token.
    Bearer,
    /// The bearer of an access token, or of another token in the body.
    BearerOrBody,
}

/// Everything the product knows about an endpoint.
pub struct EndpointSpec {
    /// HTTP method.
    pub method: &'static str,
    /// Path, below the project's base address.
    pub path: &'static str,
    /// Short title.
    pub title: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Group in the console.
    pub group: Group,
    /// Who may call it.
    pub access: Access,
    /// The body, when there is one.
    pub request: Option<&'static RecordSpec>,
    /// An example body.
    pub sample: fn() -> serde_json::Value,
    /// Status of success.
    pub status: u16,
    /// The answer, when there is one.
    pub response: Option<&'static RecordSpec>,
    /// Errors of this endpoint beside the general ones.
    pub errors: &'static [ErrorCode],
    /// The steps, in the order in which they happen.
    pub steps: &'static [Step],
}

macro_rules! endpoints {
    ($($variant:ident = $id:literal, $method:literal $path:literal, $group:ident, $access:ident, $title:literal,
        $summary:literal, request: $request:expr, sample: $sample:tt, $status:literal => $response:expr,
        errors: [$($error:ident),*], steps: [$($step:expr),* $(,)?];)+) => {
        crate::words! {
            /// An endpoint of the auth API.
            pub enum Endpoint { $(#[doc = $summary] $variant = $id,)+ }
        }
        impl Endpoint {
            /// What the catalogue says of it.
            pub fn spec(self) -> &'static EndpointSpec {
                match self {
                    $(Self::$variant => {
                        const SPEC: &EndpointSpec = &EndpointSpec {
                            method: $method, path: $path, title: $title, summary: $summary, group: Group::$group,
                            access: Access::$access, request: $request, sample: || serde_json::json!($sample),
                            status: $status, response: $response, errors: &[$(ErrorCode::$error),*],
                            steps: &[$($step),*],
                        };
                        SPEC
                    })+
                }
            }
        }
    };
}

use Step::{Core, Event as Emits, Hooks};

endpoints! {
    Register = "register", "POST" "/auth/register", SignUp, Public, "Register",
        "Creates a user with e-mail and password and signs it in.",
        request: Some(a::RegisterRequest::SPEC),
        sample: {"email": "dana@example.com", "password": "correct horse battery"},
        201 => Some(a::TokenResponse::SPEC),
        errors: [AccessDenied, UserExists, WeakPassword, SignupDisabled, TooManyRequests],
        steps: [
            Hooks(Trigger::ValidateRegistrationUsername),
            Hooks(Trigger::PreUserRegistration),
            Core("Create the user", "Uniqueness, argon2id hash, one transaction with the event below."),
            Emits(Event::AuthSignup),
            Hooks(Trigger::PostUserRegistration),
            Hooks(Trigger::SendVerificationEmail),
            Hooks(Trigger::CredentialsExchange),
        ];
    VerifyEmailRequest = "verify-email-request", "POST" "/auth/verify-email/request", SignUp, Public,
        "Request e-mail verification",
        "Makes a one-time token and delivers it. Answers the same whether or not the address is known.",
        request: Some(a::EmailRequest::SPEC), sample: {"email": "dana@example.com"},
        202 => Some(a::Accepted::SPEC), errors: [TooManyRequests],
        steps: [
            Core("Make the token", "A one-time token, stored hashed; earlier ones stop working."),
            Emits(Event::AuthEmailVerificationRequested),
            Hooks(Trigger::SendVerificationEmail),
            Hooks(Trigger::EmailVerificationRequested),
        ];
    VerifyEmailConfirm = "verify-email-confirm", "POST" "/auth/verify-email/confirm", SignUp, Public,
        "Confirm e-mail verification",
        "Takes the one-time token and marks the address as verified.",
        request: Some(a::TicketRequest::SPEC), sample: {"token": "example-one-time-token"},
        200 => Some(a::UserResponse::SPEC), errors: [InvalidTicket],
        steps: [
            Core("Verify the address", "The token works once."),
            Emits(Event::AuthEmailVerified),
            Hooks(Trigger::AfterEmailVerify),
        ];
    Login = "login", "POST" "/auth/login", Login, Public, "Log in",
        "Signs a user in with e-mail and password.",
        request: Some(a::LoginRequest::SPEC),
        sample: {"email": "dana@example.com", "password": "correct horse battery"},
        200 => Some(a::TokenResponse::SPEC),
        errors: [InvalidCredentials, AccessDenied, UserBlocked, TooManyRequests],
        steps: [
            Hooks(Trigger::PreUserLogin),
            Core("Check the password", "argon2id, in constant time; the same answer for an unknown address."),
            Hooks(Trigger::PostUserLogin),
            Hooks(Trigger::CredentialsExchange),
            Core("Issue tokens", "One transaction: session, refresh token, login statistics, event."),
            Emits(Event::AuthLogin),
            Hooks(Trigger::AfterLogin),
        ];
    Refresh = "refresh", "POST" "/auth/refresh", Login, Public, "Refresh",
        "Exchanges a refresh token for new tokens. The old one stops working; using it again ends the session, but for a \
         short time (the project's setting `refresh_reuse_seconds`) in which it gets the same new refresh token again.",
        request: Some(a::RefreshRequest::SPEC), sample: {"refresh_token": "example-refresh-token"},
        200 => Some(a::TokenResponse::SPEC),
        errors: [InvalidGrant, RefreshTokenReused, AccessDenied, UserBlocked],
        steps: [
            Core("Check the refresh token", "Unknown, expired and revoked ones are refused; a used one ends the session, unless it was used a moment ago and the next one is unused."),
            Hooks(Trigger::CredentialsExchange),
            Core("Rotate", "The old token is marked as used in one statement; the next one takes its place."),
            Emits(Event::AuthTokenRefreshed),
        ];
    Logout = "logout", "POST" "/auth/logout", Login, BearerOrBody, "Log out",
        "Ends the session of the access token, of the refresh token in the body, or both: its refresh tokens and its \
         access tokens are refused from now on. The access token may have expired, the refresh token may have been used, \
         and the session may have ended before: the answer is the same. 401 without a token that this project issued.",
        request: Some(a::LogoutRequest::SPEC), sample: {}, 204 => None, errors: [InvalidToken],
        steps: [
            Core("End the session", "Refresh and access tokens of the session are refused afterwards."),
            Emits(Event::AuthLogout),
            Hooks(Trigger::AfterLogout),
        ];
    PasswordForgot = "password-forgot", "POST" "/auth/password/forgot", Password, Public, "Forgot password",
        "Makes a one-time token for a new password and delivers it. Answers the same whether or not the address is known.",
        request: Some(a::EmailRequest::SPEC), sample: {"email": "dana@example.com"},
        202 => Some(a::Accepted::SPEC), errors: [TooManyRequests],
        steps: [
            Core("Make the token", "A one-time token, stored hashed; earlier ones stop working."),
            Emits(Event::AuthPasswordResetRequested),
            Hooks(Trigger::SendPasswordResetEmail),
            Hooks(Trigger::PasswordResetRequested),
        ];
    PasswordReset = "password-reset", "POST" "/auth/password/reset", Password, Public, "Reset password",
        "Takes the one-time token and a new password. Ends every session of the user.",
        request: Some(a::PasswordResetRequest::SPEC),
        sample: {"token": "example-one-time-token", "password": "correct horse battery"},
        200 => Some(a::UserResponse::SPEC), errors: [InvalidTicket, WeakPassword],
        steps: [
            Core("Set the password", "The token works once; every session of the user ends."),
            Emits(Event::AuthPasswordReset),
            Hooks(Trigger::AfterPasswordReset),
        ];
    PasswordChange = "password-change", "POST" "/auth/password/change", Password, Bearer, "Change password",
        "Changes the password of the signed-in user. Ends the user's other sessions.",
        request: Some(a::PasswordChangeRequest::SPEC),
        sample: {"current_password": "correct horse battery", "new_password": "a better horse battery"},
        200 => Some(a::UserResponse::SPEC),
        errors: [InvalidToken, InvalidCredentials, WeakPassword, UserBlocked, TooManyRequests],
        steps: [
            Core("Change the password", "Checks the current one; the user's other sessions end."),
            Emits(Event::AuthPasswordChanged),
            Hooks(Trigger::AfterPasswordChange),
        ];
    Me = "me", "GET" "/auth/me", Account, Bearer, "Me",
        "Answers the signed-in user.",
        request: None, sample: null, 200 => Some(a::UserResponse::SPEC),
        errors: [InvalidToken, UserBlocked],
        steps: [Core("Read the user", "Checks the access token and that its session has not ended.")];
}

impl Endpoint {
    /// Method and path, as people and records call it: `POST /auth/register`.
    pub fn request_line(self) -> String {
        let spec = self.spec();
        format!("{} {}", spec.method, spec.path)
    }

    /// The endpoint that is called so.
    pub fn of_request_line(line: &str) -> Option<Self> {
        let (method, path) = line.split_once(' ')?;
        Self::ALL.iter().copied().find(|one| one.spec().method == method && one.spec().path == path)
    }

    /// The triggers that this endpoint fires, in order.
    pub fn triggers(self) -> impl Iterator<Item = Trigger> {
        self.spec().steps.iter().filter_map(|step| match step {
            Step::Hooks(trigger) => Some(*trigger),
            _ => None,
        })
    }

    /// The endpoints that fire a trigger.
    pub fn firing(trigger: Trigger) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |endpoint| endpoint.triggers().any(|t| t == trigger))
    }
}
