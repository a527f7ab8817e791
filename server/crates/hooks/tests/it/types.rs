//! The declarations of each trigger, as the editor's type checker reads them.

use std::collections::BTreeMap;

use contract::catalogue::{
    triggers::{Phase, Trigger},
    typescript,
};

use crate::checker::{Files, problems};

/// Checks files, each set beside the declarations of its trigger: what the checker says, by trigger.
fn check<'a>(
    hooks: impl IntoIterator<Item = (Trigger, Vec<(&'a str, String)>)>,
) -> Vec<(Trigger, Vec<String>)> {
    let mut sets = BTreeMap::new();
    let mut triggers = Vec::new();
    for (trigger, files) in hooks {
        let declarations = typescript::declarations(trigger, &["CRM_KEY".to_owned()]);
        let named = files.into_iter().map(|(name, text)| (name.to_owned(), text));
        let files: Files = named.chain([("hook.d.ts".to_owned(), declarations)]).collect();
        sets.insert(trigger.to_string(), files);
        triggers.push(trigger);
    }
    let found = problems(&sets);
    let told = |trigger: Trigger| {
        let files = found.get(trigger.as_str()).into_iter().flatten();
        let texts = files.flat_map(|(name, problems)| {
            problems.iter().map(move |problem| format!("{name}:{}: {}", problem.line, problem.message))
        });
        (trigger, texts.collect())
    };
    triggers.into_iter().map(told).collect()
}

/// A handler of the trigger with types and this body.
fn handler(trigger: Trigger, body: &str) -> String {
    typescript::starter(trigger).replace("\n  \n", &format!("\n  {body}\n"))
}

#[test]
fn a09_the_declarations_and_starters_of_every_trigger_have_no_problems() {
    let starters = Trigger::ALL.iter().map(|trigger| {
        let typescript = ("starter.ts", typescript::starter(*trigger));
        (*trigger, vec![typescript, ("starter.js", typescript::starter_javascript(*trigger))])
    });
    for (trigger, found) in check(starters) {
        assert!(found.is_empty(), "{trigger}: {}", found.join("\n"));
    }
}

fn blocking() -> impl Iterator<Item = Trigger> {
    Trigger::wired().filter(|trigger| trigger.spec().phase.blocking())
}

#[test]
fn n23_a_returned_verdict_is_underlined() {
    const VERDICTS: [(&str, &str); 4] = [
        ("false.ts", "return false;"),
        ("object.ts", "return { allow: false };"),
        ("text.ts", "return 'no';"),
        ("response.ts", "return new Response('no', { status: 403 });"),
    ];
    let returning = blocking().map(|trigger| {
        let javascript = typescript::starter_javascript(trigger).replace("\n  \n", "\n  return false;\n");
        let verdicts = VERDICTS.iter().map(|(name, body)| (*name, handler(trigger, body)));
        (trigger, verdicts.chain([("javascript.js", javascript)]).collect())
    });
    for (trigger, found) in check(returning) {
        assert_eq!(found.len(), VERDICTS.len() + 1, "{trigger}: {}", found.join("\n"));
    }
}

#[test]
fn a_returned_refusal_is_not_underlined() {
    let refusing = blocking().map(|trigger| {
        let refuse = match trigger {
            Trigger::PostUserLogin => "return api.access.deny('No');",
            _ => "return api.access.deny('no', 'No').access.deny('no');",
        };
        (trigger, vec![("refusal.ts", handler(trigger, refuse))])
    });
    for (trigger, found) in check(refusing) {
        assert!(found.is_empty(), "{trigger}: {}", found.join("\n"));
    }
}

#[test]
fn a09_arguments_that_the_api_refuses_are_underlined() {
    let body = [
        "api.access.deny();",
        "api.access.deny(403);",
        "api.accessToken.setCustomClaim(123, 1);",
        "api.user.setUserMetadata('plan');",
        "event.user.phone;",
        "event.secrets.OTHER;",
    ];
    let trigger = Trigger::PostUserLogin;
    let (_, found) = check([(trigger, vec![("hook.ts", handler(trigger, &body.join("\n  ")))])]).remove(0);
    assert_eq!(found.len(), body.len(), "{}", found.join("\n"));
}

/// `event.request` and the platform's `Request` are two things.
#[test]
fn no_type_of_an_event_has_the_name_of_a_class_of_the_platform() {
    let names = |text: &str, kind: &str| -> Vec<String> {
        let words = text.lines().filter_map(|line| line.strip_prefix(kind));
        words.filter_map(|rest| rest.split([' ', ':', '<', '(']).next().map(str::to_owned)).collect()
    };
    let platform = names(script::PLATFORM, "interface ");
    assert!(platform.contains(&"Request".to_owned()));
    for trigger in Trigger::ALL {
        let declared = names(&typescript::declarations(*trigger, &[]), "interface ");
        assert!(declared.contains(&trigger.api_type()));
        for name in declared {
            assert!(!platform.contains(&name), "{trigger}: {name}");
        }
    }
}

#[test]
fn the_hooks_of_the_readme_have_no_problems() {
    let readme = include_str!("../../../../../README.md");
    let hooks: Vec<&str> =
        readme.split("```ts\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(hooks.len() >= 2, "{}", hooks.len());
    for hook in hooks {
        let trigger = Trigger::ALL.iter().copied().find(|trigger| {
            trigger.spec().phase != Phase::After
                && trigger
                    .spec()
                    .aliases
                    .iter()
                    .any(|alias| hook.contains(&format!("function {}(", alias.name)))
        });
        let Some(trigger) = trigger else { panic!("no handler in {hook}") };
        let (_, found) = check([(trigger, vec![("hook.ts", hook.to_owned())])]).remove(0);
        assert!(found.is_empty(), "{}\n{hook}", found.join("\n"));
    }
}
