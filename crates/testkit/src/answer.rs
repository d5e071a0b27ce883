//! One scripted answer.

use std::time::Duration;

use huntsman_core::{Bytes, FetchError, HeaderMap, HeaderName, HeaderValue, StatusCode};

/// What a [`FakeWeb`](crate::FakeWeb) answers: a response, an error or a panic, after some time.
#[derive(Debug, Clone)]
#[must_use]
pub struct Answer {
    pub(crate) what: What,
    pub(crate) latency: Option<Duration>,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Response {
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
    },
    Error(FetchError),
    Panic,
}

impl Answer {
    /// A `200 OK` with HTML.
    pub fn html(body: impl Into<Bytes>) -> Self {
        Self::status(200)
            .header("content-type", "text/html; charset=utf-8")
            .body(body)
    }

    /// An empty response of this status.
    ///
    /// # Panics
    /// When `status` is no status code.
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status).expect("the script has a valid status");
        let what = What::Response {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        };
        Self {
            what,
            latency: None,
        }
    }

    /// A redirect.
    pub fn redirect(status: u16, to: &str) -> Self {
        Self::status(status).header("location", to)
    }

    /// No response, for this reason.
    pub fn error(error: FetchError) -> Self {
        Self {
            what: What::Error(error),
            latency: None,
        }
    }

    /// The transport panics.
    pub fn panic() -> Self {
        Self {
            what: What::Panic,
            latency: None,
        }
    }

    /// Adds a header field to a response.
    ///
    /// # Panics
    /// When name or value are not valid.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let What::Response { headers, .. } = &mut self.what {
            let name: HeaderName = name.parse().expect("the script has a valid header name");
            let value = HeaderValue::from_str(value).expect("the script has a valid header value");
            headers.append(name, value);
        }
        self
    }

    /// The body of a response.
    pub fn body(mut self, bytes: impl Into<Bytes>) -> Self {
        if let What::Response { body, .. } = &mut self.what {
            *body = bytes.into();
        }
        self
    }

    /// How long it takes, instead of the web's own latency.
    pub fn after(mut self, latency: Duration) -> Self {
        self.latency = Some(latency);
        self
    }

    /// The response as HTTP/1.1 sends it (RFC 9112), its connection closed behind it; `None` for an
    /// error or a panic.
    #[must_use]
    pub fn to_http(&self) -> Option<Vec<u8>> {
        let What::Response {
            status,
            headers,
            body,
        } = &self.what
        else {
            return None;
        };
        let mut wire =
            format!("HTTP/1.1 {} .\r\nConnection: close\r\n", status.as_u16()).into_bytes();
        if *status != StatusCode::NO_CONTENT {
            wire.extend(format!("Content-Length: {}\r\n", body.len()).bytes());
        }
        for (name, value) in headers {
            wire.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        wire.extend(b"\r\n");
        wire.extend_from_slice(body);
        Some(wire)
    }
}
