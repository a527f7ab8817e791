//! One value on its way into or out of a row, the same for both databases.

use contract::ids;
use serde_json::Value;
use sqlx::{Arguments, Row as _, postgres::PgArguments, sqlite::SqliteArguments, types::Json};

use crate::StoreError;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Int,
    Bool,
    Json,
    Bytes,
}

/// A value of a column. A null knows its type because PostgreSQL wants to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    Int(i64),
    Bool(bool),
    Json(Value),
    Bytes(Vec<u8>),
    Null(Kind),
}

/// The cell does not hold what the field needs.
pub(crate) struct BadCell;

/// What can be given to a statement.
pub(crate) trait ToCell {
    const KIND: Kind;
    fn to_cell(&self) -> Cell;
}

/// What can be read from a row.
pub(crate) trait Column: ToCell + Sized {
    fn from_cell(cell: Cell) -> Result<Self, BadCell>;
}

impl<T: ToCell + ?Sized> ToCell for &T {
    const KIND: Kind = T::KIND;
    fn to_cell(&self) -> Cell {
        (**self).to_cell()
    }
}

impl<T: ToCell> ToCell for Option<T> {
    const KIND: Kind = T::KIND;
    fn to_cell(&self) -> Cell {
        self.as_ref().map_or(Cell::Null(T::KIND), T::to_cell)
    }
}

impl<T: Column> Column for Option<T> {
    fn from_cell(cell: Cell) -> Result<Self, BadCell> {
        if matches!(cell, Cell::Null(_)) { Ok(None) } else { T::from_cell(cell).map(Some) }
    }
}

impl ToCell for str {
    const KIND: Kind = Kind::Text;
    fn to_cell(&self) -> Cell {
        // PostgreSQL cannot store this character; on both databases it becomes the replacement character.
        Cell::Text(if self.contains('\0') { self.replace('\0', "\u{fffd}") } else { self.to_owned() })
    }
}

impl ToCell for Value {
    const KIND: Kind = Kind::Json;
    fn to_cell(&self) -> Cell {
        let mut value = self.clone();
        replace_nul(&mut value);
        Cell::Json(value)
    }
}

/// The same replacement as in text, in every string and key of a JSON value.
fn replace_nul(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{fffd}"),
        Value::Array(items) => items.iter_mut().for_each(replace_nul),
        Value::Object(fields) => {
            fields.values_mut().for_each(replace_nul);
            if fields.keys().any(|key| key.contains('\0')) {
                let old = std::mem::take(fields);
                fields.extend(old.into_iter().map(|(key, value)| (key.replace('\0', "\u{fffd}"), value)));
            }
        }
        _ => {}
    }
}

macro_rules! plain {
    ($($ty:ty, $variant:ident, |$value:ident| $to:expr;)+) => {$(
        impl ToCell for $ty {
            const KIND: Kind = Kind::$variant;
            fn to_cell(&self) -> Cell { let $value = self; $to }
        }
        impl Column for $ty {
            fn from_cell(cell: Cell) -> Result<Self, BadCell> {
                if let Cell::$variant(value) = cell { Ok(value) } else { Err(BadCell) }
            }
        }
    )+};
}

plain! {
    String, Text, |value| value.as_str().to_cell();
    i64, Int, |value| Cell::Int(*value);
    bool, Bool, |value| Cell::Bool(*value);
    Vec<u8>, Bytes, |value| Cell::Bytes(value.clone());
}

impl Column for Value {
    fn from_cell(cell: Cell) -> Result<Self, BadCell> {
        if let Cell::Json(value) = cell { Ok(value) } else { Err(BadCell) }
    }
}

impl ToCell for Vec<String> {
    const KIND: Kind = Kind::Json;
    fn to_cell(&self) -> Cell {
        Value::from(self.clone()).to_cell()
    }
}

impl Column for Vec<String> {
    fn from_cell(cell: Cell) -> Result<Self, BadCell> {
        serde_json::from_value(Value::from_cell(cell)?).map_err(|_| BadCell)
    }
}

macro_rules! id_columns {
    ($($id:ident)+) => {$(
        impl ToCell for ids::$id {
            const KIND: Kind = Kind::Text;
            fn to_cell(&self) -> Cell { self.as_ref().to_cell() }
        }
        impl Column for ids::$id {
            fn from_cell(cell: Cell) -> Result<Self, BadCell> {
                String::from_cell(cell)?.parse().map_err(|_| BadCell)
            }
        }
    )+};
}

id_columns! {
    AdminId AdminSessionId ApiKeyId AuditId DeploymentId EventId HookId LogId MailId ProjectId RefreshTokenId RequestId
    RunId SessionId SigningKeyId TicketId UserId VersionId
}

impl Cell {
    /// Adds the cell to the arguments of a SQLite statement.
    pub(crate) fn add_to_sqlite(self, arguments: &mut SqliteArguments) -> Result<(), StoreError> {
        match self {
            Self::Text(text) => arguments.add(text),
            Self::Int(int) => arguments.add(int),
            Self::Bool(bool) => arguments.add(bool),
            Self::Json(value) => arguments.add(Json(value)),
            Self::Bytes(bytes) => arguments.add(bytes),
            Self::Null(_) => arguments.add(None::<i64>),
        }
        .map_err(|error| sqlx::Error::Encode(error).into())
    }

    /// Adds the cell to the arguments of a PostgreSQL statement.
    pub(crate) fn add_to_postgres(self, arguments: &mut PgArguments) -> Result<(), StoreError> {
        match self {
            Self::Text(text) => arguments.add(text),
            Self::Int(int) => arguments.add(int),
            Self::Bool(bool) => arguments.add(bool),
            Self::Json(value) => arguments.add(Json(value)),
            Self::Bytes(bytes) => arguments.add(bytes),
            Self::Null(Kind::Text) => arguments.add(None::<String>),
            Self::Null(Kind::Int) => arguments.add(None::<i64>),
            Self::Null(Kind::Bool) => arguments.add(None::<bool>),
            Self::Null(Kind::Json) => arguments.add(None::<Json<Value>>),
            Self::Null(Kind::Bytes) => arguments.add(None::<Vec<u8>>),
        }
        .map_err(|error| sqlx::Error::Encode(error).into())
    }
}

/// A row of either database.
pub(crate) enum Row {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

macro_rules! cell_of {
    ($row:expr, $column:expr, $kind:expr) => {
        match $kind {
            Kind::Text => $row.try_get::<Option<String>, _>($column)?.map(Cell::Text),
            Kind::Int => $row.try_get::<Option<i64>, _>($column)?.map(Cell::Int),
            Kind::Bool => $row.try_get::<Option<bool>, _>($column)?.map(Cell::Bool),
            Kind::Json => $row.try_get::<Option<Json<Value>>, _>($column)?.map(|json| Cell::Json(json.0)),
            Kind::Bytes => $row.try_get::<Option<Vec<u8>>, _>($column)?.map(Cell::Bytes),
        }
    };
}

impl Row {
    /// The value of a column.
    pub(crate) fn get<T: Column>(&self, column: &str) -> Result<T, StoreError> {
        let cell = match self {
            Self::Sqlite(row) => cell_of!(row, column, T::KIND),
            Self::Postgres(row) => cell_of!(row, column, T::KIND),
        };
        T::from_cell(cell.unwrap_or(Cell::Null(T::KIND)))
            .map_err(|BadCell| StoreError::Corrupt { column: column.to_owned() })
    }
}

/// The arguments of a statement, in the order of `$1`, `$2`, …
macro_rules! args {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::db::cell::ToCell::to_cell(&$value)),*]
    };
}
pub(crate) use args;
