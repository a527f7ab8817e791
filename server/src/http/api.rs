//! The management API, `/api/v2`. One file per resource; every handler extracts, makes one call of [`manage`] and
//! answers with its result.
//!
//! To add an operation, add one entry to the resource's `table`: it registers the route and documents it.

mod access;
mod deploy;
mod endpoints;
mod hooks;
mod instance;
mod keys;
mod logs;
mod projects;
mod runs;
mod secrets;
mod users;
mod versions;

pub use self::access::Required;

use axum::{Json, Router, http::StatusCode};
use contract::error::{ErrorBody, ErrorCode};

use super::{error::Failure, state::AppState, table::Table};

/// Where the API is mounted.
pub const PREFIX: &str = "/api/v2";

/// Every operation, with its documentation.
pub fn table() -> Table<AppState> {
    let table = Table::new(PREFIX);
    let table = projects::table(table);
    let table = hooks::table(table);
    let table = versions::table(table);
    let table = deploy::table(table);
    let table = endpoints::table(table);
    let table = runs::table(table);
    let table = secrets::table(table);
    let table = users::table(table);
    let table = logs::table(table);
    let table = keys::table(table);
    instance::table(table)
}

/// The routes below [`PREFIX`].
pub fn router() -> Router<AppState> {
    table().into_router().fallback(async || {
        Failure::new(
            ErrorCode::NotFound,
            "There is nothing at this address; GET /api/reference lists what there is.",
        )
    })
}

type Answer<T> = Result<Json<T>, Failure>;
type Created<T> = Result<(StatusCode, Json<T>), Failure>;
type Done = Result<StatusCode, Failure>;

fn ok<T>(result: Result<T, ErrorBody>) -> Answer<T> {
    Ok(Json(result?))
}

fn created<T>(result: Result<T, ErrorBody>) -> Created<T> {
    Ok((StatusCode::CREATED, Json(result?)))
}

fn done(result: Result<(), ErrorBody>) -> Done {
    result?;
    Ok(StatusCode::NO_CONTENT)
}
