//! Records on the wire.

use contract::{
    auth::RegisterRequest,
    error::{ErrorBody, ErrorCode},
    ids::{HookId, UserId},
    manage::{Project, ProjectSettings},
};

#[test]
fn optional_fields_are_left_out_and_may_be_missing() {
    let body: RegisterRequest =
        serde_json::from_str(r#"{"email": "a@b.c", "password": "x", "unknown": 1}"#).unwrap();
    assert_eq!(serde_json::to_value(&body).unwrap(), serde_json::json!({"email": "a@b.c", "password": "x"}));
}

#[test]
fn schemas_say_what_is_required() {
    let schema = Project::SPEC.object_schema();
    assert_eq!(schema["properties"]["settings"]["$ref"], "#/components/schemas/ProjectSettings");
    let required: Vec<_> =
        schema["required"].as_array().unwrap().iter().filter_map(|name| name.as_str()).collect();
    assert!(required.contains(&"slug") && !required.contains(&"custom_host"));
}

#[test]
fn ids_are_told_apart_by_prefix() {
    assert!("usr_01kf0000000000000000000000".parse::<UserId>().is_ok());
    for wrong in ["hok_01kf", "usr_", "usr_a-b", "usr", "", "usr_../../x"] {
        assert!(wrong.parse::<UserId>().is_err(), "{wrong}");
    }
    assert!("usr_01kf".parse::<HookId>().is_err());
}

#[test]
fn every_code_has_a_status_and_a_word() {
    for code in ErrorCode::ALL {
        assert!((400..600).contains(&code.status()), "{code}");
        assert_eq!(code.as_str().parse::<ErrorCode>().unwrap(), *code);
    }
    let body = serde_json::to_value(ErrorBody::new(ErrorCode::InvalidField, "No.").field("email")).unwrap();
    assert_eq!(body, serde_json::json!({"error": "invalid_field", "message": "No.", "field": "email"}));
}

#[test]
fn stored_settings_keep_working_when_a_setting_is_added() {
    let settings = ProjectSettings::deserialize_or_default(&serde_json::json!({"password_min_length": 12}));
    assert_eq!(settings, ProjectSettings { password_min_length: 12, ..ProjectSettings::default() });
    let stored = serde_json::json!({"password_min_length": 12, "a_setting_of_long_ago": true});
    assert_eq!(ProjectSettings::deserialize_or_default(&stored), settings);
}
