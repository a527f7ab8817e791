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

/// What a search that tries everything finds: the first place from which the end of the text begins a needle.
fn begun_slowly(needles: &[String], text: &str) -> Option<usize> {
    let mut places = text.char_indices().map(|(at, _)| at).filter(|at| text.len() - at >= SHORTEST_BEGINNING);
    places.find(|at| needles.iter().any(|needle| needle.starts_with(&text[*at..])))
}

#[test]
fn the_search_finds_what_trying_every_needle_finds() {
    let redactor =
        Redactor::new(["aabaab", "aabaabaac", "abcabc", "äbcäbc", "aaaaaaaaab", "-----BEGIN KEY-----\nabc"]);
    assert!(redactor.needles.is_sorted());
    let parts = ["a", "aab", "abc", "ä", "aaaaaaaaab", "-----BEGIN", "c", "6162"];
    for first in parts {
        for second in parts {
            for third in parts {
                let text = [first, second, third].concat();
                assert_eq!(redactor.begun(&text), begun_slowly(&redactor.needles, &text), "{text}");
                let slow = redactor.needles.iter().filter(|needle| text.starts_with(needle.as_str()));
                let slow = slow.map(String::len).max();
                assert_eq!(longest(&redactor.needles, &text), slow, "{text}");
            }
        }
    }
}

#[test]
fn of_many_needles_few_are_looked_at_in_one_place() {
    let secrets: Vec<String> = (0..100_u32)
        .map(|secret| (0..200).map(|line| format!("{:08x}-line-{line:08}\n", secret * 2_654_435)).collect())
        .collect();
    let redactor = Redactor::new(secrets.iter().map(String::as_str));
    // Lines, and the secret with and without its last break, have dozens of forms each.
    assert!(redactor.needles.len() <= 100 * (64 + 2) * 50, "{}", redactor.needles.len());
    let text = "Nothing of this text begins as a secret does. ".repeat(100);
    let places = text.as_bytes().windows(SHORTEST_BEGINNING);
    let looked_at = places.filter(|place| redactor.by_beginning.keys().any(|key| key == place)).count();
    assert!(looked_at < text.len() / 4, "{looked_at}");
    assert_eq!(redactor.begun(&text), None);
}

#[test]
fn of_a_secret_of_many_parts_the_first_ones_are_hidden_by_themselves() {
    let lines = |count: usize| (0..count).map(|line| format!("line {line:020}")).collect::<Vec<_>>();
    let shown = |secret: &str, text: &str| {
        let mut text = text.to_owned();
        Redactor::new([secret]).text(&mut text);
        text
    };
    let (secret, all) = (lines(200).join("\n"), lines(200));
    assert_eq!(shown(&secret, &all[63]), HIDDEN);
    assert_eq!(shown(&secret, &all[64]), all[64]);
    assert_eq!(shown(&secret, &secret), HIDDEN);
    // Of JSON the texts come first, however its lines are broken.
    let json = serde_json::to_string_pretty(&lines(64)).unwrap();
    assert_eq!(shown(&json, &lines(64)[63]), HIDDEN);
}
