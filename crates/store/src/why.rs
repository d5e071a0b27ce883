//! Why a page is there, or is not: the question and its answer.

use huntsman_core::{Fingerprint, Request, Timestamp, Url};
use serde::{Deserialize, Serialize};

/// What is asked for: a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Question {
    pub(crate) url: Option<String>,
    pub(crate) request: Fingerprint,
}

impl Question {
    /// The request for this URL, in whatever spelling; those of other methods too, in this spelling.
    ///
    /// # Errors
    /// Why it is no absolute URL.
    pub fn url(text: &str) -> Result<Self, String> {
        let mut url = Url::parse(text).map_err(|error| format!("{text:?} is no URL: {error}"))?;
        url.set_fragment(None);
        let request = Request::get(url);
        Ok(Self {
            request: request.fingerprint(),
            url: Some(request.url.into()),
        })
    }

    /// The request with this identity: the one that a record's id begins with.
    #[must_use]
    pub fn request(request: Fingerprint) -> Self {
        Self { url: None, request }
    }

    pub(crate) fn is(&self, request: Fingerprint, url: &str) -> bool {
        self.request == request || self.url.as_deref() == Some(url)
    }
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The spider's name.
    pub spider: String,
    /// The version of the spider.
    pub version: String,
    /// The URL as the job knows it; as it was asked for, if it does not.
    pub url: String,
    /// The URL that was asked for, where that is another spelling of the same.
    pub same_as: Option<String>,
    /// How things stand.
    pub standing: Standing,
    /// The page kind as JSON.
    pub page: Option<String>,
    /// Set while it is queued.
    pub queued: Option<QueuedAs>,
    /// Since when it has been leased, while it is.
    pub leased: Option<Timestamp>,
    /// Each end of a lease, the first one first.
    pub attempts: Vec<Attempt>,
    /// The pages by which it was found, from the seed to the page itself; where it was refused, to
    /// the page with the link.
    pub chain: Vec<Link>,
    /// Links to it that rules were against, the latest first; at most 20. The same one is not named
    /// for each page that has it.
    pub refused: Vec<RefusedOn>,
}

/// How things stand with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Fetched and parsed.
    Parsed,
    /// What it was in an earlier round of the job.
    Unchanged,
    /// Fetched, and the spider could not parse it.
    NotParsed,
    /// It led to another URL.
    Redirected,
    /// A rule was against it.
    Refused,
    /// Given up.
    Failed,
    /// To be fetched.
    Queued,
    /// Under way.
    Leased,
    /// The job has never seen it.
    Unknown,
}

/// Where a request waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuedAs {
    /// Higher is leased earlier.
    pub priority: i32,
    /// How often it was tried.
    pub tried: u32,
    /// Requests of its host that are leased before it; none where it waits for a time of its own.
    pub ahead: Option<u64>,
    /// It is not fetched before this time.
    pub not_before: Timestamp,
}

/// The end of a lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it was settled.
    pub at: Timestamp,
    /// In which round of the job.
    pub round: u64,
    /// How often the request was tried before, in this round.
    pub tried: u32,
    /// How it ended: `parsed`, `unchanged`, `not_parsed`, `redirected`, `refused`, `failed`,
    /// `retried`.
    pub end: String,
    /// Why it failed, or was refused.
    pub reason: Option<String>,
    /// The rule that was against it.
    pub rule: Option<String>,
    /// Where it led to.
    pub to: Option<String>,
    /// The status of the response.
    pub status: Option<u16>,
    /// Bytes of the body, decompressed.
    pub length: Option<u64>,
    /// The body's SHA-256.
    pub digest: Option<String>,
    /// The response's `ETag`.
    pub etag: Option<String>,
    /// The response's `Last-Modified`.
    pub last_modified: Option<String>,
    /// Records that it gave, for the quarantine too.
    pub records: u64,
    /// The place of the first of them in the outbox.
    pub first_record: Option<u64>,
}

/// One page of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its URL.
    pub url: String,
    /// URLs that redirected to it, the first one first.
    pub redirects: Vec<String>,
    /// When it was settled; none if it is not.
    pub at: Option<Timestamp>,
}

/// A link that a rule was against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedOn {
    /// The page with the link.
    pub page: String,
    /// The rule.
    pub rule: String,
    /// What offends it.
    pub reason: String,
    /// When that page was settled.
    pub at: Timestamp,
}
