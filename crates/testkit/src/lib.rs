//! Scripted sites, simulated crawls and conformance suites for Huntsman.
//!
//! * [`FakeWeb`] is a transport that answers from a script, in the runtime's own time: with time
//!   paused, a crawl of hours takes milliseconds.
//! * [`SeededSite`] makes a whole web from a seed, and knows what a right crawl of it finds.
//! * [`Collect`] is a sink that keeps its records.
//! * [`Faulty`] is a writer that fails as disks do, and [`Room`] what is left of one.
//! * [`failpoints`] kill the process at named points.
//! * [`kafka`] is a real broker, with its data, and [`apicurio`] a real schema registry.
//! * `tls` (a feature) has certificates, and puts TLS before a server that has none.
//! * [`http`] reads requests for servers that answer by hand, and [`Price`] is an item for benchmarks.
//! * [`python`] and [`java`] fetch what judges ours: readers and writers that others wrote.
//! * [`needs_java`] marks tests that cannot run without Java.
//! * [`frontier_suite`], [`export_suite`] and [`fetch_suite`] hold implementations to their traits.

mod answer;
pub mod apicurio;
mod collect;
pub mod export_suite;
pub mod failpoints;
mod fake_web;
mod faulty;
pub mod fetch_suite;
pub mod frontier_suite;
pub mod http;
mod item;
pub mod java;
pub mod kafka;
mod maven;
mod price;
pub mod python;
mod seeded;
#[cfg(feature = "tls")]
pub mod tls;
mod visits;

pub use answer::Answer;
pub use collect::Collect;
pub use fake_web::FakeWeb;
pub use faulty::{Faulty, Room};
pub use huntsman_testkit_macros::needs_java;
pub use item::{OtherSample, Sample, sample_records};
pub use price::Price;
pub use seeded::{SeededSite, Shape};
pub use visits::{Visit, Visits};
