//! Where an upload stands, as a job keeps it: a line of JSON, then the first bytes of the object if
//! they are in a part, then those that are in none yet.

use std::fmt;

use huntsman_export::LOOK;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

const VERSION: u8 = 1;
/// So much of the beginning is kept. Compressed, it may take more than its first [`LOOK`] bytes to
/// hold as much.
const HEAD: usize = 4 * LOOK;

/// Where an upload stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UploadPosition {
    version: u8,
    pub(crate) bucket: String,
    pub(crate) key: String,
    /// The store's name for the upload.
    pub(crate) upload: String,
    pub(crate) mark: Mark,
    /// Bytes of each part but the last.
    pub(crate) part_size: usize,
    /// What the store answered to each part, in order.
    pub(crate) parts: Vec<String>,
    /// The length of `head`.
    head_len: usize,
    /// The first [`HEAD`] bytes, or all of the first part.
    #[serde(skip)]
    pub(crate) head: Vec<u8>,
    /// What has come since the last part: less than a part.
    #[serde(skip)]
    pub(crate) tail: Vec<u8>,
}

/// By what an object is known to have been made by an upload of ours: it is in its metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// Of the job, if there is one.
    job: String,
    /// Of all uploads of one output, in all runs.
    output: String,
    /// Of one of them: how often the object was begun anew.
    pub(crate) turn: u32,
}

/// The bytes are no position.
#[derive(Debug, Error)]
#[error("the position that the job kept for it is not readable")]
pub(crate) struct Unreadable;

impl UploadPosition {
    pub(crate) fn new(bucket: &str, key: &str, upload: &str, mark: Mark, part_size: usize) -> Self {
        Self {
            version: VERSION,
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            upload: upload.to_owned(),
            mark,
            part_size,
            parts: Vec::new(),
            head_len: 0,
            head: Vec::new(),
            tail: Vec::new(),
        }
    }

    /// Bytes in parts.
    pub(crate) fn sent(&self) -> u64 {
        self.parts.len() as u64 * self.part_size as u64
    }

    /// All bytes.
    pub(crate) fn len(&self) -> u64 {
        self.sent() + self.tail.len() as u64
    }

    /// The first bytes.
    pub(crate) fn look(&self) -> &[u8] {
        let known = if self.parts.is_empty() {
            &self.tail
        } else {
            &self.head
        };
        &known[..known.len().min(HEAD)]
    }

    /// What was the tail is a part.
    pub(crate) fn sent_as(&mut self, part: String, bytes: &[u8]) {
        if self.parts.is_empty() {
            self.head = bytes[..bytes.len().min(HEAD)].to_vec();
            self.head_len = self.head.len();
        }
        self.parts.push(part);
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).expect("it is text and numbers");
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.head);
        bytes.extend_from_slice(&self.tail);
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let end = bytes.iter().position(|&byte| byte == b'\n');
        let (line, rest) = bytes.split_at(end.ok_or(Unreadable)?);
        let position: Self = serde_json::from_slice(line).map_err(|_| Unreadable)?;
        let (head, tail) = rest[1..]
            .split_at_checked(position.head_len)
            .ok_or(Unreadable)?;
        if position.version != VERSION || position.part_size <= tail.len() {
            return Err(Unreadable);
        }
        Ok(Self {
            head: head.to_vec(),
            tail: tail.to_vec(),
            ..position
        })
    }
}

impl Mark {
    /// One that no other has, of a run of this job.
    pub(crate) fn new(job: Option<&str>) -> Self {
        use std::hash::{BuildHasher, RandomState};
        // The standard library's keys are random; so are the hashes of two of them.
        let draw = || RandomState::new().hash_one(std::process::id());
        Self {
            job: job.map(job_mark).unwrap_or_default(),
            output: format!("{:016x}{:016x}", draw(), draw()),
            turn: 0,
        }
    }

    /// Whether the text in an object's metadata is of the same output.
    pub(crate) fn is_of_same_output(&self, text: &str) -> bool {
        let same = format!("{}-{}-", self.job, self.output);
        text.starts_with(&same)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.job, self.output, self.turn)
    }
}

/// Whether the text in an object's metadata is of a run of this job.
pub(crate) fn is_of_job(text: &str, job: &str) -> bool {
    text.split_once('-')
        .is_some_and(|(of, _)| of == job_mark(job))
}

/// The name of a job as letters that metadata may have.
fn job_mark(job: &str) -> String {
    let hash = Sha256::digest(job);
    hash[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn positions_come_back(
            key in ".*",
            parts in prop::collection::vec(".*", 0..5),
            tail in prop::collection::vec(any::<u8>(), 0..50),
        ) {
            let mut position = UploadPosition::new("bucket", &key, "id\n\"", Mark::new(None), 50);
            for part in parts {
                position.sent_as(part, &tail);
            }
            position.tail = tail;
            let bytes = position.to_bytes();
            prop_assert_eq!(UploadPosition::from_bytes(&bytes).unwrap(), position);
        }

        #[test]
        fn other_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(UploadPosition::from_bytes(&bytes).is_err());
        }
    }

    #[test]
    fn a_tail_as_long_as_a_part_is_refused() {
        let mut position = UploadPosition::new("b", "k", "u", Mark::new(None), 3);
        position.tail = b"abc".to_vec();
        assert!(UploadPosition::from_bytes(&position.to_bytes()).is_err());
    }

    #[test]
    fn marks_differ() {
        let (one, other) = (Mark::new(Some("a-b")), Mark::new(Some("a-b")));
        assert!(!one.is_of_same_output(&other.to_string()));
        let later = Mark {
            turn: 1,
            ..one.clone()
        };
        assert!(one.is_of_same_output(&later.to_string()));
        assert_ne!(one.to_string(), later.to_string());
        assert!(is_of_job(&later.to_string(), "a-b"));
        assert!(!is_of_job(&later.to_string(), "a"));
        assert!(!is_of_job(&Mark::new(None).to_string(), ""));
    }
}
