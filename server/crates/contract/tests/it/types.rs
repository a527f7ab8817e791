//! The declarations that the editor gets.

use contract::catalogue::{triggers::Trigger, typescript};

#[test]
fn a09_types_of_a_trigger() {
    let secrets = ["API_KEY".to_owned()];
    insta::assert_snapshot!(
        "pre-user-registration.d.ts",
        typescript::declarations(Trigger::PreUserRegistration, &secrets)
    );
}

#[test]
fn a09_every_trigger_has_types_for_every_handler_name() {
    for trigger in Trigger::ALL {
        let types = typescript::declarations(*trigger, &[]);
        assert!(types.contains(&format!("interface {}", trigger.event_type())), "{trigger}");
        assert!(types.contains(&format!("interface {} {{", trigger.api_type())), "{trigger}");
        for alias in trigger.spec().aliases {
            assert!(types.contains(&format!("Type of `{}`", alias.name)), "{trigger}: {}", alias.name);
        }
    }
}

#[test]
fn k1_types_of_after_triggers_have_no_deny() {
    let types = typescript::declarations(Trigger::PostUserRegistration, &[]);
    assert!(!types.contains("deny("));
}

#[test]
fn starters_name_the_preferred_handler() {
    let starter = typescript::starter(Trigger::PreUserRegistration);
    assert!(starter.contains(
        "export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi): Promise<void>"
    ));
    assert!(
        typescript::starter_javascript(Trigger::PreUserRegistration)
            .contains("@type {OnExecutePreUserRegistrationHook}")
    );
}
