//! Versions: what was deployed, by whom, and its source.

use contract::{
    error::ErrorCode,
    manage::{Draft, RestoreRequest, Scope, Version, VersionFilter, VersionSource},
};

use super::{
    Answer,
    access::{HookOf, ProjectAccess, QueryOf, VersionOf},
    ok,
};
use crate::http::{
    body::JsonBody,
    state::AppState,
    table::{Operation, Table},
};

pub(super) fn table(table: Table<AppState>) -> Table<AppState> {
    table
        .group("Versions", "What was deployed. A version never changes.")
        .on(
            Operation::get("/hooks/{id}/versions", "listVersions", "List the versions, newest first")
                .scope(Scope::ReadHooks)
                .query_of(VersionFilter::SPEC)
                .answers::<Vec<Version>>(200)
                .errors(&[ErrorCode::UnknownHook]),
            list,
        )
        .on(
            Operation::get("/hooks/{id}/versions/{number}", "getVersion", "Read a version with its source")
                .scope(Scope::ReadHooks)
                .answers::<VersionSource>(200)
                .errors(&[ErrorCode::UnknownHook, ErrorCode::UnknownVersion]),
            get,
        )
        .on(
            Operation::post(
                "/hooks/{id}/versions/{number}/restore",
                "restoreVersion",
                "Make the version's source the draft",
            )
            .scope(Scope::UpdateHooks)
            .body::<RestoreRequest>()
            .answers::<Draft>(200)
            .errors(&[
                ErrorCode::UnknownHook,
                ErrorCode::UnknownVersion,
                ErrorCode::DraftConflict,
            ]),
            restore,
        )
}

async fn list(
    at: ProjectAccess,
    HookOf(hook): HookOf,
    QueryOf(filter): QueryOf<VersionFilter>,
) -> Answer<Vec<Version>> {
    ok(at.manage.versions(&at.actor, &at.project, &hook, filter).await)
}

async fn get(at: ProjectAccess, HookOf(hook): HookOf, VersionOf(number): VersionOf) -> Answer<VersionSource> {
    ok(at.manage.version(&at.actor, &at.project, &hook, number).await)
}

async fn restore(
    at: ProjectAccess,
    HookOf(hook): HookOf,
    VersionOf(number): VersionOf,
    JsonBody(body): JsonBody<RestoreRequest>,
) -> Answer<Draft> {
    ok(at.manage.restore(&at.actor, &at.project, &hook, number, body).await)
}
