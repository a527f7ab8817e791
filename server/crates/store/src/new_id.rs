//! Making identifiers.

use std::sync::{
    LazyLock,
    atomic::{AtomicU32, Ordering},
};

use contract::ids::Id;
use rand::{RngCore, TryRngCore, rngs::OsRng};

/// Crockford's alphabet: no i, l, o, u, and its order is the order of the bytes.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

const TIME_BITS: u32 = 48;
const RANDOM_BITS: u32 = 48;

/// Counts the ids of this process from a random start, so that those of one millisecond sort in the order of making,
/// whatever other threads do meanwhile. When it wraps, one such millisecond may be out of order.
static MADE: LazyLock<AtomicU32> = LazyLock::new(|| {
    // The lower half of the range: far from wrapping.
    AtomicU32::new((random() & 0x7fff_ffff) as u32)
});

/// Makes an identifier: the type's prefix, `_`, then 26 characters that hold 48 bits of `now_ms`, a 32-bit count and
/// 48 bits from the operating system's generator. Ids of one type sort by time, and by order of making within one
/// millisecond of one process.
///
/// Ids are unique, not secret: what must not be guessed is a token.
pub fn new_id<T: Id>(now_ms: i64) -> T {
    let time = u128::from(now_ms.max(0).unsigned_abs() & ((1 << TIME_BITS) - 1));
    let count = u128::from(MADE.fetch_add(1, Ordering::Relaxed));
    let random = u128::from(random() & ((1 << RANDOM_BITS) - 1));
    let number = (time << (u32::BITS + RANDOM_BITS)) | (count << RANDOM_BITS) | random;
    let mut text = String::with_capacity(T::PREFIX.len() + 27);
    text.push_str(T::PREFIX);
    text.push('_');
    for position in (0..26).rev() {
        let digit = (number >> (position * 5)) & 31;
        text.push(char::from(ALPHABET[digit as usize]));
    }
    T::from_raw(text)
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    // The generator of the system fails only where nothing secret can be made at all; going on would be worse.
    OsRng.unwrap_err().fill_bytes(&mut bytes);
    u64::from_le_bytes(bytes)
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
    fn ids_of_one_millisecond_sort_by_making_whatever_other_threads_do() {
        let other = std::thread::spawn(|| (0..2_000).map(new_id).collect::<Vec<UserId>>());
        let ids: Vec<HookId> = (0..2_000).map(|_| new_id(42)).collect();
        assert_eq!(other.join().unwrap().len(), 2_000);
        assert!(ids.is_sorted_by(|a, b| a < b));
    }
}
