//! Secrets: write-only.

use contract::{
    error::ErrorCode,
    manage::{PutSecret, Scope, Secret},
};

use super::{
    Answer, Done,
    access::{NameOf, ProjectAccess},
    done, ok,
};
use crate::http::{
    body::JsonBody,
    state::AppState,
    table::{Operation, Table},
};

pub(super) fn table(table: Table<AppState>) -> Table<AppState> {
    table
        .group("Secrets", "Values that hooks read as `event.secrets.NAME`. They can be set, never read.")
        .on(
            Operation::get("/secrets", "listSecrets", "List the names")
                .scope(Scope::ReadSecrets)
                .answers::<Vec<Secret>>(200),
            list,
        )
        .on(
            Operation::put(
                "/secrets/{name}",
                "putSecret",
                "Set a secret; live hooks read the new value at once",
            )
            .scope(Scope::UpdateSecrets)
            .body::<PutSecret>()
            .answers::<Secret>(200),
            put,
        )
        .on(
            Operation::delete("/secrets/{name}", "deleteSecret", "Delete a secret")
                .scope(Scope::UpdateSecrets)
                .errors(&[ErrorCode::NotFound]),
            delete,
        )
}

async fn list(at: ProjectAccess) -> Answer<Vec<Secret>> {
    ok(at.manage.secrets(&at.actor, &at.project).await)
}

async fn put(at: ProjectAccess, NameOf(name): NameOf, JsonBody(body): JsonBody<PutSecret>) -> Answer<Secret> {
    ok(at.manage.put_secret(&at.actor, &at.project, &name, body).await)
}

async fn delete(at: ProjectAccess, NameOf(name): NameOf) -> Done {
    done(at.manage.delete_secret(&at.actor, &at.project, &name).await)
}
