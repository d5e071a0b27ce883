//! Registries: what all of them do, and each of them against those that users trust.

#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]

mod agreed;
mod apicurio;
mod folder;
mod history;
mod http;
mod https;
mod java;
mod python;
mod rest;
#[path = "../../../avro/tests/schemas/rows.rs"]
mod rows;
#[path = "../../../avro/tests/schemas/rules.rs"]
mod rules;
mod served;
mod suite;
mod table;
