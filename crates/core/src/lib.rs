//! The words and the traits of Huntsman, and its pure rules.
//!
//! This crate is what a third party implements against: a transport implements [`Fetch`], a
//! frontier [`Frontier`], a sink [`Export`]. It has no runtime, no TLS and no HTML in it, and it
//! never reads a clock: every rule that depends on time takes `now`.
//!
//! A request lives through seven verbs: admit → lease → fetch → parse → refine → settle → deliver.

pub mod address;
pub mod admit;
pub mod canonical;
pub mod contract;
pub mod export;
pub mod failpoint;
pub mod fetch;
pub mod fingerprint;
pub mod frontier;
pub mod host;
pub mod item;
pub mod lasting;
pub mod nearest;
pub mod observe;
pub mod pace;
pub mod quarantine;
pub mod record;
pub mod redirect;
pub mod refine;
pub mod request;
pub mod response;
pub mod retry;
pub mod robots;
pub mod schema;
pub mod time;
pub mod violation;
pub mod visit;

pub use admit::{Admit, Refusal};
pub use contract::{Contract, Findings, Judgement};
pub use export::{Export, ExportError, Guarantee, Opening, Position};
pub use fetch::{Fetch, FetchError, Layer, Next};
pub use fingerprint::Fingerprint;
pub use frontier::{Frontier, FrontierError};
pub use host::HostKey;
pub use item::{AnyItem, Item, Stream};
pub use lasting::Lasting;
pub use observe::{Event, Observe};
pub use quarantine::Rejected;
pub use record::{Record, RecordId, Sequence};
pub use refine::{Refine, RefineError, Source, Verdict};
pub use request::{Candidate, Request};
pub use response::RawResponse;
pub use schema::{Attribute, Field, FieldType, Kind, Logical, Schema, Symbols};
pub use time::Timestamp;
pub use violation::Violation;

pub use bytes::Bytes;
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
pub use url::Url;
