//! The real `crawl` binary against sites on loopback, one topic a file. No real network, ever.

mod binary;
#[path = "../broker/mod.rs"]
mod broker;
mod brokers;
mod scratch;
mod servers;

mod again;
mod authors;
mod books;
mod contract;
mod diff;
mod faulty;
mod feeds;
mod fetch;
mod gates;
mod help;
mod job;
mod job_store;
mod kafka;
mod layers;
mod logs;
mod mistakes;
mod new;
mod outputs;
mod own_feeds;
mod private;
mod quarantine;
mod quotes;
mod registry;
mod replay;
mod report;
mod resolve;
mod schema;
mod secure;
mod seeds;
mod select;
mod sinks;
mod site;
mod stop;
mod tail;
mod unreachable;
mod why;
