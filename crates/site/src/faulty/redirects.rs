//! Redirects: chains, a loop, to another host, and to nowhere.

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::bad_number;
use crate::hosts::QUOTES;
use crate::page::notice;
use crate::redirect::redirect;

pub(super) fn router() -> Router {
    Router::new()
        .route("/redirect/{steps}", get(chain))
        .route("/redirect/other-host", get(other_host))
        .route(
            "/redirect/no-location",
            get(async || StatusCode::FOUND.into_response()),
        )
        .route(
            "/loop",
            get(async || redirect(StatusCode::FOUND, "/loop/back")),
        )
        .route(
            "/loop/back",
            get(async || redirect(StatusCode::FOUND, "/loop")),
        )
}

#[derive(Debug, Deserialize)]
struct Kind {
    status: Option<String>,
}

/// `/redirect/N` leads to `/redirect/N-1`, and `/redirect/0` is a page; `?status=` chooses one of
/// 301, 302 (where none is chosen), 303, 307 and 308 and is handed on.
async fn chain(Path(steps): Path<String>, Query(kind): Query<Kind>) -> Response {
    let Ok(steps) = steps.parse::<u32>() else {
        return bad_number("The length of the chain must be a number.");
    };
    let status = match kind.status.as_deref() {
        None | Some("302") => StatusCode::FOUND,
        Some("301") => StatusCode::MOVED_PERMANENTLY,
        Some("303") => StatusCode::SEE_OTHER,
        Some("307") => StatusCode::TEMPORARY_REDIRECT,
        Some("308") => StatusCode::PERMANENT_REDIRECT,
        Some(_) => return bad_number("The status must be one of 301, 302, 303, 307 and 308."),
    };
    if steps == 0 {
        return notice(
            StatusCode::OK,
            "The end of the chain",
            "No redirect leads on from here.",
        );
    }
    let query = kind
        .status
        .map(|status| format!("?status={status}"))
        .unwrap_or_default();
    redirect(status, &format!("/redirect/{}{query}", steps - 1))
}

/// To the site of quotations, at the port that the request came to.
async fn other_host(headers: HeaderMap) -> Response {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let port = host
        .rsplit_once(':')
        .and_then(|(_, port)| port.parse::<u16>().ok());
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    redirect(StatusCode::FOUND, &format!("http://{QUOTES}{port}/"))
}
