//! Items in topics of a real broker, and of a mock that makes faults.

#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]

mod away;
mod batches;
mod between;
mod faults;
mod forms;
mod front;
mod guarded;
mod https;
mod java;
mod logins;
mod lost;
mod messages;
mod mock;
mod oidc;
mod opening;
mod python;
mod read;
mod schemas;
mod signer;
mod suite;
mod tls;
mod topic;
