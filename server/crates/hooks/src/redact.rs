//! Keeps secrets out of what is recorded of a run and out of what its failure tells the user.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use serde_json::{Map, Value};

/// Shorter values are too common to be replaced everywhere.
const SHORTEST: usize = 6;
/// Shortest beginning of a secret that is replaced where text was cut.
const SHORTEST_BEGINNING: usize = 3;
/// What stands in place of a secret.
pub(crate) const HIDDEN: &str = "•••";
/// What text that was cut ends with.
const CUT: char = '…';

/// Finds secrets in all the forms in which code usually sends them.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    /// Longest first, because one may be a part of another.
    needles: Vec<String>,
}

impl Redactor {
    /// Knows these secrets.
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut redactor = Self::default();
        redactor.learn(secrets);
        redactor
    }

    /// Learns more secrets.
    pub(crate) fn learn<'a>(&mut self, secrets: impl IntoIterator<Item = &'a str>) {
        let secrets = secrets.into_iter().filter(|secret| secret.len() >= SHORTEST);
        self.needles.extend(secrets.flat_map(forms));
        self.needles.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        self.needles.dedup();
    }

    /// Replaces every secret in all text of `value`, names of fields included.
    pub(crate) fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(fields) => {
                fields.values_mut().for_each(|field| self.value(field));
                if fields.keys().any(|name| self.finds(name)) {
                    let renamed = std::mem::take(fields).into_iter().map(|(mut name, field)| {
                        self.text(&mut name);
                        (name, field)
                    });
                    *fields = renamed.collect::<Map<_, _>>();
                }
            }
            _ => {}
        }
    }

    /// Replaces every secret, and the beginning of one at the end of text that was cut.
    pub(crate) fn text(&self, text: &mut String) {
        // First, as long as the whole beginning is there.
        if let Some(rest) = text.strip_suffix(CUT)
            && let Some(length) = self.needles.iter().filter_map(|needle| beginning(rest, needle)).max()
        {
            let kept = rest.len() - length;
            text.truncate(kept);
            text.push_str(HIDDEN);
            text.push(CUT);
        }
        for needle in &self.needles {
            if text.contains(needle.as_str()) {
                *text = text.replace(needle.as_str(), HIDDEN);
            }
        }
    }

    fn finds(&self, text: &str) -> bool {
        self.needles.iter().any(|needle| text.contains(needle.as_str()))
    }
}

/// Length of the longest beginning of `needle` that `text` ends with.
fn beginning(text: &str, needle: &str) -> Option<usize> {
    let longest = needle.len().min(text.len());
    (SHORTEST_BEGINNING..=longest)
        .rev()
        .find(|length| needle.get(..*length).is_some_and(|part| text.ends_with(part)))
}

/// A secret as it is, as part of JSON text, of a URL, of a form and of base64 text.
fn forms(secret: &str) -> Vec<String> {
    let quoted = Value::from(secret).to_string();
    let within_quotes = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    let mut forms = vec![
        secret.to_owned(),
        within_quotes.to_owned(),
        percent_encoded(secret),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
    ];
    // What stands before the secret decides how its bits fall on the letters, in one of three ways. Letters that also
    // hold bits of its neighbours are left out.
    // The second way is that of a token, which is base64 of JSON.
    let texts = if within_quotes == secret { vec![secret] } else { vec![secret, within_quotes] };
    for (before, text) in texts.into_iter().flat_map(|text| (0..3).map(move |before| (before, text))) {
        let bytes = [&vec![0; before], text.as_bytes()].concat();
        let letters = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
        for text in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            forms.extend(text.get(letters.clone()).map(str::to_owned));
        }
    }
    forms
}

/// What `encodeURIComponent` makes of a text.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use super::*;

    const KEY: &str = "sk_live_123+/ä\"";

    fn redacted(text: &str) -> String {
        let mut text = text.to_owned();
        Redactor::new(["sk_live", KEY, "1"]).text(&mut text);
        text
    }

    #[test]
    fn replaces_secrets_wherever_they_stand() {
        let redactor = Redactor::new(["sk_live_123", "1"]);
        let mut value = json!({"a": ["Bearer sk_live_123"], "n": 1, "of sk_live_123": {"sk_live_123": 1}});
        redactor.value(&mut value);
        assert_eq!(value, json!({"a": ["Bearer •••"], "n": 1, "of •••": {"•••": 1}}));
    }

    #[test]
    fn replaces_secrets_in_every_form() {
        for (text, expected) in [
            // One that is the beginning of another does not leave its end.
            (format!("key {KEY}."), "key •••."),
            (json!({ "key": KEY }).to_string(), r#"{"key":"•••"}"#),
            ("?key=sk_live_123%2B%2F%C3%A4%22&b".into(), "?key=•••&b"),
            // Cut text ends where it was cut, which may be within a secret.
            ("Bearer sk_live_12…".into(), "Bearer •••…"),
            ("Bearer sk_l…".into(), "Bearer •••…"),
            ("not cut: sk_l".into(), "not cut: sk_l"),
            ("nothing to hide…".into(), "nothing to hide…"),
        ] {
            assert_eq!(redacted(&text), expected);
        }
    }

    #[test]
    fn replaces_secrets_in_the_json_of_a_token() {
        let claims = STANDARD_NO_PAD.encode(json!({ "plan": KEY }).to_string());
        assert!(redacted(&claims).contains(HIDDEN), "{claims}");
    }

    #[test]
    fn replaces_secrets_in_base64_whatever_stands_around_them() {
        for before in ["", ":", "ab", "user:", "{\"k\":\""] {
            for after in ["", ":", "xy"] {
                let text = STANDARD.encode(format!("{before}{KEY}{after}"));
                let hidden = redacted(&text);
                assert!(hidden.contains(HIDDEN), "{before}|{after}: {hidden}");
                // At most one letter of the secret's on either side.
                let left: usize = hidden.replace(HIDDEN, "").len();
                assert!(left <= (before.len() + after.len()).div_ceil(3) * 4 + 4, "{hidden}");
            }
        }
    }
}
