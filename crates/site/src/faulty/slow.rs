//! `/slow/MS` answers after so many milliseconds.

use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;

use super::bad_number;
use crate::page::notice;

/// No answer takes longer.
const LONGEST: Duration = Duration::from_secs(30);

pub(super) fn router() -> Router {
    Router::new().route("/slow/{milliseconds}", get(slow))
}

async fn slow(Path(milliseconds): Path<String>) -> Response {
    let Ok(milliseconds) = milliseconds.parse() else {
        return bad_number("The delay must be a number of milliseconds.");
    };
    tokio::time::sleep(Duration::from_millis(milliseconds).min(LONGEST)).await;
    notice(StatusCode::OK, "A slow page", "It came at last.")
}
