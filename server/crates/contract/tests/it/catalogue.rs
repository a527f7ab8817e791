//! The tables agree with each other and with the acceptance list.

use std::collections::HashMap;

use contract::catalogue::{
    endpoints::{Endpoint, Step},
    methods,
    triggers::{OnError, Phase, Trigger},
};

/// The whole table in one reviewable text: a change of the catalogue shows here.
#[test]
fn k15_one_catalogue_with_every_alias() {
    let mut table = String::new();
    for trigger in Trigger::ALL {
        let spec = trigger.spec();
        let names: Vec<_> =
            spec.aliases.iter().map(|alias| format!("{} ({})", alias.name, alias.on_error)).collect();
        let api: Vec<_> = spec.api.iter().map(|method| method.path).collect();
        table.push_str(&format!(
            "{}{}\n  phase: {:?}\n  names: {}\n  kinds: {}\n  api: {}\n  event: {}\n",
            spec.id,
            if spec.wired { "" } else { " (not wired)" },
            spec.phase,
            names.join(", "),
            spec.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", "),
            api.join(", "),
            spec.event.name,
        ));
    }
    insta::assert_snapshot!("triggers", table);
}

#[test]
fn a03_every_endpoint_lists_its_steps() {
    let mut table = String::new();
    for endpoint in Endpoint::ALL {
        let spec = endpoint.spec();
        table.push_str(&format!("{} {} -> {}\n", spec.method, spec.path, spec.status));
        for step in spec.steps {
            table.push_str(&match step {
                Step::Hooks(trigger) => format!("  hooks {trigger}\n"),
                Step::Core(title, _) => format!("  core  {title}\n"),
                Step::Event(event) => format!("  event {event}\n"),
            });
        }
    }
    insta::assert_snapshot!("endpoints", table);
}

#[test]
fn k15_every_name_finds_its_trigger() {
    let mut owners: HashMap<&str, Vec<Trigger>> = HashMap::new();
    for trigger in Trigger::ALL {
        assert_eq!(Trigger::find(trigger.as_str()), Some(*trigger));
        for alias in trigger.spec().aliases {
            owners.entry(alias.name).or_default().push(*trigger);
        }
    }
    for (name, triggers) in owners {
        let expected = if triggers.len() == 1 { triggers.first().copied() } else { None };
        assert_eq!(Trigger::find(name), expected, "{name}");
    }
    assert_eq!(Trigger::find("nothing"), None);
}

#[test]
fn c04_phases_decide_what_can_block() {
    let blocking = |name: &str| Trigger::find(name).unwrap().spec().phase.blocking();
    for name in [
        "onExecuteValidateRegistrationUsername",
        "onExecutePreUserRegistration",
        "onExecutePostLogin",
        "onExecutePreUserUpdate",
        "onExecutePreUserDeletion",
        "onExecuteCredentialsExchange",
    ] {
        assert!(blocking(name), "{name}");
    }
    for name in
        ["onExecutePostUserRegistration", "onExecutePostUserDeletion", "after_login", "after_register"]
    {
        assert!(!blocking(name), "{name}");
    }
}

/// Row K1: an after-type trigger has no deny or cancel in its api.
#[test]
fn k1_after_triggers_cannot_refuse() {
    for trigger in Trigger::ALL {
        if matches!(trigger.spec().phase, Phase::After | Phase::Send) {
            let refusing =
                trigger.api().find(|method| method.path.ends_with("deny") || method.path == "cancel");
            assert!(refusing.is_none(), "{trigger}");
        }
    }
}

#[test]
fn k2_a_throw_means_what_its_style_says() {
    let policy = |name: &str| {
        let spec = Trigger::PreUserRegistration.spec();
        spec.aliases.iter().find(|alias| alias.name == name).unwrap().on_error
    };
    assert_eq!(policy("onExecutePreUserRegistration"), OnError::Continue);
    assert_eq!(policy("beforeSignup"), OnError::Deny);
    assert_eq!(policy("preUserRegistrationHook"), OnError::Deny);
}

#[test]
fn the_preferred_handler_is_called_and_default_is_the_last_resort() {
    let exports = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let pick =
        |names: &[&str]| Trigger::PreUserRegistration.handler(&exports(names)).map(|handler| handler.name);
    assert_eq!(pick(&["default", "beforeSignup"]), Some("beforeSignup"));
    assert_eq!(pick(&["default"]), Some("default"));
    assert_eq!(pick(&["helper"]), None);
}

#[test]
fn f22_every_event_of_the_guide_has_its_two_names() {
    for (snake, camel) in [
        ("after_register", "afterRegister"),
        ("after_logout", "afterLogout"),
        ("after_password_change", "afterPasswordChange"),
        ("after_password_reset", "afterPasswordReset"),
        ("after_email_verify", "afterEmailVerify"),
        ("after_oauth_login", "afterOAuthLogin"),
        ("after_oauth_register", "afterOAuthRegister"),
        ("send_verification_email", "sendVerificationEmail"),
        ("send_password_reset_email", "sendPasswordResetEmail"),
    ] {
        assert_eq!(Trigger::find(snake), Trigger::find(camel), "{snake}");
        assert!(Trigger::find(snake).is_some(), "{snake}");
    }
    assert_eq!(Trigger::find("after_login"), Some(Trigger::AfterLogin));
}

#[test]
fn every_wired_trigger_is_fired_by_an_endpoint_and_the_others_by_none() {
    for trigger in Trigger::ALL {
        assert_eq!(trigger.spec().wired, Endpoint::firing(*trigger).next().is_some(), "{trigger}");
    }
}

#[test]
fn c19_every_trigger_can_make_a_service_token() {
    for trigger in Trigger::ALL {
        assert!(trigger.api().any(|method| method.path == methods::SERVICE_TOKEN.path), "{trigger}");
    }
}

#[test]
fn samples_fit_their_shapes() {
    for trigger in Trigger::ALL {
        let sample = (trigger.spec().sample)();
        for field in trigger.spec().event.fields {
            assert!(field.optional || sample.get(field.name).is_some(), "{trigger}: {}", field.name);
        }
    }
}
