//! Fetching robots.txt: beside the crawl's own requests, through the same layers and transport.

use huntsman_core::redirect::redirected;
use huntsman_core::robots::robots_url;
use huntsman_core::{Bytes, FetchError, HeaderMap, Request, StatusCode};

use super::{Stack, guarded};

/// Redirects that are followed, whatever the origin (RFC 9309 §2.3.1.2).
const MAX_REDIRECTS: usize = 5;

/// What came for robots.txt.
#[derive(Debug)]
pub(crate) struct RobotsAnswer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The request for the robots.txt that governs `request`. It has the same standing: what is no
/// seed must not reach a private address by way of its robots.txt.
pub(crate) fn robots_request(request: &Request) -> Request {
    Request {
        found_on: request.found_on.clone(),
        redirects: request.redirects.clone(),
        ..Request::get(robots_url(&request.url))
    }
}

/// Fetches it, following redirects. Too many of them mean that there is none.
pub(crate) async fn fetch_robots(
    stack: &Stack,
    mut request: Request,
) -> Result<RobotsAnswer, FetchError> {
    let before = request.redirects.len();
    loop {
        let response = guarded(stack.fetch(request.clone())).await?;
        let limit = before + MAX_REDIRECTS;
        match redirected(&request, response.status, &response.headers, limit) {
            Ok(Some(next)) => request = next,
            Ok(None) => {
                return Ok(RobotsAnswer {
                    status: response.status,
                    headers: response.headers,
                    body: response.body,
                });
            }
            Err(_) => {
                return Ok(RobotsAnswer {
                    status: StatusCode::NOT_FOUND,
                    headers: HeaderMap::new(),
                    body: Bytes::new(),
                });
            }
        }
    }
}
