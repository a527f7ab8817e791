//! The log stream and the audit log.

use contract::manage::{AuditPage, LogEntry, Scope};
use serde::Deserialize;

use super::{
    Answer,
    access::{PageQuery, ProjectAccess, QueryOf},
    ok,
};
use crate::http::{
    state::AppState,
    table::{Operation, Table},
};

pub(super) fn table(table: Table<AppState>) -> Table<AppState> {
    table
        .group("Logs", "What happened, and who changed what.")
        .on(
            Operation::get("/logs", "listLogs", "Read the project's log stream, newest first")
                .scope(Scope::ReadLogs)
                .query("type", "Only entries of this type, such as `failed_hook`.")
                .query(
                    "endpoint",
                    "Only what happened in requests to this endpoint, such as `POST /auth/login`.",
                )
                .answers::<Vec<LogEntry>>(200),
            list,
        )
        .on(
            Operation::get("/audit", "listAudit", "Read the audit log, newest first")
                .scope(Scope::ReadLogs)
                .query("cursor", "`next` of the last page.")
                .answers::<AuditPage>(200),
            audit,
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LogsQuery {
    #[serde(rename = "type")]
    kind: Option<String>,
    endpoint: Option<String>,
}

async fn list(at: ProjectAccess, QueryOf(query): QueryOf<LogsQuery>) -> Answer<Vec<LogEntry>> {
    ok(at.manage.logs(&at.actor, &at.project, query.kind, query.endpoint).await)
}

async fn audit(at: ProjectAccess, QueryOf(query): QueryOf<PageQuery>) -> Answer<AuditPage> {
    ok(at.manage.audit(&at.actor, &at.project, query.cursor).await)
}
