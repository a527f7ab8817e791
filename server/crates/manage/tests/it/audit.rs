//! The audit log: every change leaves one entry, in the transaction of the change.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use contract::{
    catalogue::endpoints::Endpoint,
    error::ErrorBody,
    ids::AuditId,
    manage::{
        CreateApiKey, CreateHook, CreateProject, EndpointTest, PutSecret, RestoreRequest, RollbackRequest,
        SaveDraft, Scope, SetupRequest, SignInRequest, TestMode, UnitTest, UpdateHook, UpdateProject,
    },
};
use manage::ClientInfo;
use store::{
    audit_log::{self, AuditFilter},
    testing::ManualClock,
};

use crate::fixture::{SLUG, World, account, refusing};

/// Changes that are no administrator's: the set-up link of a start, when a key was last used, and forgetting what is old.
const NOBODYS: [&str; 4] = ["setup_token", "actor_by_key", "prune", "prune_by_steady_clock"];

/// What has been seen of the log, and which functions were called.
struct Trail<'a> {
    world: &'a World,
    seen: HashSet<AuditId>,
    called: BTreeSet<&'static str>,
}

impl<'a> Trail<'a> {
    async fn of(world: &'a World) -> Self {
        let mut trail = Self { world, seen: HashSet::new(), called: BTreeSet::new() };
        trail.news().await;
        trail
    }

    /// Actions of the entries that are new, oldest first.
    async fn news(&mut self) -> Vec<String> {
        let mut conn = self.world.db.live().read().await.unwrap();
        let rows = audit_log::list(&mut conn, AuditFilter::default(), None, 1_000).await.unwrap();
        let new = rows.into_iter().rev().filter(|row| self.seen.insert(row.id.clone()));
        new.map(|row| row.action).collect()
    }

    /// `call`, a call of `function`, leaves exactly these entries.
    async fn leaves<T, const N: usize>(
        &mut self,
        function: &'static str,
        actions: [&str; N],
        call: impl Future<Output = Result<T, ErrorBody>>,
    ) -> T {
        let done = call.await.unwrap_or_else(|error| panic!("{function}: {error}"));
        self.called.insert(function);
        assert_eq!(self.news().await, actions, "{function}");
        done
    }
}

#[tokio::test]
async fn every_change_leaves_one_entry() {
    let world = World::new().await;
    let (manage, actor) = (&world.manage, &world.actor);
    let instance = manage.instance();
    let mut trail = Trail::of(&world).await;

    // Administrators.
    let token = manage.setup_token().await.unwrap().unwrap();
    let setup = SetupRequest {
        token,
        email: "dana@example.com".into(),
        name: "Dana".into(),
        password: "correct horse".into(),
    };
    trail.leaves("setup", ["admin.create"], manage.setup(setup, ClientInfo::default())).await;
    let erin = instance.create_admin("erin@example.com", "Erin", "correct horse");
    trail.leaves("create_admin", ["admin.create"], erin).await;
    let sign_in = |password: &str| {
        let request = SignInRequest { email: "erin@example.com".into(), password: password.into() };
        manage.sign_in(request, ClientInfo { ip: Some("10.0.0.1".into()), user_agent: None })
    };
    let signed_in = trail.leaves("sign_in", ["admin.sign_in"], sign_in("correct horse")).await;
    let admin = manage.actor_by_session(&signed_in.token, None).await.unwrap().unwrap();
    trail.leaves("sign_out", ["admin.sign_out"], manage.sign_out(&admin)).await;
    for _ in 0..10 {
        assert!(sign_in("wrong horse").await.is_err());
        assert_eq!(trail.news().await, ["admin.sign_in_failed"]);
    }
    assert!(sign_in("correct horse").await.is_err());
    assert_eq!(trail.news().await, ["admin.sign_in_locked"]);
    assert!(sign_in("correct horse").await.is_err());
    assert_eq!(trail.news().await, [""; 0], "a lock is told once");
    let nobody = SignInRequest { email: "nobody@example.com".into(), password: "correct horse".into() };
    assert!(manage.sign_in(nobody, ClientInfo::default()).await.is_err());
    assert_eq!(trail.news().await, [""; 0], "strangers do not fill the log");
    let password = instance.set_admin_password("erin@example.com", "another horse");
    trail.leaves("set_admin_password", ["admin.password"], password).await;
    trail.leaves("remove_admin", ["admin.remove"], instance.remove_admin("erin@example.com")).await;

    // Projects, keys, secrets.
    let other = CreateProject { name: "Other".into(), slug: None, environment: None };
    trail.leaves("create_project", ["project.create"], manage.create_project(actor, other)).await;
    let rename = UpdateProject { name: Some("Another".into()), ..UpdateProject::default() };
    trail.leaves("update_project", ["project.update"], manage.update_project(actor, "other", rename)).await;
    for (bypass_hooks, action) in [(true, "project.bypass_hooks_on"), (false, "project.bypass_hooks_off")] {
        let mut settings = manage.project(actor, "other").await.unwrap().settings;
        settings.bypass_hooks = bypass_hooks;
        let update = UpdateProject { settings: Some(settings), ..UpdateProject::default() };
        trail.leaves("update_project", [action], manage.update_project(actor, "other", update)).await;
    }
    trail.leaves("rotate_keys", ["project.rotate_keys"], manage.rotate_keys(actor, "other")).await;
    trail.leaves("delete_project", ["project.delete"], manage.delete_project(actor, "other")).await;
    for place in [Some(SLUG), None] {
        let key = CreateApiKey { name: "ci".into(), scopes: vec![Scope::ReadHooks], expires_in_days: None };
        let made = instance.create_api_key(actor, place, key);
        let made = trail.leaves("create_api_key", ["api_key.create"], made).await;
        let revoke = instance.revoke_api_key(actor, place, &made.key.id);
        trail.leaves("revoke_api_key", ["api_key.revoke"], revoke).await;
    }
    let secret = PutSecret { value: "open-sesame".into() };
    trail.leaves("put_secret", ["secret.set"], manage.put_secret(actor, SLUG, "CODE", secret)).await;
    trail.leaves("delete_secret", ["secret.delete"], manage.delete_secret(actor, SLUG, "CODE")).await;

    // Hooks.
    let new =
        CreateHook { trigger: "beforeSignup".into(), source: Some(refusing("one")), ..CreateHook::default() };
    let hook = trail.leaves("create_hook", ["hook.create"], manage.create_hook(actor, SLUG, new)).await;
    let text = |source: &str, revision| SaveDraft { source: source.into(), language: None, revision };
    let save = manage.save_draft(actor, SLUG, &hook.id, text(&refusing("two"), hook.draft.revision));
    let draft = trail.leaves("save_draft", ["hook.draft"], save).await;
    let save = manage.save_draft(actor, SLUG, &hook.id, text(&refusing("three"), draft.revision));
    trail.leaves("save_draft", [], save).await;
    trail.leaves("deploy", ["hook.deploy"], world.deploy(&hook.id)).await;
    let back = manage.rollback(
        actor,
        SLUG,
        &hook.id,
        1,
        RollbackRequest { note: None, allow_missing_secrets: None },
    );
    trail.leaves("rollback", ["hook.rollback"], back).await;
    let restore = manage.restore(actor, SLUG, &hook.id, 1, RestoreRequest { revision: None });
    trail.leaves("restore", ["hook.restore"], restore).await;
    for (change, action) in [
        (UpdateHook { enabled: Some(false), ..UpdateHook::default() }, "hook.disable"),
        (UpdateHook { enabled: Some(true), ..UpdateHook::default() }, "hook.enable"),
        (UpdateHook { order: Some(0), ..UpdateHook::default() }, "hook.update"),
    ] {
        trail.leaves("update_hook", [action], manage.update_hook(actor, SLUG, &hook.id, change)).await;
    }

    // Tests: only what is live changes something.
    let test = |mode| EndpointTest {
        mode,
        body: Some(account("a@example.com")),
        user_id: None,
        drafts: None,
        sources: None,
        versions: None,
    };
    let dry = manage.endpoint_test(actor, SLUG, Endpoint::Register, test(TestMode::DryRun));
    trail.leaves("endpoint_test", [], dry).await;
    let live = manage.endpoint_test(actor, SLUG, Endpoint::Register, test(TestMode::Live));
    trail.leaves("endpoint_test", ["endpoint.test_live"], live).await;
    let alone = UnitTest { event: None, source: None, version: None, user_id: None };
    trail.leaves("unit_test", [], manage.unit_test(actor, SLUG, &hook.id, alone)).await;
    trail.leaves("delete_hook", ["hook.delete"], manage.delete_hook(actor, SLUG, &hook.id)).await;

    // Apart, since all of this together is too deep for the stack of a test.
    trail.called.extend(tokio::spawn(seeding()).await.unwrap());

    let written = writers(&source_of_crate());
    assert!(written.len() > 20, "{written:?}");
    let forgotten: Vec<String> = written
        .into_iter()
        .filter(|name| !NOBODYS.contains(&name.as_str()) && !trail.called.contains(name.as_str()))
        .collect();
    assert_eq!(forgotten, [""; 0], "functions that write and are not tried here");
}

/// What an instance without projects begins with; the functions that were called.
async fn seeding() -> BTreeSet<&'static str> {
    let world = World::without_project(&store::Options::default(), Arc::new(store::SystemClock)).await;
    let mut trail = Trail::of(&world).await;
    let actions = ["project.create", "hook.create", "hook.deploy"];
    trail.leaves("seed_demo", actions, world.manage.seed_demo()).await;
    trail.called
}

/// The code of the crate, without its tests.
fn source_of_crate() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let code = files.filter(|path| path.extension().is_some_and(|kind| kind == "rs"));
    let texts = code.map(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        text.split("#[cfg(test)]").next().unwrap().to_owned()
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// A function of the code.
struct Function<'a> {
    name: &'a str,
    public: bool,
    body: String,
}

/// All functions of formatted code: each ends with a brace below the beginning of its first line.
fn functions(code: &str) -> Vec<Function<'_>> {
    let lines: Vec<&str> = code.lines().collect();
    let function = |(index, line): (usize, &&'_ str)| {
        let start = lines[index].trim_start();
        let public = start.starts_with("pub ");
        let words = start.split_once("fn ").filter(|(before, _)| {
            before
                .split_whitespace()
                .all(|word| word.starts_with("pub") || ["async", "const"].contains(&word))
        });
        let name = words?.1.split(['(', '<']).next()?;
        let end = format!("{}}}", &line[..line.len() - start.len()]);
        let body = lines[index + 1..].iter().take_while(|line| **line != end);
        Some(Function { name, public, body: body.copied().collect::<Vec<_>>().join("\n") })
    };
    lines.iter().enumerate().filter_map(function).collect()
}

/// Names of the public functions that open a transaction to write, or call a function that does.
fn writers(code: &str) -> BTreeSet<String> {
    let functions = functions(code);
    let calls = |body: &str, name: &str| {
        let called = format!("{name}(");
        body.match_indices(&called)
            .any(|(at, _)| !body[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_'))
    };
    let mut writing: BTreeSet<&str> = BTreeSet::new();
    loop {
        let more = functions.iter().filter(|function| {
            !writing.contains(function.name)
                && (function.body.contains(".write()")
                    || writing.iter().any(|name| calls(&function.body, name)))
        });
        let more: Vec<&str> = more.map(|function| function.name).collect();
        if more.is_empty() {
            break;
        }
        writing.extend(more);
    }
    let public = functions.iter().filter(|function| function.public && writing.contains(function.name));
    public.map(|function| function.name.to_owned()).collect()
}

#[test]
fn who_writes_through_others_is_found() {
    let code = "
impl Manage {
    pub async fn rename(&self, name: &str) -> Outcome<()> {
        self.renamed(name).await
    }

    async fn renamed(&self, name: &str) -> Outcome<()> {
        note(name).await
    }

    pub(crate) fn inner(&self) -> Outcome<()> {
        renamed(1)
    }

    pub async fn list(&self) -> Outcome<Vec<Hook>> {
        self.foot_note(1).await
    }
}

async fn note<T>(text: T) -> Outcome<()> {
    let mut conn = session
        .write()
        .await?;
}

pub fn shows() {
}
";
    assert_eq!(writers(code), BTreeSet::from(["rename".to_owned()]));
}

#[tokio::test]
async fn an_author_leaves_one_entry_for_each_hook_and_quarter_of_an_hour() {
    let clock = Arc::new(ManualClock::at(1_750_000_000_000));
    let world = World::with(&store::Options::default(), clock.clone()).await;
    let hook = world.hook("beforeSignup", &refusing("one")).await;
    let other = world.hook("beforeSignup", &refusing("one")).await;
    let mut trail = Trail::of(&world).await;
    let mut revision = hook.draft.revision;
    let save = async |id: &contract::ids::HookId, source: &str, revision| {
        let draft = SaveDraft { source: source.into(), language: None, revision };
        world.manage.save_draft(&world.actor, SLUG, id, draft).await.unwrap().revision
    };
    revision = save(&hook.id, "// 1", revision).await;
    assert_eq!(trail.news().await, ["hook.draft"]);
    save(&other.id, "// 1", other.draft.revision).await;
    assert_eq!(trail.news().await, ["hook.draft"], "of another hook, though it is called the same");
    clock.advance_ms(14 * 60 * 1000);
    revision = save(&hook.id, "// 2", revision).await;
    assert_eq!(trail.news().await, [""; 0]);
    clock.advance_ms(60 * 1000);
    save(&hook.id, "// 3", revision).await;
    assert_eq!(trail.news().await, ["hook.draft"]);
}

#[tokio::test]
async fn the_log_is_read_page_by_page() {
    let world = World::new().await;
    for number in 0..60 {
        let secret = PutSecret { value: number.to_string() };
        world.manage.put_secret(&world.actor, SLUG, "CODE", secret).await.unwrap();
    }
    let first = world.manage.audit(&world.actor, SLUG, None).await.unwrap();
    let second = world.manage.audit(&world.actor, SLUG, first.next).await.unwrap();
    assert_eq!((first.entries.len(), second.next), (50, None));
    // The sixty secrets and the project.
    assert_eq!(second.entries.len(), 11);
    let ids: HashSet<_> = first.entries.iter().chain(&second.entries).map(|entry| &entry.id).collect();
    assert_eq!(ids.len(), 61, "none is on both pages");
    let wrong = world.manage.audit(&world.actor, SLUG, Some("nonsense".into())).await.unwrap_err();
    assert_eq!(wrong.field.as_deref(), Some("cursor"));
}
