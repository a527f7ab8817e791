//! Error codes of the public interfaces, each with its HTTP status, and the body that carries them.

use crate::{record, words};

/// A word that is not one of the known ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not known here; expected one of: {}", expected.join(", "))]
pub struct UnknownWord {
    /// What was given (cut to 80 characters).
    pub given: String,
    /// What would be accepted.
    pub expected: &'static [&'static str],
}

words! {
    /// What went wrong, for programs.
    pub enum ErrorCode {
        /// A hook refused the request.
        AccessDenied = "access_denied",
        /// The e-mail address or the password is wrong.
        InvalidCredentials = "invalid_credentials",
        /// No token, or a malformed, expired or revoked one.
        InvalidToken = "invalid_token",
        /// The refresh token is unknown, expired or revoked.
        InvalidGrant = "invalid_grant",
        /// A refresh token was used twice; the whole session has been ended.
        RefreshTokenReused = "refresh_token_reused",
        /// The one-time token is unknown, used or expired.
        InvalidTicket = "invalid_ticket",
        /// The request is well formed, but the caller may not do this.
        Forbidden = "forbidden",
        /// The request came from another origin.
        OriginMismatch = "origin_mismatch",
        /// There is no such thing here.
        NotFound = "not_found",
        /// There is no such endpoint.
        UnknownEndpoint = "unknown_endpoint",
        /// There is no such project.
        UnknownProject = "unknown_project",
        /// There is no such hook in this project.
        UnknownHook = "unknown_hook",
        /// There is no such version of this hook.
        UnknownVersion = "unknown_version",
        /// The method is not allowed at this address.
        MethodNotAllowed = "method_not_allowed",
        /// The e-mail address is taken.
        UserExists = "user_exists",
        /// The name is taken.
        AlreadyExists = "already_exists",
        /// It was changed since the caller read it.
        Conflict = "conflict",
        /// Someone else has saved this draft in the meantime.
        DraftConflict = "draft_conflict",
        /// The request's address or one of its headers cannot be read.
        InvalidRequest = "invalid_request",
        /// The body is not valid JSON.
        InvalidJson = "invalid_json",
        /// A field is missing or has a wrong value.
        InvalidField = "invalid_field",
        /// The password does not meet the project's policy.
        WeakPassword = "weak_password",
        /// The body did not arrive in time.
        RequestTimeout = "request_timeout",
        /// The body is larger than allowed.
        PayloadTooLarge = "payload_too_large",
        /// The body is not JSON by its content type.
        UnsupportedMediaType = "unsupported_media_type",
        /// The hook's source does not compile.
        CompileFailed = "compile_failed",
        /// The hook has nothing to deploy, or needs something that is missing.
        NotDeployable = "not_deployable",
        /// A hook that must succeed failed.
        HookFailed = "hook_failed",
        /// Sign-up is switched off in this project.
        SignupDisabled = "signup_disabled",
        /// The user is blocked.
        UserBlocked = "user_blocked",
        /// Too many attempts; try again later.
        TooManyRequests = "too_many_requests",
        /// The sandbox has no free slot; try again.
        Busy = "busy",
        /// The database is away, or the disk is full.
        Unavailable = "unavailable",
        /// A defect of the server; its log says more.
        Internal = "internal",
    }
}

impl ErrorCode {
    /// The HTTP status that goes with the code.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidRequest
            | Self::InvalidJson
            | Self::InvalidField
            | Self::WeakPassword
            | Self::InvalidTicket => 400,
            Self::InvalidCredentials | Self::InvalidToken | Self::InvalidGrant | Self::RefreshTokenReused => {
                401
            }
            Self::AccessDenied
            | Self::Forbidden
            | Self::OriginMismatch
            | Self::SignupDisabled
            | Self::UserBlocked => 403,
            Self::NotFound
            | Self::UnknownEndpoint
            | Self::UnknownProject
            | Self::UnknownHook
            | Self::UnknownVersion => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::UserExists | Self::AlreadyExists | Self::Conflict | Self::DraftConflict => 409,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::CompileFailed | Self::NotDeployable => 422,
            Self::TooManyRequests => 429,
            Self::HookFailed | Self::Internal => 500,
            Self::Busy | Self::Unavailable => 503,
        }
    }
}

record! {
    /// Every error answer has this body.
    pub struct ErrorBody {
        /// What went wrong, for programs.
        pub error: ErrorCode,
        /// What went wrong and what to do about it, for people.
        pub message: String,
        /// The field that is at fault, as a path into the body.
        pub field: Option<String>,
        /// The refusing hook's own code.
        pub reason: Option<String>,
        /// More, depending on the code: where a source fails to compile, both texts of a draft
        /// conflict, `retry_after_seconds` of too many requests.
        pub details: Option<serde_json::Value>,
        /// The request, as named in the run log.
        pub request_id: Option<String>,
    }
}

impl ErrorBody {
    /// A body with a code and a message.
    pub fn new(error: ErrorCode, message: impl Into<String>) -> Self {
        Self { error, message: message.into(), field: None, reason: None, details: None, request_id: None }
    }

    /// Names the field at fault.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Adds details.
    #[must_use]
    pub fn details(mut self, details: serde_json::Value) -> Self {
        self.details = Some(details);
        self
    }
}

impl std::fmt::Display for ErrorBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ErrorBody {}
