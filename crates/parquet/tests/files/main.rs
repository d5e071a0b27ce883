//! Files as others read them.
#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]

mod expected;
mod feed;
mod items;
mod own;
mod peers;
mod random;
mod refusal;
mod rows;
mod types;

/// Where the derive finds the traits.
mod words {
    pub(crate) use ::erased_serde;
    pub(crate) use huntsman_core::*;
}
