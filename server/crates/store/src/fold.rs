//! Case folding, here and not in SQL because the databases do it differently.

/// The form in which e-mail addresses and names are compared: without surrounding space, in lower case.
pub fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}
