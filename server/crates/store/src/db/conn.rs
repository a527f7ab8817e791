//! One connection of either database, and the few shapes of statement that the aggregates are written with.
//!
//! Every statement has one text for both databases. Whatever writes goes through [`Conn::insert`], [`Conn::update`],
//! [`Conn::upsert`] or [`Conn::delete`], which also keep the journal of a dry run.

use std::borrow::Cow;

use sqlx::{AssertSqlSafe, postgres::PgArguments, sqlite::SqliteArguments};

use crate::{
    StoreError, Unavailability,
    db::{
        cell::{Cell, Column, Row},
        change::Change,
        link::{Driver, Link},
        record::Record,
    },
};

/// A connection on which the functions of the aggregates run. Got from a [`Lease`](crate::Lease).
pub struct Conn {
    link: Link,
    /// A statement failed, or its answer never came because the call was dropped. PostgreSQL refuses the rest of such
    /// a transaction; SQLite does the same here, so that a flow cannot work on one database and fail on the other.
    pub(super) failed: bool,
    /// The database may have ended the transaction by itself: what came next would be a write of its own.
    pub(super) ended: Option<Unavailability>,
    /// In a dry run: what was written so far.
    pub(super) journal: Option<Vec<Change>>,
    /// In a dry run: what was written since the last mark has to be undone before the next use.
    pub(super) stale: bool,
    /// The deployment counter moved in this transaction: tell the other processes after the commit.
    pub(crate) notice: Option<i64>,
}

/// The kind of database, for the few statements that differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Conn {
    pub(super) fn new(link: Link) -> Self {
        Self { link, failed: false, ended: None, journal: None, stale: false, notice: None }
    }

    pub(super) fn into_link(self) -> Link {
        self.link
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.link.dialect()
    }

    /// Runs a statement; returns how many rows it touched.
    pub(crate) async fn execute(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        args: Vec<Cell>,
    ) -> Result<u64, StoreError> {
        let failed = self.set_out()?;
        let sql = AssertSqlSafe(sql.into());
        let done = match self.link.driver()? {
            Driver::Sqlite(conn) => {
                let query = sqlx::query_with(sql, sqlite_arguments(args)?);
                query.execute(conn).await.map(|done| done.rows_affected())
            }
            Driver::Postgres(conn) => {
                let query = sqlx::query_with(sql, postgres_arguments(args)?);
                query.execute(conn).await.map(|done| done.rows_affected())
            }
        };
        self.arrive(failed, done)
    }

    /// Runs a statement that returns rows.
    pub(crate) async fn rows(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        args: Vec<Cell>,
    ) -> Result<Vec<Row>, StoreError> {
        let failed = self.set_out()?;
        let sql = AssertSqlSafe(sql.into());
        let rows = match self.link.driver()? {
            Driver::Sqlite(conn) => {
                let rows = sqlx::query_with(sql, sqlite_arguments(args)?).fetch_all(conn).await;
                rows.map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Driver::Postgres(conn) => {
                let rows = sqlx::query_with(sql, postgres_arguments(args)?).fetch_all(conn).await;
                rows.map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        };
        self.arrive(failed, rows)
    }

    /// Why nothing of this transaction can be kept.
    pub(super) fn failure(&self) -> StoreError {
        self.ended.map_or(StoreError::Failed, |reason| StoreError::Unavailable(reason, None))
    }

    /// Refuses a statement in a transaction that has failed, and counts this one as failed until its answer is here.
    /// Returns whether one had failed before.
    fn set_out(&mut self) -> Result<bool, StoreError> {
        if self.ended.is_some() || (self.failed && self.link.writes()) {
            return Err(self.failure());
        }
        Ok(std::mem::replace(&mut self.failed, true))
    }

    fn arrive<T>(&mut self, failed: bool, answer: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        let answer = answer.map_err(|error| self.link.note(error));
        match &answer {
            Ok(_) => self.failed = failed,
            // SQLite ends a transaction by itself after errors such as a full disk, and does not say so.
            Err(error) if self.link.writes() && self.dialect() == Dialect::Sqlite => {
                self.ended = error.unavailability();
            }
            Err(_) => {}
        }
        answer
    }

    /// The column `value` of the first row.
    pub(crate) async fn value<T: Column>(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        args: Vec<Cell>,
    ) -> Result<Option<T>, StoreError> {
        self.rows(sql, args).await?.first().map(|row| row.get("value")).transpose()
    }

    /// The records that `tail` (`WHERE … ORDER BY …`) selects.
    pub(crate) async fn list<T: Record>(
        &mut self,
        tail: &str,
        args: Vec<Cell>,
    ) -> Result<Vec<T>, StoreError> {
        let sql = format!("SELECT {} FROM {} {tail}", columns::<T>(), T::TABLE);
        self.rows(sql, args).await?.iter().map(T::from_row).collect()
    }

    /// The first record that `tail` selects.
    pub(crate) async fn find<T: Record>(
        &mut self,
        tail: &str,
        args: Vec<Cell>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.list(tail, args).await?.into_iter().next())
    }

    /// Adds a row.
    pub(crate) async fn insert<T: Record>(&mut self, record: &T) -> Result<(), StoreError> {
        self.insert_many(std::slice::from_ref(record)).await
    }

    /// Adds rows, as few statements as the databases' limits allow.
    pub(crate) async fn insert_many<T: Record>(&mut self, records: &[T]) -> Result<(), StoreError> {
        /// Far below the 32,766 parameters that SQLite takes at the widest table here.
        const ROWS_A_STATEMENT: usize = 200;
        for chunk in records.chunks(ROWS_A_STATEMENT) {
            let width = T::COLUMNS.len();
            let groups: Vec<String> = (0..chunk.len()).map(|row| placeholders(row * width, width)).collect();
            let sql = format!("INSERT INTO {} ({}) VALUES {}", T::TABLE, columns::<T>(), groups.join(", "));
            self.execute(sql, chunk.iter().flat_map(T::cells).collect()).await?;
            for record in chunk {
                self.record_change(None, Some(record));
            }
        }
        Ok(())
    }

    /// Adds a row, or sets the columns `set` of the one that has the same values in the columns `unique`.
    pub(crate) async fn upsert<T: Record>(
        &mut self,
        record: &T,
        unique: &[&str],
        set: &[&str],
    ) -> Result<T, StoreError> {
        let cells = record.cells();
        let before = if self.journal.is_some() {
            let wanted = T::COLUMNS.iter().zip(&cells).filter(|(column, _)| unique.contains(column));
            let (names, keys): (Vec<&str>, Vec<Cell>) =
                wanted.map(|(name, cell)| (*name, cell.clone())).unzip();
            let tests: Vec<String> =
                names.iter().zip(1..).map(|(name, n)| format!("{name} = ${n}")).collect();
            self.find::<T>(&format!("WHERE {}", tests.join(" AND ")), keys).await?
        } else {
            None
        };
        let assignments: Vec<String> =
            set.iter().map(|column| format!("{column} = excluded.{column}")).collect();
        let sql = format!(
            "INSERT INTO {} ({columns}) VALUES {} ON CONFLICT ({}) DO UPDATE SET {} RETURNING {columns}",
            T::TABLE,
            placeholders(0, cells.len()),
            unique.join(", "),
            assignments.join(", "),
            columns = columns::<T>(),
        );
        let rows = self.rows(sql, cells).await?;
        let after = rows.first().map(T::from_row).ok_or(StoreError::Missing)??;
        self.record_change(before.as_ref(), Some(&after));
        Ok(after)
    }

    /// Changes the rows that `filter` selects and returns them as they are now. `filter` uses `$1` to `$k`, the
    /// `keys`; `set` uses the numbers after those, the `values`, and may use the keys too.
    pub(crate) async fn update<T: Record>(
        &mut self,
        filter: &str,
        keys: Vec<Cell>,
        set: &str,
        values: Vec<Cell>,
    ) -> Result<Vec<T>, StoreError> {
        let before = self.before::<T>(filter, &keys).await?;
        let sql = format!("UPDATE {} SET {set} WHERE {filter} RETURNING {}", T::TABLE, columns::<T>());
        let args = keys.into_iter().chain(values).collect();
        let after: Vec<T> = self.rows(sql, args).await?.iter().map(T::from_row).collect::<Result<_, _>>()?;
        for row in &after {
            self.record_change(before.iter().find(|old| old.key() == row.key()), Some(row));
        }
        Ok(after)
    }

    /// Removes the rows that `filter` selects; returns how many there were.
    pub(crate) async fn delete<T: Record>(
        &mut self,
        filter: &str,
        keys: Vec<Cell>,
    ) -> Result<u64, StoreError> {
        let before = self.before::<T>(filter, &keys).await?;
        let count = self.execute(format!("DELETE FROM {} WHERE {filter}", T::TABLE), keys).await?;
        for row in &before {
            self.record_change(Some(row), None);
        }
        Ok(count)
    }

    /// In a dry run the rows as they are; nothing in live traffic, which does not need them.
    async fn before<T: Record>(&mut self, filter: &str, keys: &[Cell]) -> Result<Vec<T>, StoreError> {
        if self.journal.is_none() {
            return Ok(Vec::new());
        }
        self.list(&format!("WHERE {filter}"), keys.to_vec()).await
    }

    fn record_change<T: Record>(&mut self, before: Option<&T>, after: Option<&T>) {
        if let Some(journal) = &mut self.journal {
            journal.extend(Change::between(before, after));
        }
    }
}

/// A statement without arguments that returns nothing, such as a savepoint.
pub(super) async fn command(conn: &mut Conn, sql: &'static str) -> Result<(), StoreError> {
    conn.execute(sql, Vec::new()).await.map(drop)
}

fn columns<T: Record>() -> String {
    T::COLUMNS.join(", ")
}

/// `($3, $4)` for a start of 2 and a width of 2.
fn placeholders(start: usize, width: usize) -> String {
    let numbers: Vec<String> = (start + 1..=start + width).map(|number| format!("${number}")).collect();
    format!("({})", numbers.join(", "))
}

fn sqlite_arguments(args: Vec<Cell>) -> Result<SqliteArguments, StoreError> {
    let mut arguments = SqliteArguments::default();
    args.into_iter().try_for_each(|cell| cell.add_to_sqlite(&mut arguments))?;
    Ok(arguments)
}

fn postgres_arguments(args: Vec<Cell>) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    args.into_iter().try_for_each(|cell| cell.add_to_postgres(&mut arguments))?;
    Ok(arguments)
}
