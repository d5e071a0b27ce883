//! `faulty.test`: a site that misbehaves on purpose, one kind of behaviour per file.
//!
//! A file has a `router()` of its paths. A further behaviour is a further file, merged below, and
//! a link on the index page, unless it has no end.

mod bomb;
mod charset;
mod cookies;
mod encoded;
mod maze;
mod redirects;
mod retry;
mod robots;
mod slow;
mod status;
mod truncated;

use axum::Router;
use axum::response::Html;
use axum::routing::get;

use crate::page::not_found;

const INDEX: &str = include_str!("../../assets/faulty.html");

/// The routes of the site.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(async || Html(INDEX)))
        .merge(bomb::router())
        .merge(charset::router())
        .merge(cookies::router())
        .merge(encoded::router())
        .merge(maze::router())
        .merge(redirects::router())
        .merge(retry::router())
        .merge(robots::router())
        .merge(slow::router())
        .merge(status::router())
        .merge(truncated::router())
        .fallback(not_found)
}

/// The answer to a path whose number is none, or out of its range.
fn bad_number(rule: &str) -> axum::response::Response {
    crate::page::notice(http::StatusCode::BAD_REQUEST, "Bad Request", rule)
}
