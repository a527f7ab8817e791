//! Making identifiers.

use std::sync::{Mutex, PoisonError};

use contract::ids::Id;
use rand::{RngCore, TryRngCore, rngs::OsRng};

/// Crockford's alphabet: no i, l, o, u, and its order is the order of the bytes.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const RANDOM_BITS: u32 = 80;
const RANDOM_MASK: u128 = (1 << RANDOM_BITS) - 1;

/// The last number given out, so that ids made in one millisecond by one process still sort in the order of making.
static LAST: Mutex<u128> = Mutex::new(0);

/// Makes an identifier: the type's prefix, `_`, then 26 characters that hold 48 bits of `now_ms` and 80 bits from the
/// operating system's generator. Ids of one type sort by time; within one millisecond and process by order of making.
///
/// Ids are unique, not secret: a later id of the same millisecond is guessable from an earlier one.
pub fn new_id<T: Id>(now_ms: i64) -> T {
    let time = u128::from(now_ms.max(0).unsigned_abs() & ((1 << 48) - 1));
    let fresh = (time << RANDOM_BITS) | (random() & RANDOM_MASK);
    let number = {
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        let following = *last + 1 + (fresh & 0xffff_ffff);
        *last =
            if *last >> RANDOM_BITS == time && following >> RANDOM_BITS == time { following } else { fresh };
        *last
    };
    let mut text = String::with_capacity(T::PREFIX.len() + 27);
    text.push_str(T::PREFIX);
    text.push('_');
    for position in (0..26).rev() {
        let digit = (number >> (position * 5)) & 31;
        text.push(char::from(ALPHABET[digit as usize]));
    }
    T::from_raw(text)
}

fn random() -> u128 {
    let mut bytes = [0; 16];
    // The generator of the system fails only where nothing secret can be made at all; going on would be worse.
    OsRng.unwrap_err().fill_bytes(&mut bytes);
    u128::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use contract::ids::{HookId, UserId};

    use super::*;

    #[test]
    fn ids_have_their_form_and_sort_by_time() {
        let early: UserId = new_id(1_700_000_000_000);
        let late: UserId = new_id(1_700_000_000_001);
        assert!(early < late);
        assert_eq!(early.as_str().len(), 30);
        assert_eq!(early.as_str().parse(), Ok(early));
    }

    #[test]
    fn ids_of_one_millisecond_sort_by_making_and_differ() {
        let ids: Vec<HookId> = (0..2_000).map(|_| new_id(42)).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
    }
}
