//! Feeds as the engine uses them: formats in files, on devices and on standard output.
#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]

mod append;
mod content;
mod failure;
mod process;
mod python;
mod refusal;
mod replace;
mod roundtrip;
mod sample;

/// Where the derive finds the traits.
mod words {
    pub(crate) use ::erased_serde;
    pub(crate) use huntsman_core::*;
}
