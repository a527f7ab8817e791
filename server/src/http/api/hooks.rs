//! Hooks and their drafts.

use contract::{
    catalogue::triggers::Trigger,
    error::ErrorCode,
    manage::{CheckResult, CreateHook, Draft, Hook, SaveDraft, Scope, Template, TypeFile, UpdateHook},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Answer, Created, Done,
    access::{Access, HookOf, ProjectAccess, QueryOf},
    created, done, ok,
};
use crate::http::{
    body::JsonBody,
    error::Failure,
    state::AppState,
    table::{Operation, Table},
};

pub(super) fn table(table: Table<AppState>) -> Table<AppState> {
    table
        .group("Hooks", "Code that runs at a trigger, and its draft.")
        .on(
            Operation::get("/hooks", "listHooks", "List the hooks")
                .scope(Scope::ReadHooks)
                .query("trigger_id", "Only hooks of this trigger: its id, or any of its other names.")
                .answers::<Vec<Hook>>(200),
            list,
        )
        .on(
            Operation::post("/hooks", "createHook", "Create a hook; it is not live until it is deployed")
                .scope(Scope::CreateHooks)
                .body::<CreateHook>()
                .answers::<Hook>(201),
            create,
        )
        .on(
            Operation::get("/hooks/{id}", "getHook", "Read a hook")
                .scope(Scope::ReadHooks)
                .answers::<Hook>(200)
                .errors(&[ErrorCode::UnknownHook]),
            get,
        )
        .on(
            Operation::patch(
                "/hooks/{id}",
                "updateHook",
                "Change name, settings, order, or switch it on and off",
            )
            .scope(Scope::UpdateHooks)
            .body::<UpdateHook>()
            .answers::<Hook>(200)
            .errors(&[ErrorCode::UnknownHook, ErrorCode::Conflict]),
            update,
        )
        .on(
            Operation::delete("/hooks/{id}", "deleteHook", "Delete a hook")
                .scope(Scope::DeleteHooks)
                .errors(&[ErrorCode::UnknownHook]),
            delete,
        )
        .on(
            Operation::get("/hooks/{id}/draft", "getDraft", "Read the draft")
                .scope(Scope::ReadHooks)
                .answers::<Draft>(200)
                .errors(&[ErrorCode::UnknownHook]),
            draft,
        )
        .on(
            Operation::put(
                "/hooks/{id}/draft",
                "saveDraft",
                "Save the draft; 409 with both texts when somebody else has saved it since `revision`",
            )
            .scope(Scope::UpdateHooks)
            .body::<SaveDraft>()
            .answers::<Draft>(200)
            .errors(&[ErrorCode::UnknownHook, ErrorCode::DraftConflict]),
            save_draft,
        )
        .on(
            Operation::post("/hooks/{id}/check", "checkHook", "Say whether a source (or the draft) compiles")
                .scope(Scope::ReadHooks)
                .body_of(json!({"type": "object", "properties": {"source": {
                    "type": "string", "description": "Text to check in place of the draft.",
                }}}))
                .answers::<CheckResult>(200)
                .errors(&[ErrorCode::UnknownHook]),
            check,
        )
        .on(
            Operation::get(
                "/hooks/{id}/types",
                "getHookTypes",
                "TypeScript declarations for the hook's editor",
            )
            .scope(Scope::ReadHooks)
            .answers::<Vec<TypeFile>>(200)
            .errors(&[ErrorCode::UnknownHook]),
            types,
        )
        .on(
            Operation::get(
                "/hooks/{id}/sample",
                "getSampleEvent",
                "An example of the event the hook receives",
            )
            .scope(Scope::ReadHooks)
            .answers::<Value>(200)
            .errors(&[ErrorCode::UnknownHook]),
            sample,
        )
        .on(
            Operation::get("/templates", "listTemplates", "Ready hooks to start from")
                .scope(Scope::ReadHooks)
                .answers::<Vec<Template>>(200),
            templates,
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    trigger_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckBody {
    source: Option<String>,
}

async fn list(at: ProjectAccess, QueryOf(query): QueryOf<ListQuery>) -> Answer<Vec<Hook>> {
    let trigger = query.trigger_id.map(|name| find_trigger(&name)).transpose()?;
    ok(at.manage.hooks(&at.actor, &at.project, trigger).await)
}

/// Row K15: every name of a trigger is accepted.
fn find_trigger(name: &str) -> Result<Trigger, Failure> {
    Trigger::find(name).ok_or_else(|| {
        let shown: String = name.chars().take(80).collect();
        Failure::new(ErrorCode::InvalidField, format!("`{shown}` is not a trigger.")).field("trigger_id")
    })
}

async fn create(at: ProjectAccess, JsonBody(body): JsonBody<CreateHook>) -> Created<Hook> {
    created(at.manage.create_hook(&at.actor, &at.project, body).await)
}

async fn get(at: ProjectAccess, HookOf(hook): HookOf) -> Answer<Hook> {
    ok(at.manage.hook(&at.actor, &at.project, &hook).await)
}

async fn update(
    at: ProjectAccess,
    HookOf(hook): HookOf,
    JsonBody(body): JsonBody<UpdateHook>,
) -> Answer<Hook> {
    ok(at.manage.update_hook(&at.actor, &at.project, &hook, body).await)
}

async fn delete(at: ProjectAccess, HookOf(hook): HookOf) -> Done {
    done(at.manage.delete_hook(&at.actor, &at.project, &hook).await)
}

async fn draft(at: ProjectAccess, HookOf(hook): HookOf) -> Answer<Draft> {
    ok(at.manage.hook(&at.actor, &at.project, &hook).await.map(|hook| hook.draft))
}

async fn save_draft(
    at: ProjectAccess,
    HookOf(hook): HookOf,
    JsonBody(body): JsonBody<SaveDraft>,
) -> Answer<Draft> {
    ok(at.manage.save_draft(&at.actor, &at.project, &hook, body).await)
}

async fn check(
    at: ProjectAccess,
    HookOf(hook): HookOf,
    JsonBody(body): JsonBody<CheckBody>,
) -> Answer<CheckResult> {
    ok(at.manage.check(&at.actor, &at.project, &hook, body.source).await)
}

async fn types(at: ProjectAccess, HookOf(hook): HookOf) -> Answer<Vec<TypeFile>> {
    ok(at.manage.types(&at.actor, &at.project, &hook).await)
}

async fn sample(at: ProjectAccess, HookOf(hook): HookOf) -> Answer<Value> {
    ok(at.manage.sample_event(&at.actor, &at.project, &hook).await)
}

async fn templates(at: Access) -> Answer<Vec<Template>> {
    ok(at.actor.require(Scope::ReadHooks).map(|()| manage::templates()))
}
