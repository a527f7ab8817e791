//! `/healthz`: the process is alive. `/readyz`: it can serve.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use contract::error::ErrorCode;
use serde_json::json;

use super::{error::Failure, state::AppState};

/// Answers as long as the process does.
pub async fn alive() -> Json<serde_json::Value> {
    Json(json!({"status": "alive"}))
}

/// Answers 200 when the database can be read and written to. (Requests are accepted only after the deployed hooks have
/// been loaded.)
pub async fn ready(State(app): State<AppState>) -> Response {
    match app.db().ready(app.clock().now_ms()).await {
        Ok(()) => Json(json!({"status": "ready"})).into_response(),
        Err(error) => {
            tracing::warn!(error = %error, "http.readiness.failed");
            let message = match error.unavailability() {
                Some(reason) => format!("The database cannot be used: {reason}."),
                None => "The database cannot be used.".to_owned(),
            };
            Failure::new(ErrorCode::Unavailable, message).into_response()
        }
    }
}
