//! What formats write is read by others: field by field equal, for items of any type.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "the lints look only for test functions"
)]

mod big;
mod data;
mod going_on;
mod judge;
mod property;
mod random;
mod refused;
mod speed;
mod visit;
mod write;

/// Where the derive finds the traits.
mod words {
    pub(crate) use ::erased_serde;
    pub(crate) use huntsman_core::*;
}
