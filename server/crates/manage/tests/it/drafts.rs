//! Drafts: saved with care for other people's work, never live.

use contract::{
    error::ErrorCode,
    manage::{CreateHook, SaveDraft},
};

use crate::fixture::{SLUG, World, refusing};

#[tokio::test]
async fn a11_a_draft_never_serves_live_traffic() {
    let world = World::new().await;
    let hook = world.hook("beforeSignup", &refusing("draft")).await;
    assert_eq!(world.register("a@example.com").await.0, 201);
    world.deploy(&hook.id).await.unwrap();
    assert_eq!(world.register("b@example.com").await.0, 403);
    let draft = SaveDraft { source: refusing("newer draft"), language: None, revision: hook.draft.revision };
    world.manage.save_draft(&world.actor, SLUG, &hook.id, draft).await.unwrap();
    let (_, body, _) = world.register("c@example.com").await;
    assert_eq!(body["message"], "draft");
}

#[tokio::test]
async fn two_people_on_one_draft_lose_nothing() {
    let world = World::new().await;
    let hook = world.hook("pre-user-registration", "export const a = 1;").await;
    let save = |source: &str, revision| SaveDraft { source: source.into(), language: None, revision };
    let first = save("// mine\nexport const a = 1;", hook.draft.revision);
    let saved = world.manage.save_draft(&world.actor, SLUG, &hook.id, first).await.unwrap();
    let late = save("// theirs", hook.draft.revision);
    let refused = world.manage.save_draft(&world.actor, SLUG, &hook.id, late).await.unwrap_err();
    assert_eq!(refused.error, ErrorCode::DraftConflict);
    let details = refused.details.unwrap();
    assert_eq!(details["yours"], "// theirs");
    assert_eq!(details["theirs"]["source"], "// mine\nexport const a = 1;");
    let keep = save("// theirs", saved.revision);
    assert!(world.manage.save_draft(&world.actor, SLUG, &hook.id, keep).await.is_ok());
}

#[tokio::test]
async fn k15_every_alias_makes_a_hook_and_nonsense_says_what_exists() {
    let world = World::new().await;
    for name in ["beforeSignup", "onExecutePreUserRegistration", "pre-user-registration", "before-signup"] {
        let hook = world.hook(name, "export default () => {}").await;
        assert_eq!(hook.trigger.as_str(), "pre-user-registration");
    }
    for name in ["nonsense", "pre-user-deletion"] {
        let request = CreateHook { trigger: name.into(), ..CreateHook::default() };
        let refused = world.manage.create_hook(&world.actor, SLUG, request).await.unwrap_err();
        assert_eq!((refused.error, refused.field.as_deref()), (ErrorCode::InvalidField, Some("trigger")));
        assert!(refused.message.contains("pre-user-registration"));
    }
}

#[tokio::test]
async fn what_does_not_compile_cannot_be_deployed_and_says_where() {
    let world = World::new().await;
    let hook = world.hook("beforeSignup", "export function beforeSignup() {\n  return {;\n}").await;
    let refused = world.deploy(&hook.id).await.unwrap_err();
    assert_eq!(refused.error, ErrorCode::CompileFailed);
    assert_eq!(refused.details.unwrap()["problems"][0]["line"], 2);

    let hook = world.hook("beforeSignup", "export function somethingElse() {}").await;
    let refused = world.deploy(&hook.id).await.unwrap_err();
    assert!(refused.message.contains("beforeSignup"), "{}", refused.message);

    let hook =
        world.hook("beforeSignup", "throw new Error('at load');\nexport function beforeSignup() {}").await;
    assert!(world.deploy(&hook.id).await.unwrap_err().message.contains("at load"));

    let hook = world.hook("beforeSignup", "while (true) {}\nexport function beforeSignup() {}").await;
    assert_eq!(world.deploy(&hook.id).await.unwrap_err().error, ErrorCode::CompileFailed);
    assert_eq!(world.register("a@example.com").await.0, 201);
}
