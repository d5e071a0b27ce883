//! Redirects with the status the sites need.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, Uri, header};

use crate::page::{not_found, notice};

/// A redirect to `location` with `status`.
pub(crate) fn redirect(status: StatusCode, location: &str) -> Response {
    let Ok(value) = HeaderValue::from_str(location) else {
        return notice(
            StatusCode::BAD_REQUEST,
            "Bad Request",
            "The address cannot be redirected.",
        );
    };
    let mut response = notice(status, "Redirecting", "The page is elsewhere.");
    response.headers_mut().insert(header::LOCATION, value);
    response
}

/// The answer to an unknown path: 308 to the path with a slash behind it where `pages` says that
/// its first segment is that of a page, else 404.
pub(crate) async fn slash_or_not_found(uri: Uri, pages: &[&str]) -> Response {
    let path = uri.path();
    let first = path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    // Two slashes in front would make the path a host name.
    if path.ends_with('/') || path.starts_with("//") || !pages.contains(&first) {
        return not_found().await.into_response();
    }
    let query = uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    redirect(StatusCode::PERMANENT_REDIRECT, &format!("{path}/{query}"))
}
