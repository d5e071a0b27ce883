//! The real `crawl` binary against sites on loopback, one topic a file. No real network, ever.

mod binary;
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
mod layers;
mod logs;
mod mistakes;
mod new;
mod outputs;
mod own_feeds;
mod private;
mod quarantine;
mod quotes;
mod replay;
mod report;
mod resolve;
mod schema;
mod select;
mod sinks;
mod site;
mod stop;
mod unreachable;
mod why;
