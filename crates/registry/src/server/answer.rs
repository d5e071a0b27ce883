//! Answers as registries give them.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use crate::error::{Code, RegistryError};

const TYPE: HeaderValue = HeaderValue::from_static("application/vnd.schemaregistry.v1+json");

/// What a request comes to.
pub(super) type Answer = Result<Response, Refusal>;

/// A registry's error, to be told.
pub(super) struct Refusal(RegistryError);

impl From<RegistryError> for Refusal {
    fn from(error: RegistryError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self.0 {
            RegistryError::Refused { code, message } => refused(code, &message),
            // The folder is broken: whoever runs the server must know more than who asks.
            error => {
                tracing::error!("{error}");
                refused(
                    Code::Store,
                    &format!("Error in the backend data store: {error}"),
                )
            }
        }
    }
}

/// An answer with this body.
pub(super) fn json<T: Serialize + ?Sized>(body: &T) -> Response {
    with(StatusCode::OK, body)
}

/// A body that is JSON text already.
pub(super) fn text(body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, TYPE);
    response
}

fn with<T: Serialize + ?Sized>(status: StatusCode, body: &T) -> Response {
    // All bodies are of strings and numbers.
    let mut response = text(serde_json::to_string(body).unwrap_or_default());
    *response.status_mut() = status;
    response
}

pub(super) fn refused(code: Code, message: &str) -> Response {
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // Clients of the newest and of the oldest servers know this one.
    let number = match code {
        Code::Incompatible => 409,
        code => code.number(),
    };
    with(status, &json!({"error_code": number, "message": message}))
}

pub(super) async fn fallback() -> Response {
    refused(Code::Other(404), "HTTP 404 Not Found")
}

pub(super) async fn wrong_method() -> Response {
    refused(Code::Other(405), "HTTP 405 Method Not Allowed")
}
