//! Conditions that are put together while a list is asked for.

use contract::ids::Id;

use crate::db::cell::{Cell, ToCell};

/// The most rows that one list returns.
const MAX_ROWS: u32 = 1_000;

/// `WHERE a AND b …` with its arguments.
pub(crate) struct Filter {
    tail: String,
    args: Vec<Cell>,
}

impl Filter {
    /// No condition yet.
    pub(crate) fn new() -> Self {
        Self { tail: String::new(), args: Vec::new() }
    }

    /// Adds a condition; each `?` in it stands for the value.
    pub(crate) fn and(mut self, condition: &'static str, value: impl ToCell) -> Self {
        self.args.push(value.to_cell());
        let condition = condition.replace('?', &format!("${}", self.args.len()));
        self.push(&condition);
        self
    }

    /// Adds a condition if there is a value for it.
    pub(crate) fn and_some(self, condition: &'static str, value: Option<impl ToCell>) -> Self {
        match value {
            Some(value) => self.and(condition, value),
            None => self,
        }
    }

    /// Adds a condition without a value.
    pub(crate) fn and_plain(mut self, condition: &str) -> Self {
        self.push(condition);
        self
    }

    /// Newest first, from behind `before`, at most `limit` rows (and never more than a thousand).
    pub(crate) fn page<T: Id>(self, before: Option<&T>, limit: u32) -> (String, Vec<Cell>) {
        let mut filter = self.and_some("id < ?", before.map(T::as_str));
        filter.args.push(i64::from(limit.clamp(1, MAX_ROWS)).to_cell());
        (format!("{} ORDER BY id DESC LIMIT ${}", filter.tail, filter.args.len()), filter.args)
    }

    /// The text and its arguments as they are.
    pub(crate) fn finish(self) -> (String, Vec<Cell>) {
        (self.tail, self.args)
    }

    fn push(&mut self, condition: &str) {
        self.tail.push_str(if self.tail.is_empty() { "WHERE " } else { " AND " });
        self.tail.push_str(condition);
    }
}

/// A pattern for `LIKE … ESCAPE '\'` that finds the text anywhere.
pub(crate) fn containing(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}
