//! What became of a request, as a job remembers it.

use std::borrow::Cow;
use std::fmt;

use http::{HeaderValue, Method, StatusCode, header};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::admit::Refusal;
use crate::request::Request;
use crate::response::RawResponse;

/// The SHA-256 of some bytes.
///
/// ```
/// use huntsman_core::frontier::Digest;
/// // printf abc | sha256sum
/// let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
/// assert_eq!(Digest::of(b"abc").to_string(), abc);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// A response as a job remembers it: enough to ask a server whether it has changed since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Bytes of the body, decompressed.
    pub length: u64,
    /// The digest of the body, decompressed.
    pub digest: Digest,
    /// The validator `ETag` (RFC 9110 §8.8.3).
    pub etag: Option<HeaderValue>,
    /// The validator `Last-Modified` (RFC 9110 §8.8.2).
    pub last_modified: Option<HeaderValue>,
}

impl Answer {
    /// What is remembered of this response.
    #[must_use]
    pub fn of(response: &RawResponse) -> Self {
        let validator = |name| response.headers.get(name).cloned();
        Self {
            status: response.status,
            length: response.body.len() as u64,
            digest: Digest::of(&response.body),
            etag: validator(header::ETAG),
            last_modified: validator(header::LAST_MODIFIED),
        }
    }

    /// Makes `request` a conditional one (RFC 9110 §13): the server answers 304 if it has nothing
    /// new. Only `GET` and `HEAD` become so, and conditions of the request's own stay.
    ///
    /// ```
    /// use huntsman_core::frontier::Answer;
    /// use huntsman_core::{HeaderValue, RawResponse, Request, Url};
    /// let url = Url::parse("http://example.com/").unwrap();
    /// let mut response = RawResponse::ok(url.clone(), "hello");
    /// response.headers.insert("etag", HeaderValue::from_static("\"1\""));
    /// let mut request = Request::get(url);
    /// Answer::of(&response).ask_for_newer(&mut request);
    /// assert_eq!(request.headers["if-none-match"], "\"1\"");
    /// ```
    pub fn ask_for_newer(&self, request: &mut Request) {
        let own = [
            header::IF_NONE_MATCH,
            header::IF_MODIFIED_SINCE,
            header::RANGE,
        ];
        let has_own = own.iter().any(|name| request.headers.contains_key(name));
        if has_own || !matches!(request.method, Method::GET | Method::HEAD) {
            return;
        }
        if let Some(etag) = &self.etag {
            request.headers.insert(header::IF_NONE_MATCH, etag.clone());
        }
        if let Some(time) = &self.last_modified {
            let name = header::IF_MODIFIED_SINCE;
            request.headers.insert(name, time.clone());
        }
    }
}

/// What became of a leased request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Fetched, and parsed by the spider.
    Parsed(Answer),
    /// The same as in an earlier round of the job, and so not parsed again.
    Unchanged(Answer),
    /// Fetched, and the spider could not parse it, or a step failed.
    NotParsed {
        /// The response; none if that was lost with the failure.
        answer: Option<Answer>,
        /// What the spider said.
        reason: String,
    },
    /// It leads to another one, which was found with it.
    Redirected {
        /// The other one.
        to: Url,
    },
    /// A rule was against it once it was known well enough: robots.txt, above all.
    Refused {
        /// The rule's name.
        rule: Cow<'static, str>,
        /// What offends it.
        reason: Cow<'static, str>,
    },
    /// Given up.
    Failed {
        /// Why.
        reason: String,
    },
    /// It failed, and is tried again.
    Retried {
        /// Why.
        reason: String,
    },
}

impl From<Refusal> for Outcome {
    fn from(refusal: Refusal) -> Self {
        Self::Refused {
            rule: Cow::Borrowed(refusal.rule),
            reason: refusal.reason,
        }
    }
}

/// What a job remembers of the end of a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What became of the request.
    pub outcome: Outcome,
    /// Links of its page that rules were against.
    pub refused: Vec<(Url, Refusal)>,
}

impl From<Outcome> for Account {
    /// Of a page without refused links.
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            refused: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_with_conditions_of_its_own_and_a_form_stay_as_they_are() {
        let url = Url::parse("http://a.example/").unwrap();
        let mut response = RawResponse::ok(url.clone(), "");
        let value = HeaderValue::from_static("Wed, 21 Oct 2015 07:28:00 GMT");
        response.headers.insert(header::LAST_MODIFIED, value);
        let answer = Answer::of(&response);
        let mut plain = Request::get(url);
        answer.ask_for_newer(&mut plain);
        assert!(plain.headers.contains_key(header::IF_MODIFIED_SINCE));
        assert!(!plain.headers.contains_key(header::IF_NONE_MATCH));
        let mut own = plain.clone();
        own.headers
            .insert(header::IF_MODIFIED_SINCE, HeaderValue::from_static("x"));
        let before = own.clone();
        answer.ask_for_newer(&mut own);
        assert_eq!(own, before);
        let mut form = Request {
            method: Method::POST,
            headers: http::HeaderMap::new(),
            ..plain
        };
        answer.ask_for_newer(&mut form);
        assert!(form.headers.is_empty());
    }
}
