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

/// Answers 200 when the database does. (Requests are accepted only after the deployed hooks have been loaded.)
pub async fn ready(State(app): State<AppState>) -> Response {
    match app.db().ping().await {
        Ok(()) => Json(json!({"status": "ready"})).into_response(),
        Err(error) => {
            tracing::warn!(error = %error, "http.readiness.failed");
            Failure::new(ErrorCode::Unavailable, "The database does not answer.").into_response()
        }
    }
}
