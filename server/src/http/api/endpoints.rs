//! Auth endpoints: what runs on them, and tests of the whole.

use contract::{
    error::ErrorCode,
    manage::{ApiAndHooks, EndpointOverview, EndpointReference, EndpointResult, EndpointTest, Scope},
};

use super::{
    Answer,
    access::{EndpointOf, ProjectAccess},
    ok,
};
use crate::http::{
    body::JsonBody,
    state::AppState,
    table::{Operation, Table},
};

pub(super) fn table(table: Table<AppState>) -> Table<AppState> {
    table
        .group("Endpoints", "The auth endpoints with what runs on them.")
        .on(
            Operation::get("/endpoints", "listEndpoints", "List the auth endpoints with their hooks")
                .scope(Scope::ReadHooks)
                .answers::<ApiAndHooks>(200),
            list,
        )
        .on(
            Operation::get("/endpoints/{endpoint}", "getEndpoint", "Read one endpoint with its steps and hooks")
                .scope(Scope::ReadHooks)
                .answers::<EndpointOverview>(200)
                .errors(&[ErrorCode::UnknownEndpoint]),
            get,
        )
        .on(
            Operation::get("/endpoints/{endpoint}/reference", "getEndpointReference", "Fields, errors and an example")
                .scope(Scope::ReadHooks)
                .answers::<EndpointReference>(200)
                .errors(&[ErrorCode::UnknownEndpoint]),
            reference,
        )
        .on(
            Operation::post(
                "/endpoints/{endpoint}/test",
                "testEndpoint",
                "Run the endpoint with its hooks: `dry_run` saves and sends nothing, `live` changes real data",
            )
            .scope(Scope::UpdateHooks)
            .body::<EndpointTest>()
            .answers::<EndpointResult>(200)
            .errors(&[
                ErrorCode::UnknownEndpoint,
                ErrorCode::UnknownHook,
                ErrorCode::UnknownVersion,
                ErrorCode::NotFound,
                ErrorCode::CompileFailed,
            ]),
            test,
        )
}

async fn list(at: ProjectAccess) -> Answer<ApiAndHooks> {
    ok(at.manage.api_and_hooks(&at.actor, &at.project).await)
}

async fn get(at: ProjectAccess, EndpointOf(endpoint): EndpointOf) -> Answer<EndpointOverview> {
    ok(at.manage.endpoint(&at.actor, &at.project, endpoint).await)
}

async fn reference(at: ProjectAccess, EndpointOf(endpoint): EndpointOf) -> Answer<EndpointReference> {
    ok(at.manage.reference(&at.actor, &at.project, endpoint).await)
}

async fn test(
    at: ProjectAccess,
    EndpointOf(endpoint): EndpointOf,
    JsonBody(body): JsonBody<EndpointTest>,
) -> Answer<EndpointResult> {
    ok(at.manage.endpoint_test(&at.actor, &at.project, endpoint, body).await)
}
