//! The forms in which code sends and shows a secret.

use std::collections::BTreeSet;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::SHORTEST;

/// Shortest line of a secret of several lines, and shortest text within a secret that is JSON, that is hidden by itself.
const SHORTEST_PART: usize = 16;
/// Most lines and texts of one secret that are hidden by themselves; the first ones. Each has dozens of forms.
const MOST_PARTS: usize = 64;
/// How often text is found that was written as JSON within JSON.
const QUOTED: usize = 3;

/// What `encodeURIComponent` leaves as it is, and what the parts of a URL leave as they are.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');
const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'\'');
const PATH: &AsciiSet = &QUERY.remove(b'\'').add(b'?').add(b'^').add(b'`').add(b'{').add(b'}');
const USERINFO: &AsciiSet =
    &PATH.add(b'/').add(b':').add(b';').add(b'=').add(b'@').add(b'[').add(b'\\').add(b']').add(b'|');

/// Every text to look for, so that neither the secret nor a long part of it is shown.
pub(super) fn of(secret: &str) -> BTreeSet<String> {
    let mut forms = BTreeSet::new();
    for part in parts(secret) {
        add_forms(part.as_str(), &mut forms);
    }
    // Something as short would be found everywhere.
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

/// The secret, what is left of it without space around it, its long lines, and the long texts in it if it is JSON.
fn parts(secret: &str) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    // Texts first: what is left of their number is for lines, which show the same texts.
    if let Ok(json @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(secret) {
        add_texts(&json, &mut parts);
    }
    add_lines(secret, &mut parts);
    parts.extend([secret.to_owned(), secret.trim().to_owned()]);
    parts.retain(|part| part.len() >= SHORTEST);
    parts
}

fn add_lines(text: &str, parts: &mut BTreeSet<String>) {
    text.lines().for_each(|line| add_part(line.trim(), parts));
}

fn add_part(text: &str, parts: &mut BTreeSet<String>) {
    if parts.len() < MOST_PARTS && text.chars().count() >= SHORTEST_PART {
        parts.insert(text.to_owned());
    }
}

fn add_texts(json: &Value, parts: &mut BTreeSet<String>) {
    match json {
        Value::String(text) => {
            add_part(text, parts);
            add_lines(text, parts);
        }
        Value::Array(items) => items.iter().for_each(|item| add_texts(item, parts)),
        Value::Object(fields) => fields.values().for_each(|field| add_texts(field, parts)),
        _ => {}
    }
}

fn add_forms(text: &str, forms: &mut BTreeSet<String>) {
    let mut quoted = text.to_owned();
    for _ in 0..=QUOTED {
        add_encoded(&quoted, forms);
        forms.insert(quoted.clone());
        forms.insert(ascii_quoted(&quoted));
        let again = Value::from(quoted.as_str()).to_string();
        again.get(1..again.len() - 1).unwrap_or_default().clone_into(&mut quoted);
    }
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    forms.insert(hex.to_ascii_uppercase());
    forms.insert(hex);
}

/// Percent-encoded as URLs and forms are, with digits of both cases, and in base64.
fn add_encoded(text: &str, forms: &mut BTreeSet<String>) {
    let mut encoded: BTreeSet<String> = [COMPONENT, QUERY, PATH, USERINFO]
        .into_iter()
        .map(|set| utf8_percent_encode(text, set).to_string())
        .collect();
    encoded.insert(url::form_urlencoded::byte_serialize(text.as_bytes()).collect());
    for text in &encoded {
        forms.insert(lower_digits(text));
        // A URL within a URL.
        forms.insert(utf8_percent_encode(text, COMPONENT).to_string());
    }
    forms.append(&mut encoded);
    for text in base64(text) {
        forms.insert(utf8_percent_encode(&text, COMPONENT).to_string());
        forms.insert(text);
    }
}

/// What stands before the secret decides how its bits fall on the letters, in one of three ways. Letters that also hold
/// bits of its neighbours are left out. The second way is that of a token, which is base64 of JSON.
fn base64(text: &str) -> impl Iterator<Item = String> {
    (0..3).flat_map(move |before| {
        let bytes = [&vec![0; before], text.as_bytes()].concat();
        let letters = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
        [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)]
            .into_iter()
            .filter_map(move |text| text.get(letters.clone()).map(str::to_owned))
    })
}

/// JSON text whose characters beyond ASCII, and slashes, are escaped, as other languages write it.
fn ascii_quoted(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    let mut out = String::with_capacity(quoted.len());
    for character in quoted.get(1..quoted.len() - 1).unwrap_or_default().chars() {
        match character {
            '/' => out.push_str("\\/"),
            character if character.is_ascii() => out.push(character),
            character => {
                let mut units = [0; 2];
                let units = character.encode_utf16(&mut units);
                units.iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            }
        }
    }
    out
}

/// `%2F` → `%2f`.
fn lower_digits(text: &str) -> String {
    let mut left = 0;
    let lower = |character: char| {
        if character == '%' {
            left = 2;
            return character;
        }
        let digit = left > 0;
        left = if digit { left - 1 } else { 0 };
        if digit { character.to_ascii_lowercase() } else { character }
    };
    text.chars().map(lower).collect()
}
