//! Tables as their own tools see them: `sqlite3`, Python's `sqlite3` and `psql`.
#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

mod errors;
mod full;
mod postgres;
mod roundtrip;
mod row;
mod server;
mod sqlite;
mod suite;
mod tls;
