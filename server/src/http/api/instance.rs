//! What belongs to no project: API keys that open every project, and their trail.

use contract::{
    error::ErrorCode,
    manage::{ApiKey, AuditPage, CreateApiKey, CreatedApiKey, Scope},
};

use super::{
    Answer, Created, Done,
    access::{Access, KeyOf, PageQuery, QueryOf},
    created, done, ok,
};
use crate::http::{
    body::JsonBody,
    state::AppState,
    table::{Operation, Table},
};

pub(super) fn table(table: Table<AppState>) -> Table<AppState> {
    table
        .group("Instance", "What belongs to no project. Keys of one project open none of it.")
        .on(
            Operation::get("/instance/keys", "listInstanceKeys", "List the keys that open every project")
                .scope(Scope::UpdateProjects)
                .of_instance()
                .answers::<Vec<ApiKey>>(200),
            keys,
        )
        .on(
            Operation::post(
                "/instance/keys",
                "createInstanceKey",
                "Make a key that opens every project; the answer shows it once",
            )
            .scope(Scope::UpdateProjects)
            .of_instance()
            .body::<CreateApiKey>()
            .answers::<CreatedApiKey>(201),
            create_key,
        )
        .on(
            Operation::delete(
                "/instance/keys/{id}",
                "revokeInstanceKey",
                "Revoke a key that opens every project",
            )
            .scope(Scope::UpdateProjects)
            .of_instance()
            .errors(&[ErrorCode::NotFound]),
            revoke_key,
        )
        .on(
            Operation::get(
                "/instance/audit",
                "listInstanceAudit",
                "Read the audit log of the instance, newest first: administrators, keys, deleted projects",
            )
            .scope(Scope::ReadLogs)
            .of_instance()
            .query("cursor", "`next` of the last page.")
            .answers::<AuditPage>(200),
            audit,
        )
}

async fn keys(at: Access) -> Answer<Vec<ApiKey>> {
    ok(at.manage.instance().api_keys(&at.actor, None).await)
}

async fn create_key(at: Access, JsonBody(body): JsonBody<CreateApiKey>) -> Created<CreatedApiKey> {
    created(at.manage.instance().create_api_key(&at.actor, None, body).await)
}

async fn revoke_key(at: Access, KeyOf(key): KeyOf) -> Done {
    done(at.manage.instance().revoke_api_key(&at.actor, None, &key).await)
}

async fn audit(at: Access, QueryOf(query): QueryOf<PageQuery>) -> Answer<AuditPage> {
    ok(at.manage.instance_audit(&at.actor, query.cursor).await)
}
