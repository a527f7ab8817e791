//! API keys of the project.

use contract::{
    error::ErrorCode,
    manage::{ApiKey, CreateApiKey, CreatedApiKey, Scope},
};

use super::{
    Answer, Created, Done,
    access::{KeyOf, ProjectAccess},
    created, done, ok,
};
use crate::http::{
    body::JsonBody,
    state::AppState,
    table::{Operation, Table},
};

pub(super) fn table(table: Table<AppState>) -> Table<AppState> {
    table
        .group("API keys", "Keys for this API.")
        .on(
            Operation::get("/keys", "listApiKeys", "List the keys")
                .scope(Scope::UpdateProjects)
                .answers::<Vec<ApiKey>>(200),
            list,
        )
        .on(
            Operation::post("/keys", "createApiKey", "Make a key; the answer shows it once")
                .scope(Scope::UpdateProjects)
                .body::<CreateApiKey>()
                .answers::<CreatedApiKey>(201),
            create,
        )
        .on(
            Operation::delete("/keys/{id}", "revokeApiKey", "Revoke a key")
                .scope(Scope::UpdateProjects)
                .errors(&[ErrorCode::NotFound]),
            revoke,
        )
}

async fn list(at: ProjectAccess) -> Answer<Vec<ApiKey>> {
    ok(at.manage.api_keys(&at.actor, &at.project).await)
}

async fn create(at: ProjectAccess, JsonBody(body): JsonBody<CreateApiKey>) -> Created<CreatedApiKey> {
    created(at.manage.create_api_key(&at.actor, Some(&at.project), body).await)
}

async fn revoke(at: ProjectAccess, KeyOf(key): KeyOf) -> Done {
    done(at.manage.revoke_api_key(&at.actor, &at.project, &key).await)
}
