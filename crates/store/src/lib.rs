//! A durable frontier: the job folder of a crawl that can be killed at any moment and resumed.
//!
//! [`Store::open`] begins or resumes the job in a folder. The store is one file of an embedded
//! database with transactions; queues, seen requests, the outbox and the positions of sinks
//! are all in it, and a settlement is one transaction. In memory are hosts, leases, the front of
//! each host's queue and the database's cache, so that a job may be larger than memory.
//!
//! [`show`] says how far a job is, also while it runs; [`check`] reads all of it.

mod about;
mod bytes;
mod check;
mod commit;
mod error;
mod facts;
mod group;
mod guard;
mod host;
mod index;
mod item;
mod lock;
mod open;
mod options;
mod outbox;
mod queue;
mod request;
mod seen;
mod store;
mod tables;
mod types;
mod values;
mod writer;

#[cfg(test)]
mod tests;

pub use check::{Report, check, show};
pub use error::StoreError;
pub use facts::{Facts, HostFacts};
pub use item::Stored;
pub use options::Options;
pub use store::Store;
