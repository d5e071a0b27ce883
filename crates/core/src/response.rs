//! What a transport brought back, not yet looked into.

use bytes::Bytes;
use http::{HeaderMap, StatusCode, Version, header};
use url::Url;

/// A response as the transport delivered it: decompressed, not decoded, not parsed.
#[derive(Debug, Clone)]
pub struct RawResponse {
    /// The URL that was asked for. Transports do not follow redirects.
    pub url: Url,
    /// Status code.
    pub status: StatusCode,
    /// Header fields as received, without `Content-Encoding` once the body is decompressed.
    pub headers: HeaderMap,
    /// The whole body, decompressed.
    pub body: Bytes,
    /// Protocol version.
    pub version: Version,
}

impl RawResponse {
    /// A `200 OK` with a body and no header: the form that tests begin with.
    #[must_use]
    pub fn ok(url: Url, body: impl Into<Bytes>) -> Self {
        Self {
            url,
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: body.into(),
            version: Version::HTTP_11,
        }
    }

    /// The `Content-Type` as text, where there is a readable one.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.headers.get(header::CONTENT_TYPE)?.to_str().ok()
    }
}
