//! Lists that are read page by page, from the newest on: the cursor is the id of the last that was seen.

use std::{fmt::Display, str::FromStr};

use contract::ids::Id;

use crate::{Outcome, invalid};

/// The id behind which a page begins.
pub(crate) fn cursor<T: FromStr<Err: Display>>(text: Option<String>) -> Outcome<Option<T>> {
    text.map(|text| text.parse().map_err(|error: T::Err| invalid("cursor", error.to_string()))).transpose()
}

/// The cursor of the page behind `rows`; none when they do not fill theirs.
pub(crate) fn next<R, T: Id>(rows: &[R], size: u32, id: impl Fn(&R) -> &T) -> Option<String> {
    let full = rows.len() >= size as usize;
    rows.last().filter(|_| full).map(|row| id(row).as_str().to_owned())
}
