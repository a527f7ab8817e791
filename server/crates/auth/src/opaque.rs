//! Random tokens that mean nothing by themselves: refresh tokens and e-mailed one-time tokens.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use rand::{TryRngCore as _, rngs::OsRng};
use sha2::{Digest as _, Sha256};
use store::Secret;

use crate::error::AuthError;

/// Longest token that is looked at; ours are shorter.
pub(crate) const MAX_TOKEN: usize = 256;

/// What a token is for, readable at its start, so that one can tell them apart and secret scanners find them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Exchanged for new tokens, once.
    Refresh,
    /// Sent by e-mail.
    Ticket,
}

impl Kind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Refresh => "hwr_",
            Self::Ticket => "hwt_",
        }
    }
}

/// A new token, in the clear: given to the user, never stored.
pub(crate) struct OpaqueToken(String);

impl fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpaqueToken(•••)")
    }
}

impl OpaqueToken {
    /// 256 bits from the operating system's generator.
    pub(crate) fn generate(kind: Kind) -> Result<Self, AuthError> {
        Ok(Self::of(kind, random()?))
    }

    /// The refresh token that follows another one. It takes both the other token, which is stored nowhere, and the seed
    /// to make it, so that the same answer can be given again.
    pub(crate) fn successor(token: &str, seed: &[u8]) -> Result<Self, AuthError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes())
            .map_err(|error| AuthError::Defect(error.to_string()))?;
        mac.update(seed);
        Ok(Self::of(Kind::Refresh, mac.finalize().into_bytes().into()))
    }

    fn of(kind: Kind, bytes: [u8; 32]) -> Self {
        Self(format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The token.
    pub(crate) fn into_text(self) -> String {
        self.0
    }

    /// What is stored of it.
    pub(crate) fn hash(&self) -> Secret<String> {
        hash(&self.0)
    }
}

/// 256 bits from the operating system's generator.
pub(crate) fn random() -> Result<[u8; 32], AuthError> {
    let mut bytes = [0; 32];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| AuthError::Defect(error.to_string()))?;
    Ok(bytes)
}

/// What is stored of a token. SHA-256 without salt is enough for 256 random bits, and can be looked up.
pub(crate) fn hash(token: &str) -> Secret<String> {
    Secret::new(URL_SAFE_NO_PAD.encode(Sha256::digest(token)))
}
