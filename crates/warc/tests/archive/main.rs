//! Archives written, torn, damaged, and read back.
#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

mod foreign;
mod peer;
mod recorder;
mod roundtrip;
mod sample;
mod torn;
