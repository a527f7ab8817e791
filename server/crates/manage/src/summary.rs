//! One sentence that says what a hook does, from the calls in its code (row A7).

use contract::catalogue::triggers::Trigger;
use script::{CallSite, Compiled};
use serde_json::Value;

/// Of a deployed version.
pub(crate) fn of_compiled(trigger: Trigger, compiled: &Value) -> String {
    match serde_json::from_value::<Compiled>(compiled.clone()) {
        Ok(compiled) => of_calls(&compiled.calls),
        Err(_) => of_draft(trigger),
    }
}

/// Before the first deployment there is no analysed code yet.
pub(crate) fn of_draft(_trigger: Trigger) -> String {
    "Not deployed yet: live traffic does not run it.".into()
}

fn of_calls(calls: &[CallSite]) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut say = |sentence: String| {
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    };
    for call in calls {
        let first = call.literals.first().map(String::as_str);
        let last = call.literals.last().map(String::as_str);
        let callee = call.callee.as_str();
        match callee {
            _ if callee.ends_with(".deny") || callee.ends_with("validation.error") => say(match last {
                Some(text) => format!("refuses with “{text}”"),
                None => "can refuse the request".into(),
            }),
            "api.cancel" => say("can cancel the operation".into()),
            _ if callee.ends_with("setCustomClaim") => say(named("adds the claim", first, "adds claims")),
            _ if callee.ends_with("setUserMetadata") => {
                say(named("sets user metadata", first, "sets user metadata"))
            }
            _ if callee.ends_with("setAppMetadata") => {
                say(named("sets app metadata", first, "sets app metadata"))
            }
            "fetch" => say(match first.and_then(host) {
                Some(host) => format!("calls {host}"),
                None => "calls another server".into(),
            }),
            _ if callee.ends_with("auth.sendEmail") => {
                say("sends an e-mail through the project’s provider".into())
            }
            _ if callee.ends_with("auth.getUser") => say("reads a user".into()),
            _ if callee.ends_with("cache.get") => say(named("reads the cache key", first, "reads the cache")),
            _ if callee.ends_with("cache.set") => {
                say(named("writes the cache key", first, "writes the cache"))
            }
            _ if callee.ends_with("cache.delete") => {
                say(named("deletes the cache key", first, "deletes from the cache"))
            }
            _ if callee.ends_with("createServiceToken") => say("makes a service token".into()),
            _ => {}
        }
    }
    if said.is_empty() {
        if calls.iter().any(|call| call.callee.starts_with("console.")) {
            return "Writes to the log; changes nothing.".into();
        }
        return "Changes nothing that the server can see.".into();
    }
    let mut sentence = said.join("; ");
    if let Some(letter) = sentence.get(..1) {
        let capital = letter.to_uppercase();
        sentence.replace_range(..1, &capital);
    }
    sentence.push('.');
    sentence
}

fn named(verb: &str, name: Option<&str>, otherwise: &str) -> String {
    name.map_or_else(|| otherwise.to_owned(), |name| format!("{verb} “{name}”"))
}

fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    rest.split(['/', '?', '#', ':']).next().filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(callee: &str, literals: &[&str]) -> CallSite {
        CallSite {
            callee: callee.into(),
            literals: literals.iter().map(|text| (*text).to_owned()).collect(),
            line: 1,
            column: 1,
        }
    }

    #[test]
    fn a07_says_in_plain_words_what_the_code_does() {
        let calls = [
            call("api.access.deny", &["free_email", "Please use a work email"]),
            call("fetch", &["https://crm.example.com/users"]),
            call("api.user.setAppMetadata", &["company"]),
        ];
        assert_eq!(
            of_calls(&calls),
            "Refuses with “Please use a work email”; calls crm.example.com; sets app metadata “company”."
        );
        assert_eq!(of_calls(&[call("console.log", &["hi"])]), "Writes to the log; changes nothing.");
    }
}
