//! Type declarations for the hook editor, one file per trigger, derived from the catalogue.

use super::{
    methods::{self, Behaviour, Method},
    triggers::{Alias, Convention, Trigger},
};
use crate::record::{RecordSpec, collect, comment};

/// Declarations for hooks of one trigger: its event, its api, the SDK and a type for every handler name.
/// `secrets` are the names of the project's secrets; `event.secrets` completes them.
pub fn declarations(trigger: Trigger, secrets: &[String]) -> String {
    let spec = trigger.spec();
    let mut out = format!("// Types of hooks on {} ({}).\n\n", spec.id, spec.summary.trim_end_matches('.'));

    let mut records: Vec<&'static RecordSpec> = Vec::new();
    collect(&mut records, spec.event);
    collect(&mut records, super::payloads::HookContext::SPEC);
    collect(&mut records, super::payloads::User::SPEC);
    for record in &records {
        out.push_str(&record.interface());
        out.push('\n');
    }

    out.push_str(&secrets_interface(secrets));
    let event = trigger.event_type();
    if event == spec.event.name {
        // The record above already has this name: declaration merging adds the secrets.
        out.push_str(&format!(
            "interface {event} {{\n  /** The project's secrets. */\n  readonly secrets: Secrets;\n}}\n\n"
        ));
    } else {
        out.push_str(&format!(
            "/** {} */\ninterface {event} extends {} {{\n  /** The project's secrets. */\n  readonly secrets: Secrets;\n}}\n\n",
            spec.summary, spec.event.name
        ));
    }

    out.push_str(&tree_interface(&trigger.api_type(), "What a hook of this trigger can do.", trigger.api()));
    out.push_str(&tree_interface("AerocallSdk", "The project's SDK.", methods::SDK.iter()));
    out.push_str("/** The project's SDK. */\ndeclare const Aerocall: AerocallSdk;\n\n");
    out.push_str(&format!(
        "/** The one argument of handlers such as `beforeSignup`. */\ninterface HookArguments {{\n  context: HookContext;\n  payload: {event};\n  event: {event};\n  api: {};\n  Aerocall: AerocallSdk;\n}}\n\n",
        trigger.api_type()
    ));
    for alias in spec.aliases {
        out.push_str(&handler_type(trigger, alias));
    }
    out
}

/// The start of a new hook: a handler of the preferred name with types.
pub fn starter(trigger: Trigger) -> String {
    let spec = trigger.spec();
    let Some(alias) = spec.aliases.first() else { return String::new() };
    let name = alias.name;
    let signature = match alias.convention {
        Convention::EventApi => format!("event: {}, api: {}", trigger.event_type(), trigger.api_type()),
        Convention::Bag => "{ context, payload, Aerocall }: HookArguments".to_owned(),
        Convention::Positional(paths) => positional(trigger, paths),
    };
    let returns = if trigger.takes_a_value() { "" } else { ": Promise<void>" };
    format!("// {}\nexport async function {name}({signature}){returns} {{\n  \n}}\n", spec.summary)
}

/// The start of a new hook in JavaScript: the types stand in a comment that the editor understands.
pub fn starter_javascript(trigger: Trigger) -> String {
    let spec = trigger.spec();
    let Some(alias) = spec.aliases.first() else { return String::new() };
    let parameters = match alias.convention {
        Convention::EventApi => "event, api".to_owned(),
        Convention::Bag => "{ context, payload, Aerocall }".to_owned(),
        Convention::Positional(paths) => {
            let names = paths.iter().map(|path| if path.is_empty() { "event" } else { path });
            names.collect::<Vec<_>>().join(", ")
        }
    };
    let name = alias.name;
    let kind = handler_type_name(alias);
    format!(
        "// {}\n/** @type {{{kind}}} */\nexport const {name} = async ({parameters}) => {{\n  \n}};\n",
        spec.summary
    )
}

fn secrets_interface(names: &[String]) -> String {
    let mut out = String::from("/** The project's secrets, by name. */\ninterface Secrets {\n");
    for name in names {
        out.push_str(&format!("  readonly {}: string;\n", serde_json::Value::from(name.as_str())));
    }
    out.push_str("}\n\n");
    out
}

fn positional(trigger: Trigger, paths: &[&str]) -> String {
    let event = trigger.event_type();
    let arguments = paths.iter().map(|path| match *path {
        "" => format!("event: {event}"),
        path => format!("{path}: {event}[\"{}\"]", path.replace('.', "\"][\"")),
    });
    arguments.collect::<Vec<_>>().join(", ")
}

fn handler_type(trigger: Trigger, alias: &Alias) -> String {
    let parameters = match alias.convention {
        Convention::EventApi => format!("event: {}, api: {}", trigger.event_type(), trigger.api_type()),
        Convention::Bag => "arguments: HookArguments".to_owned(),
        Convention::Positional(paths) => positional(trigger, paths),
    };
    let name = handler_type_name(alias);
    let returns = if trigger.takes_a_value() { "any" } else { "void | Promise<void>" };
    format!("/** Type of `{}`. */\ntype {name} = ({parameters}) => {returns};\n", alias.name)
}

fn handler_type_name(alias: &Alias) -> String {
    let name = alias.name.split('_').map(capital).collect::<String>();
    // `after_register` and `afterRegister` would otherwise share a name.
    format!("{name}{}Hook", if alias.name.contains('_') { "Callback" } else { "" })
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Dotted paths as nested object types.
fn tree_interface<'a>(name: &str, doc: &str, listed: impl Iterator<Item = &'a Method>) -> String {
    let listed: Vec<&Method> = listed.collect();
    let mut out = String::new();
    comment(&mut out, "", doc);
    out.push_str(&format!("interface {name} {{\n"));
    let mut groups: Vec<&str> = Vec::new();
    for method in &listed {
        match method.path.split_once('.') {
            None => out.push_str(&method_line(name, "  ", method.path, method)),
            Some((group, _)) if !groups.contains(&group) => groups.push(group),
            Some(_) => {}
        }
    }
    for group in groups {
        out.push_str(&format!("  readonly {group}: {{\n"));
        for method in &listed {
            if let Some((of, rest)) = method.path.split_once('.')
                && of == group
            {
                out.push_str(&method_line(name, "    ", rest, method));
            }
        }
        out.push_str("  };\n");
    }
    out.push_str("}\n\n");
    out
}

fn method_line(api: &str, indent: &str, name: &str, method: &Method) -> String {
    let mut out = String::new();
    comment(&mut out, indent, method.doc);
    let returns = match method.behaviour {
        // `return api.access.deny(…)` is right in a handler that returns nothing.
        Behaviour::Record => format!("{api} & void"),
        _ => method.returns.to_owned(),
    };
    out.push_str(&format!("{indent}{name}({}): {returns};\n", method.params));
    out
}
