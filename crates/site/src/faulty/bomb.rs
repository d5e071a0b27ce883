//! `/bomb/gzip`: some 200 kB on the wire that decode to 200 MiB of zeros.

use std::iter;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use http::header;

use crate::chunks::Chunks;

/// One MiB of zeros in DEFLATE (RFC 1951), ended on a whole byte and free of references to what
/// came before: it may be repeated.
const MEBIBYTE: &[u8] = include_bytes!("../../assets/encoded/zeros-1mib.deflate-block");
const REPEATS: usize = 200;
/// Magic, method 8, no flags, no time, best compression, unknown system (RFC 1952 §2.3).
const HEAD: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff];
/// An empty last block, then CRC-32 and length of the 200 MiB, the low byte first.
const TAIL: &[u8] = &[0x03, 0x00, 0x61, 0x08, 0x4f, 0x53, 0x00, 0x00, 0x80, 0x0c];

pub(super) fn router() -> Router {
    Router::new().route("/bomb/gzip", get(gzip))
}

async fn gzip() -> Response {
    let pieces = iter::once(HEAD)
        .chain(iter::repeat_n(MEBIBYTE, REPEATS))
        .chain(iter::once(TAIL));
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_ENCODING, "gzip"),
    ];
    (headers, Body::new(Chunks(pieces.map(Bytes::from_static)))).into_response()
}
