//! `/maze/N`: pages without end, each with a link onwards and one to an answer of the others.
//!
//! `/maze` begins 64 ways at once. A way has no end, so the index page does not link here: this is
//! for crawls that are stopped by a limit.

use axum::Router;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::bad_number;

/// Ways through the maze.
const WAYS: u64 = 64;
/// What a page leads to beside the next one, in turn. The number of the page is added, so that
/// it is a new address each time.
const ASIDE: [&str; 24] = [
    "/status/200",
    "/encoded/gzip",
    "/charset/header",
    "/status/404",
    "/encoded/br",
    "/truncated",
    "/encoded/zstd",
    "/cookies/set",
    "/status/500",
    "/encoded/deflate",
    "/redirect/3",
    "/charset/bom",
    "/status/503",
    "/encoded/wrong",
    "/retry-after/seconds/1?wait=0",
    "/charset/contradiction",
    "/truncated/gzip",
    "/redirect/no-location",
    "/slow/200",
    "/encoded/unknown",
    "/loop",
    "/private/page",
    "/bomb/gzip",
    "/redirect/other-host",
];

pub(super) fn router() -> Router {
    Router::new()
        .route("/maze", get(async || page("The maze", &ways())))
        .route("/maze/{number}", get(room))
}

fn ways() -> String {
    (0..WAYS)
        .map(|number| format!("<li><a href=\"/maze/{number}\">{number}</a></li>\n"))
        .collect()
}

async fn room(Path(number): Path<String>) -> Response {
    let Ok(number) = number.parse::<u64>() else {
        return bad_number("The room must be a number.");
    };
    let next = number.saturating_add(WAYS);
    let turn = usize::try_from(number / WAYS + number % WAYS).unwrap_or_default();
    let aside = ASIDE[turn % ASIDE.len()];
    let joint = if aside.contains('?') { '&' } else { '?' };
    let links = format!(
        "<li><a href=\"/maze/{next}\">on</a></li>\n\
         <li><a href=\"{aside}{joint}room={number}\">aside</a></li>\n"
    );
    page(&format!("Room {number}"), &links)
}

fn page(title: &str, links: &str) -> Response {
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"UTF-8\"><title>{title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n<ul>\n{links}</ul>\n</body>\n</html>\n"
    );
    Html(page).into_response()
}
