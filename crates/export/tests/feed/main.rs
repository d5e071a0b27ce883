//! Feeds as the engine uses them: formats in files, on devices and on standard output.
#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]

mod append;
mod batches;
mod busy;
mod compressed;
mod content;
mod failure;
mod own_place;
mod process;
mod python;
mod refusal;
mod replace;
mod replay;
mod resume;
mod roundtrip;
mod sample;

/// Where the derive finds the traits.
mod words {
    pub(crate) use ::erased_serde;
    pub(crate) use huntsman_core::*;
}
