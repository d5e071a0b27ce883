//! `/encoded/CODING`: one page under every content coding, whatever the client accepts.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header;

const PLAIN: &[u8] = include_bytes!("../../assets/encoded/page.html");
const GZIP: &[u8] = include_bytes!("../../assets/encoded/page.html.gz");
/// In the zlib format, which RFC 9110 §8.4.1.2 means by "deflate".
const DEFLATE: &[u8] = include_bytes!("../../assets/encoded/page.html.deflate");
/// Without the zlib wrapper, as some servers send it.
const RAW_DEFLATE: &[u8] = include_bytes!("../../assets/encoded/page.html.rawdeflate");
const BROTLI: &[u8] = include_bytes!("../../assets/encoded/page.html.br");
const ZSTD: &[u8] = include_bytes!("../../assets/encoded/page.html.zst");

pub(super) fn router() -> Router {
    Router::new()
        .route(
            "/encoded/identity",
            get(async || encoded("identity", PLAIN)),
        )
        .route("/encoded/gzip", get(async || encoded("gzip", GZIP)))
        .route(
            "/encoded/deflate",
            get(async || encoded("deflate", DEFLATE)),
        )
        .route(
            "/encoded/raw-deflate",
            get(async || encoded("deflate", RAW_DEFLATE)),
        )
        .route("/encoded/br", get(async || encoded("br", BROTLI)))
        .route("/encoded/zstd", get(async || encoded("zstd", ZSTD)))
        .route("/encoded/wrong", get(async || encoded("gzip", PLAIN)))
        .route(
            "/encoded/unknown",
            get(async || encoded("x-unknown", PLAIN)),
        )
}

fn encoded(coding: &'static str, body: &'static [u8]) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_ENCODING, coding),
    ];
    (headers, body).into_response()
}
