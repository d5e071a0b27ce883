//! An item on its way out, with an identity that survives a restart.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::fingerprint::Fingerprint;
use crate::item::AnyItem;

/// The identity of a record: the request it came from, and its place among that page's items.
///
/// A page that is fetched again yields the same ids, so consumers can tell a repetition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordId {
    /// The request.
    pub request: Fingerprint,
    /// 0 for the first item of the page.
    pub ordinal: u32,
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.request, self.ordinal)
    }
}

/// The place of a record in the outbox: 1 for the first, without gaps. 0 stands before all.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Sequence(pub u64);

/// One item with its identity and where it came from.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its identity.
    pub id: RecordId,
    /// The item with its real type.
    pub item: Arc<dyn AnyItem>,
    /// The URL of the page that it was found on.
    pub url: Arc<str>,
}
