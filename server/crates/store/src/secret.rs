//! Values that must not be shown.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::db::cell::{BadCell, Cell, Column, Kind, ToCell};

/// What stands in the place of a secret wherever it would be printed or serialised.
pub const REDACTED: &str = "•••";

/// A stored value that neither `Debug` nor serde shows: a password hash, a token's hash, an encrypted secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for the one place that needs it.
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself, taken out.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl From<&str> for Secret<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl<T> Serialize for Secret<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(REDACTED)
    }
}

impl<T: ToCell> ToCell for Secret<T> {
    const KIND: Kind = T::KIND;
    fn to_cell(&self) -> Cell {
        self.0.to_cell()
    }
}

impl<T: Column> Column for Secret<T> {
    fn from_cell(cell: Cell) -> Result<Self, BadCell> {
        T::from_cell(cell).map(Self)
    }
}
