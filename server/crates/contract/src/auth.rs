//! Bodies of the auth API.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{catalogue::payloads::User, record};

record! {
    /// Body of `POST /auth/register`.
    pub struct RegisterRequest {
        /// E-mail address, up to 254 bytes. It is kept, and shown to hooks, with its domain in lower case and in ASCII form
        /// (`xn--…`).
        pub email: String,
        /// Password; the project's policy says how many characters, as a person sees them, it must have. At most 256, and
        /// no control characters; its spelling is normalised (RFC 8265, OpaqueString).
        pub password: String,
        /// User name, unique in the project.
        pub username: Option<String>,
        /// Full name.
        pub name: Option<String>,
        /// Given name.
        pub given_name: Option<String>,
        /// Family name.
        pub family_name: Option<String>,
        /// Short name.
        pub nickname: Option<String>,
        /// Address of a picture, http or https.
        pub picture: Option<String>,
        /// Data that the user may see and change.
        pub user_metadata: Option<BTreeMap<String, Value>>,
    }

    /// Body of `POST /auth/login`.
    pub struct LoginRequest {
        /// E-mail address.
        pub email: String,
        /// Password.
        pub password: String,
        /// Scopes to ask for, separated by spaces.
        pub scope: Option<String>,
        /// Audience to ask for. Any may be named: it says whom the token is meant for, and is no permission.
        pub audience: Option<String>,
    }

    /// Body of `POST /auth/refresh`.
    pub struct RefreshRequest {
        /// The refresh token of the last answer.
        pub refresh_token: String,
    }

    /// Body of `POST /auth/logout`; it may be missing.
    pub struct LogoutRequest {
        /// A refresh token of the session to end, used or not. Needed without an access token.
        pub refresh_token: Option<String>,
    }

    /// A body with an e-mail address.
    pub struct EmailRequest {
        /// E-mail address.
        pub email: String,
    }

    /// A body with a one-time token.
    pub struct TicketRequest {
        /// The one-time token from the e-mail.
        pub token: String,
    }

    /// Body of `POST /auth/password/reset`.
    pub struct PasswordResetRequest {
        /// The one-time token from the e-mail.
        pub token: String,
        /// The new password.
        pub password: String,
    }

    /// Body of `POST /auth/password/change`.
    pub struct PasswordChangeRequest {
        /// The password as it is.
        pub current_password: String,
        /// The password as it shall be.
        pub new_password: String,
    }

    /// Tokens, and the user they are for.
    pub struct TokenResponse {
        /// JWT for the project's APIs; verify it with the project's JWKS.
        pub access_token: String,
        /// Always `Bearer`.
        pub token_type: String,
        /// Seconds until the access token expires.
        pub expires_in: i64,
        /// Exchange it at `/auth/refresh`, once.
        pub refresh_token: String,
        /// Scopes that were granted, separated by spaces; fewer than were asked for when some are not given to users.
        pub scope: String,
        /// The user.
        pub user: User,
    }

    /// A user.
    pub struct UserResponse {
        /// The user.
        pub user: User,
    }

    /// The request has been taken.
    pub struct Accepted {
        /// What happens next, for people.
        pub message: String,
    }
}
