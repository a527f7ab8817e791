//! Who may do what.

use contract::{
    error::ErrorCode,
    manage::{
        CreateApiKey, CreateProject, ProjectSettings, Scope, SetupRequest, SignInRequest, UpdateProject,
    },
};
use manage::ClientInfo;
use serde_json::{Value, json};
use store::projects;

use crate::fixture::{SLUG, World};

fn setup(token: &str) -> SetupRequest {
    SetupRequest {
        token: token.into(),
        email: "dana@example.com".into(),
        name: "Dana".into(),
        password: "correct horse".into(),
    }
}

#[tokio::test]
async fn the_set_up_link_works_once() {
    let world = World::new().await;
    let token = world.manage.setup_token().await.unwrap().unwrap();
    let wrong = world.manage.setup(setup("hws_wrong"), ClientInfo::default()).await;
    assert_eq!(wrong.err().unwrap().error, ErrorCode::Forbidden);
    let signed_in = world.manage.setup(setup(&token), ClientInfo::default()).await.unwrap();
    assert!(world.manage.actor_by_session(&signed_in.token, None).await.unwrap().is_some());
    assert!(world.manage.setup(setup(&token), ClientInfo::default()).await.is_err());
    assert_eq!(world.manage.setup_token().await.unwrap(), None);
    assert!(!world.manage.setup_state().await.unwrap().needs_setup);
}

#[tokio::test]
async fn signing_in_and_out() {
    let world = World::new().await;
    world.manage.create_admin("dana@example.com", "Dana", "correct horse").await.unwrap();
    let attempt =
        |password: &str| SignInRequest { email: "Dana@Example.com".into(), password: password.into() };
    let wrong = world.manage.sign_in(attempt("wrong horse"), ClientInfo::default()).await;
    assert_eq!(wrong.err().unwrap().error, ErrorCode::InvalidCredentials);
    let signed_in = world.manage.sign_in(attempt("correct horse"), ClientInfo::default()).await.unwrap();
    let actor = world.manage.actor_by_session(&signed_in.token, None).await.unwrap().unwrap();
    assert_eq!(actor.label(), "dana@example.com");
    world.manage.sign_out(&actor).await.unwrap();
    assert!(world.manage.actor_by_session(&signed_in.token, None).await.unwrap().is_none());
    for _ in 0..10 {
        let _ = world.manage.sign_in(attempt("wrong horse"), ClientInfo::default()).await;
    }
    let blocked = world.manage.sign_in(attempt("correct horse"), ClientInfo::default()).await;
    assert_eq!(blocked.err().unwrap().error, ErrorCode::TooManyRequests);
}

#[tokio::test]
async fn nobody_locks_an_administrator_out_from_elsewhere() {
    let world = World::new().await;
    world.manage.create_admin("dana@example.com", "Dana", "correct horse").await.unwrap();
    let attempt = async |password: &str, ip: &str| {
        let request = SignInRequest { email: "dana@example.com".into(), password: password.into() };
        let client = ClientInfo { ip: Some(ip.into()), user_agent: None };
        world.manage.sign_in(request, client).await.map(drop).map_err(|error| error.error)
    };
    for _ in 0..10 {
        assert_eq!(attempt("wrong horse", "10.0.0.1").await, Err(ErrorCode::InvalidCredentials));
    }
    assert_eq!(attempt("correct horse", "10.0.0.1").await, Err(ErrorCode::TooManyRequests));
    assert_eq!(attempt("correct horse", "10.0.0.2").await, Ok(()));
}

#[tokio::test]
async fn a_crowd_slows_down_an_administrators_account_and_does_not_lock_it() {
    let world = World::new().await;
    world.manage.create_admin("dana@example.com", "Dana", "correct horse").await.unwrap();
    let attempt = async |password: &str, ip: &str| {
        let request = SignInRequest { email: "dana@example.com".into(), password: password.into() };
        let client = ClientInfo { ip: Some(ip.into()), user_agent: None };
        world.manage.sign_in(request, client).await.map(drop).map_err(|error| error.error)
    };
    assert_eq!(attempt("correct horse", "203.0.113.7").await, Ok(()));
    for n in 0..50 {
        let ip = format!("2001:db8:{n:x}::1");
        assert_eq!(attempt("wrong horse", &ip).await, Err(ErrorCode::InvalidCredentials));
    }
    let ips: Vec<_> = (0..20).map(|n| format!("2001:db8:ff{n:x}::1")).collect();
    let flood = futures::future::join_all(ips.iter().map(|ip| attempt("wrong horse", ip)));
    let (flood, owner) = tokio::join!(flood, attempt("correct horse", "203.0.113.7"));
    assert_eq!(owner, Ok(()));
    let refused = flood.iter().filter(|reply| **reply == Err(ErrorCode::TooManyRequests)).count();
    assert!(refused >= 13, "{refused} of 20");
    assert_eq!(attempt("correct horse", "198.51.100.77").await, Ok(()), "in its turn");
}

#[tokio::test]
async fn an_administrators_address_and_password_have_one_form() {
    let world = World::new().await;
    let made = world.manage.create_admin("Dana@bücher.example", "", "Cafe\u{301}-blau-17").await;
    assert!(made.unwrap());
    let made = world.manage.create_admin("dana@xn--bcher-kva.example", "", "Caf\u{e9}-blau-17").await;
    assert!(!made.unwrap(), "it is there");
    for email in ["dana@bücher.example", "DANA@XN--BCHER-KVA.example", "dana@bu\u{308}cher.example"] {
        for password in ["Cafe\u{301}-blau-17", "Caf\u{e9}-blau-17"] {
            let request = SignInRequest { email: email.into(), password: password.into() };
            let signed_in = world.manage.sign_in(request, ClientInfo::default()).await.unwrap();
            assert_eq!(signed_in.admin.email, "dana@xn--bcher-kva.example");
        }
    }
    for (email, password, field) in [
        ("da..na@example.com", "correct horse", "email"),
        ("dana@[127.0.0.1]", "correct horse", "email"),
        ("erin@example.com", "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}", "password"),
        ("erin@example.com", "correct\thorse", "password"),
        ("erin@example.com", "", "password"),
    ] {
        let refused = world.manage.create_admin(email, "", password).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some(field), "{email} {password:?}");
    }
}

#[tokio::test]
async fn settings_take_a_sender_that_can_send_and_a_window_of_at_most_a_minute() {
    let world = World::new().await;
    let project = world.manage.project(&world.actor, SLUG).await.unwrap();
    let save = async |settings: ProjectSettings| {
        let update = UpdateProject { settings: Some(settings), ..UpdateProject::default() };
        world.manage.update_project(&world.actor, SLUG, update).await.map_err(|error| error.field)
    };
    let field = |name: &str| Err(Some(format!("settings.{name}")));
    for from in
        ["Acme", "Acme <acme>", "Acme <da..na@example.com>", "Doe, Dana <dana@example.com>", "a@b.c, d@e.f"]
    {
        let settings = ProjectSettings { mail_from: from.into(), ..project.settings.clone() };
        assert_eq!(save(settings).await.map(drop), field("mail_from"), "{from}");
    }
    for seconds in [61, 600] {
        let settings = ProjectSettings { refresh_reuse_seconds: Some(seconds), ..project.settings.clone() };
        assert_eq!(save(settings).await.map(drop), field("refresh_reuse_seconds"));
    }
    for seconds in [0, 60] {
        let settings = ProjectSettings {
            mail_from: "Bücher <no-reply@bücher.example>".into(),
            refresh_reuse_seconds: Some(seconds),
            ..project.settings.clone()
        };
        assert_eq!(save(settings).await.unwrap().settings.refresh_reuse_seconds, Some(seconds));
    }
}

#[tokio::test]
async fn settings_without_the_window_of_refresh_tokens_keep_it() {
    let world = World::new().await;
    let mut settings = world.manage.project(&world.actor, SLUG).await.unwrap().settings;
    for kept in [0, 60] {
        settings.refresh_reuse_seconds = Some(kept);
        save_json(&world, serde_json::to_value(&settings).unwrap()).await;
        let mut without = serde_json::to_value(&settings).unwrap();
        without.as_object_mut().unwrap().remove("refresh_reuse_seconds").unwrap();
        without["retention_days"] = json!(7);
        let saved = save_json(&world, without).await;
        assert_eq!((saved.refresh_reuse_seconds, saved.retention_days), (Some(kept), 7));
        let stored = world.manage.project(&world.actor, SLUG).await.unwrap().settings;
        assert_eq!(stored.refresh_reuse_seconds, Some(kept));
    }
}

/// Saves settings as a program writes them.
async fn save_json(world: &World, settings: Value) -> ProjectSettings {
    let update = serde_json::from_value(json!({"settings": settings})).unwrap();
    world.manage.update_project(&world.actor, SLUG, update).await.unwrap().settings
}

#[tokio::test]
async fn stored_settings_that_are_refused_today_do_not_keep_the_hooks_from_being_switched_off() {
    let world = World::new().await;
    let old = ProjectSettings {
        mail_from: " Shop, Inc <a@b.test>".into(),
        verify_email_url: "ftp://shop.test/verify".into(),
        reset_password_url: "/reset".into(),
        allowed_hosts: vec!["api.shop.test:8080".into()],
        password_min_length: 4,
        access_token_seconds: 1,
        refresh_token_seconds: 1,
        refresh_reuse_seconds: Some(600),
        retention_days: 0,
        ..ProjectSettings::default()
    };
    let id = world.manage.project(&world.actor, SLUG).await.unwrap().id;
    let session = world.db.live();
    let mut conn = session.write().await.unwrap();
    let mut row = projects::lock(&mut conn, &id).await.unwrap().unwrap();
    row.settings = serde_json::to_value(&old).unwrap();
    let later = row.updated_at + 1;
    projects::update(&mut conn, &row, later).await.unwrap().unwrap();
    conn.commit().await.unwrap();

    let mut settings = world.manage.project(&world.actor, SLUG).await.unwrap().settings;
    settings.bypass_hooks = true;
    let saved = save_json(&world, serde_json::to_value(&settings).unwrap()).await;
    assert!(saved.bypass_hooks);
    assert_eq!(saved.mail_from, "Shop, Inc <a@b.test>");
    // What is changed is checked.
    for (field, value) in [
        ("mail_from", json!("Shop, Ltd <a@b.test>")),
        ("verify_email_url", json!("ftp://shop.test/other")),
        ("reset_password_url", json!("/other")),
        ("allowed_hosts", json!(["api.shop.test:8081"])),
        ("password_min_length", json!(5)),
        ("access_token_seconds", json!(2)),
        ("refresh_token_seconds", json!(2)),
        ("refresh_reuse_seconds", json!(601)),
        ("retention_days", json!(4000)),
    ] {
        let mut settings = serde_json::to_value(&saved).unwrap();
        settings[field] = value;
        let update = serde_json::from_value(json!({"settings": settings})).unwrap();
        let refused = world.manage.update_project(&world.actor, SLUG, update).await.unwrap_err();
        assert_eq!(refused.field, Some(format!("settings.{field}")));
    }
}

#[tokio::test]
async fn an_administrator_gets_another_password_and_goes() {
    let world = World::new().await;
    let instance = world.manage.instance();
    instance.create_admin("dana@example.com", "Dana", "correct horse").await.unwrap();
    let sign_in = async |password: &str| {
        let request = SignInRequest { email: "dana@example.com".into(), password: password.into() };
        world.manage.sign_in(request, ClientInfo::default()).await.map(|signed_in| signed_in.token)
    };
    let session = sign_in("correct horse").await.unwrap();
    let short = instance.set_admin_password("dana@example.com", "short").await.unwrap_err();
    assert_eq!(short.field.as_deref(), Some("password"));
    instance.set_admin_password("Dana@Example.com", "another horse").await.unwrap();
    assert!(world.manage.actor_by_session(&session, None).await.unwrap().is_none());
    assert_eq!(sign_in("correct horse").await.unwrap_err().error, ErrorCode::InvalidCredentials);
    let session = sign_in("another horse").await.unwrap();

    assert_eq!(instance.remove_admin("dana@example.com").await.unwrap_err().error, ErrorCode::Forbidden);
    instance.create_admin("erin@example.com", "Erin", "correct horse").await.unwrap();
    instance.remove_admin("dana@example.com").await.unwrap();
    assert!(world.manage.actor_by_session(&session, None).await.unwrap().is_none());
    let trail = world.manage.instance_audit(&world.actor, None).await.unwrap();
    let actions: Vec<_> = trail.entries.iter().map(|entry| entry.action.as_str()).collect();
    let expected = [
        "admin.remove",
        "admin.create",
        "admin.sign_in",
        "admin.sign_in_failed",
        "admin.password",
        "admin.sign_in",
        "admin.create",
    ];
    assert_eq!(actions, expected);
}

#[tokio::test]
async fn a15_a_key_opens_its_project_and_its_scopes_only() {
    let world = World::new().await;
    let other = CreateProject { name: "Other".into(), slug: None, environment: None };
    world.manage.create_project(&world.actor, other).await.unwrap();
    let request = CreateApiKey { name: "ci".into(), scopes: vec![Scope::ReadHooks], expires_in_days: None };
    let made = world.manage.create_api_key(&world.actor, Some(SLUG), request).await.unwrap();
    let actor = world.manage.actor_by_key(&made.token, None).await.unwrap().unwrap();
    assert!(world.manage.hooks(&actor, SLUG, None).await.is_ok());
    let foreign = world.manage.hooks(&actor, "other", None).await.unwrap_err();
    assert_eq!(foreign.error, ErrorCode::UnknownProject);
    let denied = world.manage.secrets(&actor, SLUG).await.unwrap_err();
    assert_eq!(denied.error, ErrorCode::Forbidden);
    world.manage.revoke_api_key(&world.actor, SLUG, &made.key.id).await.unwrap();
    assert!(world.manage.actor_by_key(&made.token, None).await.unwrap().is_none());
}
