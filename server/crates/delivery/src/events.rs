//! Project events.

use contract::{
    catalogue::events::Event,
    ids::{ProjectId, RequestId, UserId},
};
use serde_json::Value;
use store::{Conn, StoreError, new_id, outbox};

/// Writes an event to the outbox, with the connection of the change that it tells of: both are kept, or neither.
///
/// `payload` is what subscribers get; it must hold no password, token or hash.
///
/// # Errors
/// When the database refuses the row.
pub async fn emit(
    conn: &mut Conn,
    now_ms: i64,
    project: &ProjectId,
    event: Event,
    payload: Value,
    request_id: Option<&RequestId>,
    user_id: Option<&UserId>,
) -> Result<(), StoreError> {
    let row = outbox::OutboxEvent {
        id: new_id(now_ms),
        project_id: project.clone(),
        event: event.as_str().to_owned(),
        payload,
        request_id: request_id.cloned(),
        user_id: user_id.cloned(),
        created_at: now_ms,
        delivered_at: None,
    };
    outbox::insert(conn, &row).await
}
