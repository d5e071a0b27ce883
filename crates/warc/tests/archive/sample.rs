//! What the tests share.

use std::path::{Path, PathBuf};

use huntsman_core::{
    Fetch as _, FetchError, HeaderMap, HeaderName, HeaderValue, RawResponse, Request, StatusCode,
    Timestamp, Url,
};
use huntsman_warc::{Archive, Exchange, Options, Replay};
use tempfile::TempDir;

/// 2026-11-24T00:00:00Z.
pub(crate) const NOW: Timestamp = Timestamp(1_795_478_400_000);
pub(crate) const MAX: u64 = 1 << 20;

pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

pub(crate) fn options() -> Options {
    Options::new("titles", || NOW)
}

pub(crate) fn get(path: &str) -> Request {
    Request::get(Url::parse("http://a.example/").unwrap().join(path).unwrap())
}

/// What came for a request.
pub(crate) fn exchange(request: Request, status: u16, body: impl Into<Vec<u8>>) -> Exchange {
    let mut response = RawResponse::ok(request.url.clone(), body.into());
    response.status = StatusCode::from_u16(status).unwrap();
    response
        .headers
        .insert("content-type", HeaderValue::from_static("text/html"));
    Exchange {
        request,
        sent: HeaderMap::new(),
        response,
        at: NOW,
    }
}

/// An archive of these pages, in their order.
pub(crate) fn recorded(place: &Path, pages: &[(&str, u16, &str)]) {
    let archive = Archive::open(place, options()).unwrap();
    for (path, status, body) in pages {
        archive.keep(&exchange(get(path), *status, *body)).unwrap();
    }
}

pub(crate) fn replay(place: &Path) -> Replay {
    Replay::open(place, MAX).unwrap()
}

pub(crate) async fn answer(replay: &Replay, request: Request) -> Result<(u16, String), FetchError> {
    let response = replay.fetch(request).await?;
    let body = String::from_utf8(response.body.to_vec()).unwrap();
    Ok((response.status.as_u16(), body))
}

pub(crate) fn field(name: &'static str, value: &'static str) -> (HeaderName, HeaderValue) {
    (
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    )
}
