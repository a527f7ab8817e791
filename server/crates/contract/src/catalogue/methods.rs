//! What a hook's code can call: the methods of `api`, which differ by trigger, and of the SDK (`Aerocall`), which is
//! the same everywhere. The runtime, the editor's types and the reference are made from these tables.

/// How a call is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Noted, and carried out by the server when the hook has ended. Returns the api object, so that calls chain.
    Record,
    /// Noted likewise; returns a resolved promise (row K8).
    RecordAsync,
    /// Carried out by the server at once; returns a promise of the result.
    Host,
}

/// What a call means for the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Refuses the request: the single argument is a reason that the user sees.
    DenyReason,
    /// Refuses the request: a code or internal reason, then the text that the user sees.
    DenyCode,
    /// Refuses the operation without a reason.
    Cancel,
    /// Sets a claim on the access token.
    AccessTokenClaim,
    /// Writes `user_metadata[key]`; `null` removes it.
    UserMetadata,
    /// Writes `app_metadata[key]`; `null` removes it.
    AppMetadata,
    /// No effect on the flow.
    None,
}

impl Effect {
    /// Whether the call refuses the request or stops the operation.
    pub const fn refuses(self) -> bool {
        matches!(self, Self::DenyReason | Self::DenyCode | Self::Cancel)
    }
}

/// One method.
#[derive(Debug)]
pub struct Method {
    /// Dotted path below `api` or `Aerocall`.
    pub path: &'static str,
    /// TypeScript parameter list.
    pub params: &'static str,
    /// TypeScript type of the result; for [`Behaviour::Record`] the api object itself is returned.
    pub returns: &'static str,
    /// One sentence for the editor and the reference.
    pub doc: &'static str,
    /// How it is carried out.
    pub behaviour: Behaviour,
    /// What it means for the flow.
    pub effect: Effect,
}

const fn record(path: &'static str, params: &'static str, effect: Effect, doc: &'static str) -> Method {
    Method { path, params, returns: "this", doc, behaviour: Behaviour::Record, effect }
}

const fn host(path: &'static str, params: &'static str, returns: &'static str, doc: &'static str) -> Method {
    Method { path, params, returns, doc, behaviour: Behaviour::Host, effect: Effect::None }
}

/// `api.deny(reason)`.
pub const DENY: &Method = &record(
    "deny",
    "reason?: string",
    Effect::DenyReason,
    "Refuses the request. The user sees the reason; no later hook of this trigger runs.",
);
/// `api.access.deny(reason)` of post-login hooks.
pub const ACCESS_DENY_REASON: &Method = &record(
    "access.deny",
    "reason: string",
    Effect::DenyReason,
    "Refuses the login. The user sees the reason; no later hook of this trigger runs.",
);
/// `api.access.deny(code, message)`.
pub const ACCESS_DENY: &Method = &record(
    "access.deny",
    "code: string, userMessage?: string",
    Effect::DenyCode,
    "Refuses the request. The code is for programs and logs, the message is what the user sees; no later hook of this trigger runs.",
);
/// `api.validation.error(code, message)`.
pub const VALIDATION_ERROR: &Method = &record(
    "validation.error",
    "code: string, message: string",
    Effect::DenyCode,
    "Refuses the request because of what the user entered. The user sees the message.",
);
/// `api.cancel()`.
pub const CANCEL: &Method =
    &record("cancel", "", Effect::Cancel, "Stops the operation; the caller gets HTTP 400.");
/// `api.accessToken.setCustomClaim(name, value)`.
pub const ACCESS_TOKEN_CLAIM: &Method = &record(
    "accessToken.setCustomClaim",
    "name: string, value: any",
    Effect::AccessTokenClaim,
    "Adds a claim to the access token. Names registered by OAuth and OpenID Connect are ignored and noted in the run's log. One run sets at most 200.",
);
/// `api.user.setUserMetadata(key, value)`.
pub const USER_METADATA: &Method = &Method {
    path: "user.setUserMetadata",
    params: "key: string, value: any",
    returns: "Promise<void>",
    doc: "Writes user_metadata[key]; null removes the key. Written once, when all hooks of the trigger have run. One run writes at most 200 keys.",
    behaviour: Behaviour::RecordAsync,
    effect: Effect::UserMetadata,
};
/// `api.user.setAppMetadata(key, value)`.
pub const APP_METADATA: &Method = &Method {
    path: "user.setAppMetadata",
    params: "key: string, value: any",
    returns: "Promise<void>",
    doc: "Writes app_metadata[key]; null removes the key. Written once, when all hooks of the trigger have run. One run writes at most 200 keys.",
    behaviour: Behaviour::RecordAsync,
    effect: Effect::AppMetadata,
};

/// `api.token.createServiceToken(options)`.
pub const SERVICE_TOKEN: &Method = &host(
    "token.createServiceToken",
    "options: { scope: string; expiresInSeconds?: number; customClaims?: Record<string, any> }",
    "Promise<string>",
    "Makes a signed JWT with which the hook can call other services; it verifies against the project's JWKS.",
);
/// `api.cache.get(key)`.
pub const API_CACHE_GET: &Method = &host(
    "cache.get",
    "key: string",
    "Promise<{ value: string; expires_at: number } | undefined>",
    "Reads a value that a hook of this trigger has stored.",
);
/// `api.cache.set(key, value, options)`.
pub const API_CACHE_SET: &Method = &host(
    "cache.set",
    "key: string, value: string, options?: { ttl?: number; expires_at?: number }",
    "Promise<{ type: \"success\"; record: { value: string; expires_at: number } } | { type: \"error\"; code: string }>",
    "Stores text for hooks of this trigger. Times in milliseconds; without one it lives 15 minutes.",
);
/// `api.cache.delete(key)`.
pub const API_CACHE_DELETE: &Method = &host(
    "cache.delete",
    "key: string",
    "Promise<{ type: \"success\" } | { type: \"error\"; code: string }>",
    "Forgets a value.",
);

/// The methods that every trigger's `api` has.
pub const COMMON: &[&Method] = &[SERVICE_TOKEN, API_CACHE_GET, API_CACHE_SET, API_CACHE_DELETE];

/// The SDK, `Aerocall`. What is not built yet is not listed.
pub const SDK: &[Method] = &[
    host(
        "auth.getUser",
        "idOrEmail: string",
        "Promise<User | null>",
        "Reads a user of this project by id or by e-mail address.",
    ),
    host(
        "auth.sendEmail",
        "mail: { to: string; subject: string; text?: string; html?: string }",
        "Promise<{ id: string }>",
        "Sends an e-mail through the project's provider; without one it is kept in the outbox that the console shows. `to` is one address, alone or as `Name <name@example.com>`; the promise is rejected for one that mail cannot be sent to.",
    ),
    host(
        "cache.get",
        "key: string",
        "Promise<any>",
        "Reads a value from the project's cache; null when there is none.",
    ),
    host(
        "cache.set",
        "key: string, value: any, options?: { ttl?: number }",
        "Promise<void>",
        "Stores a JSON value in the project's cache. `ttl` is in seconds; without it the value stays for a day.",
    ),
    host("cache.delete", "key: string", "Promise<void>", "Removes a value from the project's cache."),
];
