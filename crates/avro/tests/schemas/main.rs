//! Schemas: which reads which, by the rules one by one, and all that others can judge too.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "the lints look only for test functions"
)]

mod fastavro;
mod generate;
mod hostile;
mod java;
mod modes;
mod rows;
mod rules;
mod told;
mod vectors;
