use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
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
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let once = json!({ "key": KEY }).to_string();
    for (text, expected) in [
        // One that is the beginning of another does not leave its end.
        (format!("key {KEY}."), "key •••."),
        (once.clone(), r#"{"key":"•••"}"#),
        (quoted(&once), r#""{\"key\":\"•••\"}""#),
        (quoted(&quoted(&once)), r#""\"{\\\"key\\\":\\\"•••\\\"}\"""#),
        ("sk_live_123+\\/\\u00e4\\\"".into(), "•••"),
        ("?key=sk_live_123%2B%2F%C3%A4%22&b".into(), "?key=•••&b"),
        ("?key=sk_live_123%2b%2f%c3%a4%22&b".into(), "?key=•••&b"),
        // As `new URL` writes it.
        ("https://a.b/?key=sk_live_123+/%C3%A4%22".into(), "https://a.b/?key=•••"),
        ("?to=%3Fkey%3Dsk_live_123%252B%252F%25C3%25A4%2522".into(), "?to=%3Fkey%3D•••"),
        ("736b5f6c6976655f3132332b2fc3a422".into(), "•••"),
        ("736B5F6C6976655F3132332B2FC3A422".into(), "•••"),
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
fn secrets_that_overlap_are_hidden_as_one() {
    let mut text = "x abcdefghi abcdef y".to_owned();
    Redactor::new(["abcdef", "defghi"]).text(&mut text);
    assert_eq!(text, "x ••• ••• y");
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

#[test]
fn each_long_line_of_a_secret_is_hidden_by_itself() {
    let pem = "-----BEGIN KEY-----\r\nMIGHAgEAMBMGByqG\r\nSM49AgEGCCqGSM49\r\nshort\r\n-----END KEY-----\r\n";
    let redactor = Redactor::new([pem]);
    for (text, expected) in [
        (pem.trim_end().to_owned(), HIDDEN.to_owned()),
        ("MIGHAgEAMBMGByqG".into(), HIDDEN.into()),
        ("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49".into(), "••••••".into()),
        ("at line MIGHAgEAMBMGByqG\nshort".into(), "at line •••\nshort".into()),
        (STANDARD.encode("MIGHAgEAMBMGByqG"), "•••==".into()),
    ] {
        let mut shown = text.clone();
        redactor.text(&mut shown);
        // The last letter of base64 holds bits of what follows.
        assert!(shown == expected || shown.replace(HIDDEN, "").len() <= 4, "{text}: {shown}");
        assert!(!shown.contains("MIGH") && !shown.contains("SM49"), "{text}: {shown}");
    }
}

#[test]
fn the_texts_in_a_secret_that_is_json_are_hidden_by_themselves() {
    let account = json!({"type": "service", "private_key": "-----BEGIN KEY-----\nMIGHAgEAMBMGByqG\n"});
    let redactor = Redactor::new([account.to_string().as_str()]);
    let mut shown = json!({"line": "MIGHAgEAMBMGByqG", "key": account["private_key"], "type": "service"});
    redactor.value(&mut shown);
    assert_eq!(shown, json!({"line": HIDDEN, "key": HIDDEN, "type": "service"}));
}

#[test]
fn a_secret_with_space_around_it_is_hidden_without_it() {
    let mut shown = "Bearer sk_live_123".to_owned();
    Redactor::new([" sk_live_123\n"]).text(&mut shown);
    assert_eq!(shown, "Bearer •••");
}

#[test]
fn credentials_of_urls_are_hidden_without_any_secret() {
    let mut value = json!([{"url": "http://user:pass@host/", "http://u:p@h/": 1}]);
    Redactor::default().value(&mut value);
    assert_eq!(value, json!([{"url": "http://•••@host/", "http://•••@h/": 1}]));
}

#[test]
fn words_and_numbers_are_told_from_keys() {
    for (value, masking) in [
        ("", Masking::Never),
        ("true", Masking::Never),
        (" a1b2c \n", Masking::Never),
        ("premium", Masking::Ordinary),
        ("Premium plan", Masking::Ordinary),
        ("production", Masking::Ordinary),
        ("20261201", Masking::Ordinary),
        ("sk_live_1", Masking::Full),
        ("hunter2!", Masking::Full),
        ("dGhpcyBpcyBhIGtleQ", Masking::Full),
        ("abcdefghijklmnopqrstuvwxyz", Masking::Full),
    ] {
        assert_eq!(Masking::of(value), masking, "{value}");
    }
}
