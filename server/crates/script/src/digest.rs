//! The hash functions behind the guest's `crypto`.

use ring::{digest, hmac};

/// The most that is hashed at a time, in bytes: hashing cannot be interrupted.
pub const MOST: usize = 1 << 20;

/// Digest of the data; the algorithm is SHA-1, SHA-256, SHA-384 or SHA-512 from 0.
pub fn hash(algorithm: u32, data: &[u8]) -> Option<Vec<u8>> {
    let algorithm = match algorithm {
        0 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        1 => &digest::SHA256,
        2 => &digest::SHA384,
        3 => &digest::SHA512,
        _ => return None,
    };
    Some(digest::digest(algorithm, data).as_ref().to_vec())
}

/// HMAC of the data with the same algorithms.
pub fn sign(algorithm: u32, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let algorithm = match algorithm {
        0 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        1 => hmac::HMAC_SHA256,
        2 => hmac::HMAC_SHA384,
        3 => hmac::HMAC_SHA512,
        _ => return None,
    };
    Some(hmac::sign(&hmac::Key::new(algorithm, key), data).as_ref().to_vec())
}
