//! Text of the code as every database and every reader can hold it: without U+0000 and halves of surrogate pairs, which
//! become U+FFFD. All text passes here when it leaves the sandbox, so that tokens, records and caches get the same.

use std::collections::HashSet;

/// What takes the place of a character that cannot be kept.
const REPLACEMENT: &str = "\u{fffd}";

/// Text without U+0000. It has no halves of pairs, being UTF-8.
pub fn text(text: String) -> String {
    if text.contains('\0') { text.replace('\0', REPLACEMENT) } else { text }
}

/// The same for what `JSON.stringify` made. Of two keys of an object that become the same the first stays.
pub fn json(text: String) -> String {
    if !text.contains("\\ud") && !text.contains("\\u0000") {
        return text;
    }
    let clean = without_escapes(&text);
    if clean.len() == text.len() { text } else { without_repeated_keys(&clean) }
}

/// Replaces the escapes of U+0000 and of lone surrogates. `JSON.stringify` writes whole pairs as they are, so every
/// escape of that range is of half a pair.
fn without_escapes(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        clean.push_str(before);
        let code = escape.strip_prefix('u').and_then(|code| code.get(..4)).map(str::as_bytes);
        let replaced = matches!(code, Some(b"0000" | [b'd', b'8'..=b'9' | b'a'..=b'f', _, _]));
        let taken = if replaced { 5 } else { escape.chars().next().map_or(0, char::len_utf8) };
        let (escape, after) = escape.split_at_checked(taken).unwrap_or((escape, ""));
        if replaced {
            clean.push_str(REPLACEMENT);
        } else {
            clean.push('\\');
            clean.push_str(escape);
        }
        rest = after;
    }
    clean.push_str(rest);
    clean
}

/// Leaves out members of objects whose key stood there before. Only keys with a replaced character can repeat.
fn without_repeated_keys(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut open: Vec<HashSet<&str>> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (token, after) = rest.split_at_checked(token_length(rest)).unwrap_or((rest, ""));
        rest = after;
        match token {
            "{" | "[" => open.push(HashSet::new()),
            "}" | "]" => drop(open.pop()),
            _ => {}
        }
        if token.starts_with('"') && token.contains(REPLACEMENT) && rest.starts_with(':') {
            let new = open.last_mut().is_none_or(|keys| keys.insert(token));
            if !new {
                rest = rest.split_at_checked(1 + value_length(&rest[1..])).map_or("", |(_, after)| after);
                // A repeated key is not the first of its object.
                clean.pop();
                continue;
            }
        }
        clean.push_str(token);
    }
    clean
}

/// The length of the string, the bracket, or the text up to the next of these.
fn token_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(b'"') => string_length(bytes),
        Some(b'{' | b'}' | b'[' | b']') => 1,
        _ => bytes.iter().position(|byte| b"\"{}[]".contains(byte)).unwrap_or(bytes.len()),
    }
}

fn string_length(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The length of a member's value: up to the comma or bracket that ends it.
fn value_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += string_length(&bytes[at..]);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> String {
        json(text.to_owned())
    }

    #[test]
    fn what_cannot_be_kept_is_replaced_and_nothing_else() {
        assert_eq!(
            cleaned(r#"["\ud800", "\\ud800", "\"\udfff\\", "é\u0001\u0000", "\\u0000", "\u000b\ue000"]"#),
            "[\"\u{fffd}\", \"\\\\ud800\", \"\\\"\u{fffd}\\\\\", \"é\\u0001\u{fffd}\", \"\\\\u0000\", \"\\u000b\\ue000\"]"
        );
        assert_eq!(text("a\0b".to_owned()), "a\u{fffd}b");
    }

    #[test]
    fn of_keys_that_become_the_same_the_first_stays() {
        for (given, expected) in [
            (r#"{"a\u0000":1,"a\ud800":{"x":[1,"}",{}]},"b":2}"#, r#"{"a�":1,"b":2}"#),
            (r#"{"a�":[],"a\u0000":"x,\"y","a\udfff":3}"#, r#"{"a�":[]}"#),
            (r#"[{"\u0000":{"\u0000":1,"\ud900":2}},{"\u0000":3}]"#, r#"[{"�":{"�":1}},{"�":3}]"#),
            (r#"{"a":"\u0000","b":"\u0000","�":["\u0000","\u0000"]}"#, r#"{"a":"�","b":"�","�":["�","�"]}"#),
            (r#""\u0000""#, r#""�""#),
        ] {
            assert_eq!(cleaned(given), expected, "{given}");
            assert!(serde_json::from_str::<serde_json::Value>(&cleaned(given)).is_ok());
        }
    }
}
