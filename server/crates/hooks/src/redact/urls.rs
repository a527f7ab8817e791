//! Names and passwords in URLs: `https://name:password@host/`.

use std::{ops::Range, sync::LazyLock};

use aho_corasick::AhoCorasick;
use url::Url;

use super::replace;

/// What a part that may hold a name and a password follows. URLs of these schemes name a host even without slashes.
const BEFORE: [&str; 6] = ["//", "http:", "https:", "ws:", "wss:", "ftp:"];
/// The same in a URL that is percent-encoded.
const BEFORE_ENCODED: [&str; 1] = ["%2f%2f"];
/// What ends that part of a URL.
const ENDS: [char; 4] = ['/', '?', '#', '\\'];
/// The same for a URL within a text.
const ENDS_IN_TEXT: [char; 10] = ['/', '?', '#', '\\', '"', '<', '>', '`', '{', '}'];
const ENDS_ENCODED: [&str; 7] = ["%2f", "%3f", "%23", "&", " ", "\"", "\n"];

/// Finds some words in any case.
fn words(words: &[&str]) -> Option<AhoCorasick> {
    AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok()
}

/// Hides the credentials in every URL of `text`.
pub(super) fn hide_credentials(text: &mut String) {
    static PLAIN: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| words(&BEFORE));
    static ENCODED: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| words(&BEFORE_ENCODED));
    static ENCODED_END: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| words(&ENDS_ENCODED));
    if text.contains('@') {
        // A whole URL may hold what ends one within a text.
        let whole =
            Url::parse(text.trim()).is_ok_and(|url| !url.username().is_empty() || url.password().is_some());
        let ends: &[char] = if whole { &ENDS } else { &ENDS_IN_TEXT };
        let end = |rest: &str| rest.find(|c: char| ends.contains(&c) || (!whole && c.is_whitespace()));
        hide(text, &PLAIN, end, "@");
    }
    if text.contains("%40") {
        let end = |rest: &str| ENCODED_END.as_ref()?.find(rest).map(|end| end.start());
        hide(text, &ENCODED, end, "%40");
    }
}

/// Hides what stands before the last `mark` of each part that begins after one of the words and goes to its `end`. No
/// part is looked at twice, so that a long text takes no longer than its length.
fn hide(text: &mut String, before: &Option<AhoCorasick>, end: impl Fn(&str) -> Option<usize>, mark: &str) {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut seen = 0;
    for word in before.iter().flat_map(|words| words.find_iter(text.as_str())) {
        if word.start() < seen {
            continue;
        }
        let after = text.get(word.end()..).unwrap_or_default();
        let start = word.end() + after.len() - after.trim_start_matches(['/', '\\']).len();
        let rest = text.get(start..).unwrap_or_default();
        let length = end(rest).unwrap_or(rest.len());
        seen = start + length;
        let credentials = rest.get(..length).and_then(|part| part.rfind(mark)).filter(|length| *length > 0);
        found.extend(credentials.map(|length| start..start + length));
    }
    replace(text, &found);
}

#[cfg(test)]
mod tests {
    use super::{super::HIDDEN, *};

    fn hidden(text: &str) -> String {
        let mut text = text.to_owned();
        hide_credentials(&mut text);
        text
    }

    #[test]
    fn credentials_in_urls_are_hidden() {
        for (text, expected) in [
            ("http://user:pass@host/", "http://•••@host/"),
            ("https://token@host/a?b=c#d", "https://•••@host/a?b=c#d"),
            ("https://:pass@host", "https://•••@host"),
            ("https://us@er:p@ss@host/x", "https://•••@host/x"),
            ("postgres://user:pass@db:5432/name", "postgres://•••@db:5432/name"),
            ("//user:pass@host/", "//•••@host/"),
            ("http:user:pass@host/", "http:•••@host/"),
            ("HTTP:/user:pass@host/", "HTTP:/•••@host/"),
            ("https:\\\\user:pass@host\\x", "https:\\\\•••@host\\x"),
            ("http:///user:pass@host/", "http:///•••@host/"),
            ("https://user:pa ss@host/", "https://•••@host/"),
            ("https://user:p\"a<ss@host/", "https://•••@host/"),
            (
                "cannot fetch http://u:p@a/ or https://v:q@b/.",
                "cannot fetch http://•••@a/ or https://•••@b/.",
            ),
            ("{\"url\":\"http://u:p@a/\"}", "{\"url\":\"http://•••@a/\"}"),
            ("?to=https%3A%2F%2Fu%3Ap%40host%2Fx", "?to=https%3A%2F%2F•••%40host%2Fx"),
            ("?to=https%3a%2f%2fu%3ap%40host", "?to=https%3a%2f%2f•••%40host"),
        ] {
            assert_eq!(hidden(text), expected);
        }
    }

    #[test]
    fn a_text_of_many_beginnings_is_looked_at_once() {
        // Quadratic work on this would take minutes.
        for part in ["http:", "//", "/", "%2f%2f", "https://", "@"] {
            let text = format!("{}@%40", part.repeat((4 << 20) / part.len()));
            assert!(hidden(&text).len() <= text.len() + HIDDEN.len());
        }
    }

    #[test]
    fn what_is_no_credential_stays() {
        for text in [
            "https://medium.com/@dana/post",
            "https://host?email=dana@example.com",
            "https://host#@x",
            "mailto:dana@example.com",
            "dana@example.com",
            "see https://host and dana@example.com",
            "// a comment for dana@example.com",
            "100% of dana@example.com",
            "?to=https%3A%2F%2Fhost%2F%40x",
            "@",
            "http://@host/",
        ] {
            assert_eq!(hidden(text), text);
        }
    }
}
