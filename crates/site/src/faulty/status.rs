//! `/status/N` answers with the status N.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::StatusCode;

use super::bad_number;
use crate::page::notice;

pub(super) fn router() -> Router {
    Router::new().route("/status/{status}", any(status))
}

/// A status from 200 to 999; those below 200 end no response (RFC 9110 §15.2).
async fn status(Path(status): Path<String>) -> Response {
    let known = status
        .parse()
        .ok()
        .and_then(|number: u16| StatusCode::from_u16(number).ok());
    let Some(status) = known.filter(|status| !status.is_informational()) else {
        return bad_number("The status must be a number from 200 to 999.");
    };
    match status {
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED => {
            status.into_response()
        }
        _ => {
            let reason = status.canonical_reason().unwrap_or("Unregistered");
            notice(
                status,
                &format!("{} {reason}", status.as_u16()),
                "This page has the status you asked for.",
            )
        }
    }
}
