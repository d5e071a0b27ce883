//! A robots.txt (RFC 9309), and the folder that it closes.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;

use crate::page::notice;

const ROBOTS: &str = "User-agent: *\nDisallow: /private/\n";

pub(super) fn router() -> Router {
    Router::new()
        .route("/robots.txt", get(async || ROBOTS))
        .route("/private/", get(private))
        .route("/private/page", get(private))
}

/// The server gives the page to anyone: to stay away is the crawler's part.
async fn private() -> Response {
    notice(
        StatusCode::OK,
        "Private",
        "No crawler that obeys robots.txt reads this.",
    )
}
