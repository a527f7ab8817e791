//! Rows as structs.

use serde::Serialize;

use crate::{
    StoreError,
    db::cell::{Cell, Row},
};

/// A struct whose fields are the columns of a table (or some of them). Declared with [`record!`].
pub(crate) trait Record: Serialize + Sized + Send + Sync {
    /// The table or view.
    const TABLE: &'static str;
    /// Its columns, in the order of the fields.
    const COLUMNS: &'static [&'static str];
    /// What names the row within its project, for the journal.
    fn key(&self) -> String;
    /// The values, in the order of [`Self::COLUMNS`].
    fn cells(&self) -> Vec<Cell>;
    /// Reads the struct.
    fn from_row(row: &Row) -> Result<Self, StoreError>;
}

/// Declares a struct and its table: `record! { pub struct User in "users" key id { pub id: UserId, … } }`. A field
/// whose column has another name says so: `pub kind as "type": String`.
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $name:ident in $table:literal key $key:ident {
            $($(#[$field_meta:meta])* $visibility:vis $field:ident $(as $column:literal)?: $ty:ty,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        pub struct $name {
            $($(#[$field_meta])* $visibility $field: $ty,)+
        }

        impl $crate::db::record::Record for $name {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] =
                &[$($crate::db::record::column_name!($field $($column)?)),+];
            fn key(&self) -> String {
                self.$key.to_string()
            }
            fn cells(&self) -> Vec<$crate::db::cell::Cell> {
                vec![$($crate::db::cell::ToCell::to_cell(&self.$field)),+]
            }
            fn from_row(row: &$crate::db::cell::Row) -> Result<Self, $crate::StoreError> {
                Ok(Self { $($field: row.get($crate::db::record::column_name!($field $($column)?))?,)+ })
            }
        }
    };
}
pub(crate) use record;

macro_rules! column_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $column:literal) => {
        $column
    };
}
pub(crate) use column_name;

/// Declares an enum that is stored, and serialised, as text.
macro_rules! text_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// The stored text.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::db::cell::ToCell for $name {
            const KIND: $crate::db::cell::Kind = $crate::db::cell::Kind::Text;
            fn to_cell(&self) -> $crate::db::cell::Cell {
                self.as_str().to_cell()
            }
        }

        impl $crate::db::cell::Column for $name {
            fn from_cell(cell: $crate::db::cell::Cell) -> Result<Self, $crate::db::cell::BadCell> {
                match String::from_cell(cell)?.as_str() {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::db::cell::BadCell),
                }
            }
        }
    };
}
pub(crate) use text_enum;
