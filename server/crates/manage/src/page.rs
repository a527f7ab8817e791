//! Lists that are read page by page, from the newest on: the cursor is the id of the last that was seen.

use std::{fmt::Display, str::FromStr};

use contract::ids::Id;

use crate::{Outcome, invalid};

/// How many a page has, unless another number is asked for.
const USUAL: u32 = 50;
const MOST: u32 = 200;

/// The number that was asked for. One out of range is refused: a shorter page than asked for would look like the last.
pub(crate) fn size(asked: Option<u32>) -> Outcome<u32> {
    let size = asked.unwrap_or(USUAL);
    if (1..=MOST).contains(&size) {
        return Ok(size);
    }
    Err(invalid("limit", format!("Choose a number from 1 to {MOST}.")))
}

/// The id behind which a page begins.
pub(crate) fn cursor<T: FromStr<Err: Display>>(text: Option<String>) -> Outcome<Option<T>> {
    text.map(|text| text.parse().map_err(|error: T::Err| invalid("cursor", error.to_string()))).transpose()
}

/// The cursor of the page behind `rows`; none when they do not fill theirs.
pub(crate) fn next<R, T: Id>(rows: &[R], size: u32, id: impl Fn(&R) -> &T) -> Option<String> {
    let full = rows.len() >= size as usize;
    rows.last().filter(|_| full).map(|row| id(row).as_str().to_owned())
}
