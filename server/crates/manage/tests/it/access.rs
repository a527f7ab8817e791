//! Who may do what.

use contract::{
    error::ErrorCode,
    manage::{CreateApiKey, CreateProject, Scope, SetupRequest, SignInRequest},
};
use manage::ClientInfo;

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
