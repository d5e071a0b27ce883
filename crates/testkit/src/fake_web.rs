//! A transport that answers from a script.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use huntsman_core::canonical::canonical;
use huntsman_core::{Fetch, FetchError, RawResponse, Request, Url};
use tokio::time::Instant;

use crate::answer::{Answer, What};
use crate::visits::Visits;

/// A web that is a script: each URL answers what it was told to, after its latency in the
/// runtime's time. What it was not told is a 404.
///
/// ```
/// use huntsman_core::{Fetch, Request, Url};
/// use huntsman_testkit::{Answer, FakeWeb};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let web = FakeWeb::new()
///     .html("http://a.example/", "<p>hello")
///     .page("http://a.example/busy", [Answer::status(503), Answer::html("at last")]);
/// let visits = web.visits();
/// let get = |url| web.fetch(Request::get(Url::parse(url).unwrap()));
/// assert_eq!(get("http://a.example/").await.unwrap().body, "<p>hello");
/// assert_eq!(get("http://a.example/busy").await.unwrap().status, 503);
/// assert_eq!(get("http://a.example/busy").await.unwrap().status, 200);
/// assert_eq!(visits.urls().len(), 3);
/// # }
/// ```
#[derive(Debug)]
pub struct FakeWeb {
    pages: Mutex<HashMap<String, VecDeque<Answer>>>,
    latency: Duration,
    started: Mutex<Option<Instant>>,
    visits: Visits,
}

impl FakeWeb {
    /// An empty web without latency.
    #[must_use]
    pub fn new() -> Self {
        Self {
            pages: Mutex::default(),
            latency: Duration::ZERO,
            started: Mutex::default(),
            visits: Visits::default(),
        }
    }

    /// How long an answer takes that says nothing else.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// A page of HTML.
    #[must_use]
    pub fn html(self, url: &str, body: &str) -> Self {
        self.page(url, [Answer::html(body.to_owned())])
    }

    /// The robots.txt of an origin, given as `http://host`.
    #[must_use]
    pub fn robots(self, origin: &str, text: &str) -> Self {
        self.page(
            &format!("{origin}/robots.txt"),
            [Answer::status(200).body(text.to_owned())],
        )
    }

    /// Answers for one URL, in turn; the last one stays.
    ///
    /// # Panics
    /// When `url` is none.
    #[must_use]
    pub fn page(self, url: &str, answers: impl IntoIterator<Item = Answer>) -> Self {
        let key = key(&Url::parse(url).expect("the script has a valid URL"));
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.insert(key, answers.into_iter().collect());
        drop(pages);
        self
    }

    /// The log of what is asked for.
    #[must_use]
    pub fn visits(&self) -> Visits {
        self.visits.clone()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "it is a clock itself, in the runtime's time"
    )]
    fn elapsed(&self) -> Duration {
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        started.get_or_insert_with(Instant::now).elapsed()
    }

    fn answer(&self, url: &Url) -> Answer {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        match pages.get_mut(&key(url)) {
            None => Answer::status(404),
            Some(answers) if answers.len() > 1 => {
                answers.pop_front().unwrap_or(Answer::status(404))
            }
            Some(answers) => answers.front().cloned().unwrap_or(Answer::status(404)),
        }
    }
}

impl Default for FakeWeb {
    fn default() -> Self {
        Self::new()
    }
}

fn key(url: &Url) -> String {
    canonical(url).into_owned()
}

#[async_trait]
impl Fetch for FakeWeb {
    async fn fetch(&self, request: Request) -> Result<RawResponse, FetchError> {
        let url = request.url.clone();
        let visit = self.visits.begin(request, self.elapsed());
        let answer = self.answer(&url);
        let latency = answer.latency.unwrap_or(self.latency);
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        self.visits.end(visit, self.elapsed());
        match answer.what {
            What::Response {
                status,
                headers,
                body,
            } => Ok(RawResponse {
                status,
                headers,
                ..RawResponse::ok(url, body)
            }),
            What::Error(error) => Err(error),
            What::Panic => panic!("the script says so"),
        }
    }
}
