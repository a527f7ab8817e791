//! JSON text that JavaScript made.

use serde::de::DeserializeOwned;

/// Parses what `JSON.stringify` made. Unlike JSON text of other origin it may hold halves of
/// surrogate pairs, which become U+FFFD. Fails when it is nested deeper than 128 levels.
pub fn parse<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&without_halves(text)))
}

/// Replaces the escapes of lone surrogates. `JSON.stringify` writes whole pairs as they are, so
/// every escape of that range is of half a pair.
fn without_halves(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        clean.push_str(before);
        let half = escape.get(..3).is_some_and(|start| {
            let start = start.as_bytes();
            start.starts_with(b"ud") && matches!(start.get(2), Some(b'8'..=b'9' | b'a'..=b'f'))
        });
        let taken = if half { 5 } else { escape.chars().next().map_or(0, char::len_utf8) };
        let (escape, after) = escape.split_at_checked(taken).unwrap_or((escape, ""));
        clean.push('\\');
        clean.push_str(if half { "ufffd" } else { escape });
        rest = after;
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_pairs_are_replaced_and_nothing_else() {
        let text = r#"["\ud800", "\\ud800", "\"\udfff\\", "é\u0001"]"#;
        let values: Vec<String> = parse(text).unwrap();
        assert_eq!(values, ["\u{fffd}", "\\ud800", "\"\u{fffd}\\", "é\u{1}"]);
    }
}
