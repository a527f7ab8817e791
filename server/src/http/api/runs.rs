//! Runs of hooks.

use contract::{
    error::ErrorCode,
    manage::{Run, RunFilter, RunPage, Scope},
};

use super::{
    Answer,
    access::{ProjectAccess, QueryOf, RunOf},
    ok,
};
use crate::http::{
    state::AppState,
    table::{Operation, Table},
};

pub(super) fn table(table: Table<AppState>) -> Table<AppState> {
    table
        .group("Runs", "What hooks did: input, output, logs, calls, and why one did not run.")
        .on(
            Operation::get("/runs", "listRuns", "List runs, newest first")
                .scope(Scope::ReadHooks)
                .query_of(RunFilter::SPEC)
                .answers::<RunPage>(200),
            list,
        )
        .on(
            Operation::get("/runs/{id}", "getRun", "Read a run")
                .scope(Scope::ReadHooks)
                .answers::<Run>(200)
                .errors(&[ErrorCode::NotFound]),
            get,
        )
}

async fn list(at: ProjectAccess, QueryOf(filter): QueryOf<RunFilter>) -> Answer<RunPage> {
    ok(at.manage.runs(&at.actor, &at.project, filter).await)
}

async fn get(at: ProjectAccess, RunOf(run): RunOf) -> Answer<Run> {
    ok(at.manage.run(&at.actor, &at.project, &run).await)
}
