//! Pages that say which version they are, and are not sent twice (RFC 9110 §13).

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};

/// The largest page that there is, with room to spare.
const LARGEST: usize = 16 << 20;

/// Gives each page an `ETag`, and answers 304 to who has it already.
pub(crate) async fn with_etag(request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let (mut parts, body) = next.run(request).await.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if parts.status != StatusCode::OK {
        return Response::from_parts(parts, body.into());
    }
    let mut hash = DefaultHasher::new();
    body.hash(&mut hash);
    let etag = HeaderValue::from_str(&format!("\"{:016x}\"", hash.finish()))
        .expect("invariant: hexadecimal digits in quotes are a header value");
    parts.headers.insert(header::ETAG, etag.clone());
    if known == Some(etag) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, body.into())
}
