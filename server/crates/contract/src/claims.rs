//! Claims of tokens.

/// Claims with a meaning of their own in OAuth and OpenID Connect tokens, or in this server's; neither hooks nor
/// service tokens can set them.
pub const RESERVED: &[&str] = &[
    "acr",
    "act",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "c_hash",
    "client_id",
    "cnf",
    "exp",
    "iat",
    "iss",
    "jti",
    "may_act",
    "nbf",
    "nonce",
    "s_hash",
    "scope",
    "sid",
    "sub",
    "tenant_id",
    "typ",
];
