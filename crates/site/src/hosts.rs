//! Which site answers: chosen by the host the client names.

use std::convert::Infallible;
use std::path::PathBuf;

use axum::Router;
use axum::body::Body;
use axum::response::{Html, Response};
use axum::routing::get;
use http::{Request, header};
use tower_service::Service;

use crate::hits::Hits;
use crate::page::not_found;
use crate::{SiteError, books, faulty, folder, quotes};

/// The stand-in for the public site of quotations.
pub(crate) const QUOTES: &str = "quotes.toscrape.com";
/// The stand-in for the public bookshop.
pub(crate) const BOOKS: &str = "books.toscrape.com";
/// The site that misbehaves; `.test` is reserved and never resolves in public (RFC 6761).
pub(crate) const FAULTY: &str = "faulty.test";

const INDEX: &str = include_str!("../assets/index.html");

/// The sites of a server by host name, and the one for any other host.
#[derive(Debug)]
pub(crate) struct Hosts {
    named: Vec<(&'static str, Router)>,
    other: Router,
}

impl Hosts {
    /// The three practice sites.
    pub(crate) fn practice() -> Self {
        let named = vec![
            (QUOTES, quotes::router()),
            (BOOKS, books::router()),
            (FAULTY, faulty::router()),
        ];
        let other = Router::new()
            .route("/", get(async || Html(INDEX)))
            .fallback(not_found);
        Self { named, other }
    }

    /// One folder under every host name.
    pub(crate) fn folder(folder: PathBuf) -> Result<Self, SiteError> {
        Ok(Self {
            named: Vec::new(),
            other: folder::router(folder)?,
        })
    }

    /// Counts the request and has its site answer it.
    pub(crate) async fn answer<B>(
        &self,
        request: Request<B>,
        hits: &Hits,
    ) -> Result<Response, Infallible>
    where
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let host = host_of(&request);
        hits.count(&host, request.uri().path());
        let named = self.named.iter().find(|(name, _)| *name == host);
        let mut site = named.map_or(&self.other, |(_, site)| site).clone();
        site.call(request.map(Body::new)).await
    }
}

/// The host of the request target in absolute form, else of the `Host` header (RFC 9112 §3.2),
/// in lower case and without the port; empty where the client names none.
fn host_of<B>(request: &Request<B>) -> String {
    let header = || {
        request
            .headers()
            .get(header::HOST)
            .and_then(|value| value.to_str().ok())
    };
    let authority = request
        .uri()
        .authority()
        .map(|authority| authority.as_str())
        .or_else(header);
    let authority = authority.unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let port = host
        .rfind(':')
        .filter(|colon| !host[*colon..].contains(']'));
    host[..port.unwrap_or(host.len())].to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(target: &str, header: Option<&str>) -> String {
        let mut request = Request::builder().uri(target);
        if let Some(header) = header {
            request = request.header("host", header);
        }
        host_of(&request.body(()).unwrap())
    }

    #[test]
    fn the_host_is_taken_without_port_and_in_lower_case() {
        assert_eq!(host("/", Some("Quotes.ToScrape.com:8080")), QUOTES);
        assert_eq!(host("/", Some("[::1]:80")), "[::1]");
        assert_eq!(host("/", Some("[::1]")), "[::1]");
        assert_eq!(host("/", None), "");
        assert_eq!(
            host("http://books.toscrape.com:80/x", Some("other.test")),
            BOOKS
        );
    }
}
