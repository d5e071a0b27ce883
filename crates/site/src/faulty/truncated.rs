//! `/truncated`: the connection closes before the declared length is reached.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use http::header;
use http_body::Frame;

/// What the header promises.
const DECLARED: &str = "4096";
/// What is sent.
const SENT: &[u8] = b"<!DOCTYPE html>\n<html><head><title>Cut off</title></head>\n<body><p>The rest of this page nev";

pub(super) fn router() -> Router {
    Router::new()
        .route("/truncated", get(truncated))
        .route("/truncated/gzip", get(truncated_gzip))
}

/// A body that ends after its first piece, though not before that piece is on its way.
#[derive(Debug)]
enum CutOff {
    Begin,
    Flush,
    End,
}

impl http_body::Body for CutOff {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match *self {
            Self::Begin => {
                *self = Self::Flush;
                Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(SENT)))))
            }
            // The server writes what it holds only when the body pauses; an end that comes too
            // early makes it drop the connection, and what it holds.
            Self::Flush => {
                *self = Self::End;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::End => Poll::Ready(None),
        }
    }
}

async fn truncated() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_LENGTH, DECLARED),
    ];
    (headers, Body::new(CutOff::Begin)).into_response()
}

/// A whole response by its length, but a compressed stream without its end.
async fn truncated_gzip() -> Response {
    let whole: &[u8] = include_bytes!("../../assets/encoded/page.html.gz");
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_ENCODING, "gzip"),
    ];
    (headers, &whole[..whole.len() / 2]).into_response()
}
