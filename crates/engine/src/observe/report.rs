//! The report of a run: what `crawl` prints at the end and writes with `--report`.

use std::collections::BTreeMap;

use huntsman_core::Findings;
use serde::{Deserialize, Serialize};

use super::gates::Gate;

/// What a run did. Serializes to the JSON of `--report`; times are in seconds unless their name
/// says otherwise.
///
/// In a crawl with a job, counters are those of all its runs. A run that was killed has counted what
/// was under way; the next one fetches it again, and counts it again. What was committed is counted
/// once: items and rejected ones.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Report {
    /// The spider's name.
    pub spider: String,
    /// How it ended.
    #[serde(skip_deserializing)]
    pub finish: Finish,
    /// Runs of the job, this one included; 1 without a job.
    pub runs: u64,
    /// Wall time from the first lease to the last delivery, summed over the runs.
    pub seconds: f64,
    /// Pages that the spider parsed.
    pub pages: u64,
    /// Pages that are what they were in an earlier round of the job, and were not parsed again.
    pub unchanged: u64,
    /// Responses of whatever status, redirects and retried ones too; not those for robots.txt.
    pub responses: u64,
    /// Bytes of bodies after decompression.
    pub bytes: u64,
    /// Responses by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Items that were committed.
    pub items: u64,
    /// Items that the spider yielded, before refinement.
    pub items_yielded: u64,
    /// Items dropped in refinement, by reason.
    pub dropped: BTreeMap<String, u64>,
    /// Items that broke a rule and did not go on, by the first rule that they broke.
    pub rejected: BTreeMap<String, u64>,
    /// Of those, items that were committed to the quarantine.
    pub quarantined: u64,
    /// What the contract found, if there is one.
    #[serde(skip_deserializing)]
    pub findings: Option<Findings>,
    /// The gates that are set, passed or not.
    #[serde(skip_deserializing)]
    pub gates: Vec<Gate>,
    /// Requests admitted to the frontier.
    pub admitted: u64,
    /// Links to what was known already.
    pub duplicates: u64,
    /// Links refused, by rule.
    pub refused: BTreeMap<String, u64>,
    /// Links that could not be joined.
    pub bad_links: u64,
    /// Redirects followed.
    pub redirects: u64,
    /// Retries, by reason.
    pub retries: BTreeMap<String, u64>,
    /// Requests given up, by reason.
    pub failed: BTreeMap<String, u64>,
    /// Pages that the spider could not parse.
    pub parse_failed: u64,
    /// The same by the first line of the reason.
    pub parse_failures: BTreeMap<String, u64>,
    /// Requests that were queued or under way when a stop or a limit ended the crawl.
    pub left: u64,
    /// By host: at most 1,000 rows and one for the rest.
    pub hosts: BTreeMap<String, HostReport>,
    /// By sink, in the order in which they were added.
    #[serde(skip_deserializing)]
    pub sinks: Vec<SinkReport>,
}

impl Report {
    pub(super) fn offered(&mut self, new: u64, known: u64) {
        self.admitted += new;
        self.duplicates += known;
    }
}

/// One host of a report.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct HostReport {
    /// Pages parsed.
    pub pages: u64,
    /// Pages that have not changed since an earlier round of the job.
    pub unchanged: u64,
    /// Responses of whatever status.
    pub responses: u64,
    /// Bytes after decompression.
    pub bytes: u64,
    /// Sum of the times from sending to the last byte, in milliseconds.
    pub latency_ms: f64,
    /// Retries.
    pub retries: u64,
    /// Requests given up.
    pub failed: u64,
    /// Pages that could not be parsed.
    pub parse_failed: u64,
}

/// One sink of a report.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct SinkReport {
    /// The place as it was given.
    pub name: String,
    /// Whether it takes rejected items, and not those that the crawl is for.
    pub quarantine: bool,
    /// Records that it took.
    pub records: u64,
    /// Records that it left out, as it was asked to: those of other types, those that a filter is
    /// against.
    pub skipped: u64,
    /// Bytes that it wrote, where it counts them.
    pub bytes: u64,
    /// What it promises: `exactly once`, `at least once`; in a crawl without a job, what holds
    /// while the process lives.
    pub guarantee: &'static str,
    /// Why it failed, if it did.
    pub error: Option<String>,
}

/// How a run ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Finish {
    /// Nothing was left to do.
    #[default]
    Finished,
    /// The user stopped it.
    Stopped,
    /// A limit of the settings was reached: its key.
    Limit(String),
    /// More than `refine.max_rejected` of the items were rejected: how many, of how many.
    Rejected {
        /// Items that were rejected.
        rejected: u64,
        /// Items that were judged.
        judged: u64,
    },
    /// A sink failed.
    SinkFailed {
        /// Its name.
        sink: String,
        /// Its reason.
        reason: String,
    },
    /// The source of start URLs failed.
    SeedsFailed {
        /// Its reason.
        reason: String,
    },
}

impl std::fmt::Display for Finish {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Finished => f.write_str("finished"),
            Self::Stopped => f.write_str("stopped by the user"),
            Self::Limit(key) => write!(f, "stopped at {key}"),
            Self::Rejected { rejected, judged } => write!(
                f,
                "stopped at refine.max_rejected, {rejected} of {judged} items rejected"
            ),
            Self::SeedsFailed { .. } => f.write_str("the source of start URLs failed"),
            Self::SinkFailed { sink, .. } => write!(f, "the sink {sink} failed"),
        }
    }
}
