//! A durable frontier: the job folder of a crawl that can be killed at any moment and resumed.
//!
//! [`Store::open`] begins or resumes the job in a folder. The store is one file of an embedded
//! database with transactions; queues, seen requests, the outbox and the positions of sinks
//! are all in it, and a settlement is one transaction. In memory are hosts, leases, the front of
//! each host's queue and the database's cache, so that a job may be larger than memory.
//!
//! [`show`] says how far a job is, and [`why`] what became of a URL, also while it runs;
//! [`provenance`] says where each item is from; [`check`] reads all of it, and [`repair`] makes a
//! sound store of a damaged one; [`export`] writes its rows as JSON.

mod about;
mod again;
mod announced;
mod ask;
mod bytes;
mod check;
mod commit;
mod error;
mod facts;
mod group;
mod guard;
mod history;
mod host;
mod hosts;
mod index;
mod item;
mod lock;
mod lookup;
mod mark;
mod moved;
mod moves;
mod open;
mod options;
mod outbox;
mod plan;
mod provenance;
mod queue;
mod read;
mod repair;
mod request;
mod seen;
mod store;
mod submit;
mod tables;
mod types;
mod why;
mod writer;

#[cfg(test)]
mod tests;

pub use ask::why;
pub use check::{Report, check, show};
pub use error::StoreError;
pub use facts::{Facts, HostFacts};
pub use item::Stored;
pub use options::{Again, Options};
pub use provenance::{Provenance, provenance};
pub use repair::{Repaired, export, repair};
pub use store::Store;
pub use why::{Attempt, Link, Question, QueuedAs, RefusedOn, Standing, Why};
