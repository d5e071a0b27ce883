//! What becomes of a fetched request: pure.

use std::time::Duration;

use huntsman_core::redirect::redirected;
use huntsman_core::retry::{RetryPolicy, is_retriable, retry_after};
use huntsman_core::{FetchError, Method, RawResponse, Request, Timestamp};

use crate::settings::{Settings, Statuses};

/// The settings that decide a fate.
#[derive(Debug, Clone)]
pub(crate) struct FetchRules {
    pub(crate) retry: RetryPolicy,
    max_redirects: usize,
    statuses: Statuses,
}

/// What becomes of a fetched request.
#[derive(Debug)]
pub(crate) enum Fate {
    /// The spider gets it.
    Parse(RawResponse),
    /// This request takes its place.
    Follow(Box<Request>),
    /// It is tried again after this time, and the whole host waits so long if the server asked.
    Retry {
        error: FetchError,
        after: Duration,
        host_too: bool,
    },
    /// The spider hears that it failed.
    GiveUp(FetchError),
}

impl FetchRules {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            retry: settings.fetch.retry(),
            max_redirects: settings.fetch.max_redirects,
            statuses: settings.parse.statuses.clone(),
        }
    }

    pub(crate) fn fate(
        &self,
        request: &Request,
        tried: u32,
        result: Result<RawResponse, FetchError>,
        now: Timestamp,
    ) -> Fate {
        let response = match result {
            Ok(response) => response,
            Err(error) => return self.retry(error, tried, None),
        };
        if is_retriable(response.status) {
            let asked = retry_after(&response.headers, now);
            let error = FetchError::Status(response.status);
            return match self.retry(error, tried, asked) {
                // The retries are used up; who wants such statuses gets the last answer.
                Fate::GiveUp(_) if self.statuses.contains(response.status) => Fate::Parse(response),
                fate => fate,
            };
        }
        match redirected(
            request,
            response.status,
            &response.headers,
            self.max_redirects,
        ) {
            Ok(Some(next)) => Fate::Follow(Box::new(marked(next, request))),
            Err(reason) => Fate::GiveUp(FetchError::Redirect(reason)),
            Ok(None) if self.statuses.contains(response.status) => Fate::Parse(response),
            Ok(None) => Fate::GiveUp(FetchError::Status(response.status)),
        }
    }

    fn retry(&self, error: FetchError, tried: u32, asked: Option<Duration>) -> Fate {
        match self.retry.wait(&error, tried, asked) {
            Some(after) => Fate::Retry {
                error,
                after,
                host_too: asked.is_some(),
            },
            None => Fate::GiveUp(error),
        }
    }
}

/// A redirect is a found request and so fetched once only, with two exceptions: the answer to a
/// form is wanted even if its page is known, and a site that sets a cookie and sends back to the
/// same URL must be followed there (the limit ends its loop).
fn marked(mut next: Request, from: &Request) -> Request {
    let target = next.fingerprint();
    let been_there = next.redirects.iter().any(|url| {
        Request {
            url: url.clone(),
            ..next.clone()
        }
        .fingerprint()
            == target
    });
    next.revisit |= from.method != Method::GET || been_there;
    next
}

#[cfg(test)]
mod tests {
    use huntsman_core::{HeaderValue, StatusCode, Url};

    use super::*;

    fn request() -> Request {
        Request::get(Url::parse("http://a.example/x").unwrap())
    }

    fn answer(status: u16, header: Option<(&'static str, &'static str)>) -> RawResponse {
        let mut raw = RawResponse::ok(request().url, "");
        raw.status = StatusCode::from_u16(status).unwrap();
        if let Some((name, value)) = header {
            raw.headers.insert(name, HeaderValue::from_static(value));
        }
        raw
    }

    fn fate(tried: u32, raw: RawResponse) -> Fate {
        FetchRules::new(&Settings::default()).fate(&request(), tried, Ok(raw), Timestamp(0))
    }

    #[test]
    fn each_status_has_its_fate() {
        assert!(matches!(fate(0, answer(200, None)), Fate::Parse(_)));
        assert!(matches!(
            fate(0, answer(404, None)),
            Fate::GiveUp(FetchError::Status(_))
        ));
        assert!(matches!(
            fate(0, answer(503, None)),
            Fate::Retry {
                host_too: false,
                ..
            }
        ));
        assert!(matches!(
            fate(2, answer(503, None)),
            Fate::GiveUp(FetchError::Status(_))
        ));
        assert!(matches!(
            fate(0, answer(302, None)),
            Fate::GiveUp(FetchError::Redirect(_))
        ));
        let asked = fate(0, answer(429, Some(("retry-after", "30"))));
        let Fate::Retry {
            after,
            host_too: true,
            ..
        } = asked
        else {
            panic!("{asked:?}")
        };
        assert_eq!(after, Duration::from_secs(30));
    }

    #[test]
    fn who_wants_errors_gets_them_after_the_retries() {
        let mut settings = Settings::default();
        settings.parse.statuses = Statuses::all();
        let rules = FetchRules::new(&settings);
        let fate =
            |tried, status| rules.fate(&request(), tried, Ok(answer(status, None)), Timestamp(0));
        assert!(matches!(fate(0, 404), Fate::Parse(_)));
        assert!(matches!(fate(0, 500), Fate::Retry { .. }));
        assert!(matches!(fate(2, 500), Fate::Parse(_)));
    }

    #[test]
    fn a_redirect_back_to_itself_is_followed() {
        let Fate::Follow(next) = fate(0, answer(302, Some(("location", "/x")))) else {
            panic!()
        };
        assert!(next.revisit);
        let Fate::Follow(next) = fate(0, answer(302, Some(("location", "/y")))) else {
            panic!()
        };
        assert!(!next.revisit);
    }
}
