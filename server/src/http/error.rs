//! Error answers: one shape, made in one place, logged in one place.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use contract::{
    error::{ErrorBody, ErrorCode},
    ids::RequestId,
};

/// An error on its way out. The outermost layer adds the request's id to the body (see [`finish`]).
#[derive(Debug, Clone)]
pub struct Failure {
    body: Box<ErrorBody>,
    status: u16,
}

impl Failure {
    /// A failure with a code and a message.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        ErrorBody::new(code, message).into()
    }

    /// Names the field at fault.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.body.field = Some(field.into());
        self
    }

    /// No such address.
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "There is nothing at this address.")
    }
}

impl From<ErrorBody> for Failure {
    fn from(body: ErrorBody) -> Self {
        let status = body.error.status();
        Self { body: Box::new(body), status }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_server_error() {
            tracing::error!(
                error.code = %self.body.error,
                error.message = %self.body.message,
                "http.request.failed"
            );
        }
        let mut response = (status, Json(&*self.body)).into_response();
        add_headers(response.headers_mut(), &self.body);
        response.extensions_mut().insert(self);
        response
    }
}

/// Adds the request's id to the body of an error answer; other answers pass unchanged.
pub(super) fn finish(mut response: Response, request_id: &RequestId) -> Response {
    let Some(mut failure) = response.extensions_mut().remove::<Failure>() else { return response };
    failure.body.request_id.get_or_insert_with(|| request_id.to_string());
    let (mut parts, _) = response.into_parts();
    // They are those of the body that is replaced, which may have been compressed already.
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_ENCODING);
    (parts, Json(*failure.body)).into_response()
}

fn add_headers(headers: &mut HeaderMap, body: &ErrorBody) {
    let challenge = match body.error {
        ErrorCode::InvalidToken => "Bearer error=\"invalid_token\"",
        _ if body.error.status() == 401 => "Bearer",
        _ => return retry_after(headers, body),
    };
    headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
}

/// Says when to try again, where that makes sense.
fn retry_after(headers: &mut HeaderMap, body: &ErrorBody) {
    let told = || body.details.as_ref()?.get("retry_after_seconds")?.as_u64();
    let seconds = match body.error {
        ErrorCode::Busy | ErrorCode::Unavailable => 1,
        ErrorCode::TooManyRequests => told().unwrap_or(60),
        _ => return,
    };
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
}
