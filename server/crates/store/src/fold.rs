//! Forms in which texts are compared, made here and not in SQL because the databases fold letters differently.

use contract::unicode;

/// Returns the form in which names are compared: without surrounding space, in lower case and normalization form C.
pub fn fold(text: &str) -> String {
    unicode::lower(text.trim())
}

/// Returns the form in which addresses were compared before they had a normal form.
pub(crate) fn fold_as_typed(text: &str) -> String {
    text.trim().to_lowercase()
}
