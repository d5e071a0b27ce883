//! Redirects: which request follows a 3xx response.

use http::{HeaderMap, Method, StatusCode, header};
use url::Url;

use crate::host::same_origin;
use crate::request::Request;

/// The request that a redirect leads to; `None` when the response is no redirect.
///
/// After RFC 9110 §15.4 and the Fetch standard: 303 turns everything but `HEAD` into `GET`, 301 and
/// 302 turn `POST` into `GET`, 307 and 308 keep method and body. With the body go its header
/// fields; over an origin's border, credentials and cookies stay behind. A fragment is inherited
/// when the target has none. Page kind, priority, depth and `revisit` stay as they were.
///
/// # Errors
/// There is no readable target, or `limit` redirects were followed already.
///
/// ```
/// use huntsman_core::{HeaderMap, HeaderValue, Request, StatusCode, Url, redirect::redirected};
/// let request = Request::get(Url::parse("http://a.example/x").unwrap());
/// let mut headers = HeaderMap::new();
/// headers.insert("location", HeaderValue::from_static("/y"));
/// let next = redirected(&request, StatusCode::FOUND, &headers, 10).unwrap().unwrap();
/// assert_eq!(next.url.as_str(), "http://a.example/y");
/// assert_eq!(next.redirects.len(), 1);
/// ```
pub fn redirected(
    request: &Request,
    status: StatusCode,
    headers: &HeaderMap,
    limit: usize,
) -> Result<Option<Request>, String> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = headers.get(header::LOCATION) else {
        return Err(format!("{} without a Location", status.as_u16()));
    };
    // Servers send UTF-8 here though the field should be ASCII; what is not even that is lost.
    let location = std::str::from_utf8(location.as_bytes())
        .map_err(|_| "the Location is not readable text".to_owned())?;
    if request.redirects.len() >= limit {
        return Err(format!("more than {limit} in a row (fetch.max_redirects)"));
    }
    let url = target(&request.url, location)?;
    let mut next = request.clone();
    rewrite_method(&mut next, status);
    if !same_origin(&request.url, &url) {
        for name in [
            header::AUTHORIZATION,
            header::COOKIE,
            header::PROXY_AUTHORIZATION,
        ] {
            next.headers.remove(name);
        }
    }
    next.redirects.push(std::mem::replace(&mut next.url, url));
    Ok(Some(next))
}

fn target(from: &Url, location: &str) -> Result<Url, String> {
    let mut url = from
        .join(location.trim())
        .map_err(|error| format!("the Location {location:?} is no URL: {error}"))?;
    if url.fragment().is_none() {
        url.set_fragment(from.fragment());
    }
    Ok(url)
}

fn rewrite_method(next: &mut Request, status: StatusCode) {
    let to_get = match status.as_u16() {
        303 => next.method != Method::HEAD,
        301 | 302 => next.method == Method::POST,
        _ => false,
    };
    if !to_get {
        return;
    }
    next.method = Method::GET;
    next.body = bytes::Bytes::new();
    for name in [
        header::CONTENT_TYPE,
        header::CONTENT_LENGTH,
        header::CONTENT_ENCODING,
        header::CONTENT_LANGUAGE,
        header::CONTENT_LOCATION,
        header::TRANSFER_ENCODING,
    ] {
        next.headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn post() -> Request {
        let mut request = Request::get(Url::parse("http://a.example/form#f").unwrap());
        request.method = Method::POST;
        request.body = "a=1".into();
        request
            .headers
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        request
            .headers
            .insert(header::AUTHORIZATION, HeaderValue::from_static("secret"));
        request
            .headers
            .insert("x-mine", HeaderValue::from_static("1"));
        request
    }

    fn follow(request: &Request, status: u16, to: &str) -> Result<Option<Request>, String> {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::LOCATION,
            HeaderValue::from_bytes(to.as_bytes()).unwrap(),
        );
        redirected(request, StatusCode::from_u16(status).unwrap(), &headers, 3)
    }

    #[test]
    fn method_and_body_by_status() {
        for (status, method) in [
            (301, "GET"),
            (302, "GET"),
            (303, "GET"),
            (307, "POST"),
            (308, "POST"),
        ] {
            let next = follow(&post(), status, "/done").unwrap().unwrap();
            assert_eq!(next.method.as_str(), method, "{status}");
            assert_eq!(next.body.is_empty(), method == "GET", "{status}");
            assert_eq!(
                next.headers.contains_key(header::CONTENT_TYPE),
                method == "POST"
            );
            assert!(next.headers.contains_key("x-mine"));
        }
        let mut put = post();
        put.method = Method::PUT;
        assert_eq!(follow(&put, 302, "/").unwrap().unwrap().method, Method::PUT);
        assert_eq!(follow(&put, 303, "/").unwrap().unwrap().method, Method::GET);
        put.method = Method::HEAD;
        assert_eq!(
            follow(&put, 303, "/").unwrap().unwrap().method,
            Method::HEAD
        );
    }

    #[test]
    fn credentials_stay_on_their_origin() {
        let kept = follow(&post(), 307, "/x").unwrap().unwrap();
        assert!(kept.headers.contains_key(header::AUTHORIZATION));
        for to in [
            "https://a.example/x",
            "http://b.example/",
            "//a.example:81/",
        ] {
            let next = follow(&post(), 307, to).unwrap().unwrap();
            assert!(!next.headers.contains_key(header::AUTHORIZATION), "{to}");
        }
    }

    #[test]
    fn fragment_history_and_limit() {
        let mut request = post();
        for hop in 1..=3 {
            request = follow(&request, 308, &format!("/{hop}")).unwrap().unwrap();
            assert_eq!(request.redirects.len(), hop);
            assert_eq!(request.url.fragment(), Some("f"));
        }
        assert!(
            follow(&request, 308, "/4")
                .unwrap_err()
                .contains("more than 3")
        );
    }

    #[test]
    fn what_is_no_redirect() {
        assert_eq!(follow(&post(), 304, "/x"), Ok(None));
        assert_eq!(follow(&post(), 300, "/x"), Ok(None));
        assert!(follow(&post(), 301, "http://[").is_err());
        let none = redirected(&post(), StatusCode::FOUND, &HeaderMap::new(), 3);
        assert!(none.unwrap_err().contains("without a Location"));
    }
}
