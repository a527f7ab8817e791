//! Test, deploy, roll back.

use contract::{
    error::ErrorCode,
    manage::{DeployRequest, Deployed, RollbackRequest, Scope, UnitResult, UnitTest},
};

use super::{
    Answer,
    access::{HookOf, ProjectAccess, VersionOf},
    ok,
};
use crate::http::{
    body::JsonBody,
    state::AppState,
    table::{Operation, Table},
};

pub(super) fn table(table: Table<AppState>) -> Table<AppState> {
    table
        .group("Test and deploy", "From draft to live and back.")
        .on(
            Operation::post(
                "/hooks/{id}/test",
                "testHook",
                "Run the hook alone, with an example or a given event",
            )
            .scope(Scope::UpdateHooks)
            .body::<UnitTest>()
            .answers::<UnitResult>(200)
            .errors(&[
                ErrorCode::UnknownHook,
                ErrorCode::UnknownVersion,
                ErrorCode::NotFound,
                ErrorCode::CompileFailed,
            ]),
            test,
        )
        .on(
            Operation::post(
                "/hooks/{id}/deploy",
                "deployHook",
                "Make the draft a version that serves all live traffic from now on",
            )
            .scope(Scope::UpdateHooks)
            .body::<DeployRequest>()
            .answers::<Deployed>(200)
            .errors(&[
                ErrorCode::UnknownHook,
                ErrorCode::DraftConflict,
                ErrorCode::CompileFailed,
                ErrorCode::NotDeployable,
            ]),
            deploy,
        )
        .on(
            Operation::post(
                "/hooks/{id}/versions/{number}/rollback",
                "rollbackHook",
                "Deploy an old version's content as a new version; the draft stays",
            )
            .scope(Scope::UpdateHooks)
            .body::<RollbackRequest>()
            .answers::<Deployed>(200)
            .errors(&[
                ErrorCode::UnknownHook,
                ErrorCode::UnknownVersion,
                ErrorCode::NotDeployable,
            ]),
            rollback,
        )
}

async fn test(
    at: ProjectAccess,
    HookOf(hook): HookOf,
    JsonBody(body): JsonBody<UnitTest>,
) -> Answer<UnitResult> {
    ok(at.manage.unit_test(&at.actor, &at.project, &hook, body).await)
}

async fn deploy(
    at: ProjectAccess,
    HookOf(hook): HookOf,
    JsonBody(body): JsonBody<DeployRequest>,
) -> Answer<Deployed> {
    ok(at.manage.deploy(&at.actor, &at.project, &hook, body).await)
}

async fn rollback(
    at: ProjectAccess,
    HookOf(hook): HookOf,
    VersionOf(number): VersionOf,
    JsonBody(body): JsonBody<RollbackRequest>,
) -> Answer<Deployed> {
    ok(at.manage.rollback(&at.actor, &at.project, &hook, number, body).await)
}
