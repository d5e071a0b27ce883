//! The real `crawl` binary against sites on loopback, one topic a file. No real network, ever.

mod binary;
mod scratch;
mod servers;

mod authors;
mod books;
mod contract;
mod faulty;
mod feeds;
mod fetch;
mod gates;
mod help;
mod job;
mod layers;
mod logs;
mod mistakes;
mod new;
mod outputs;
mod private;
mod quarantine;
mod quotes;
mod report;
mod resolve;
mod schema;
mod select;
mod sinks;
mod site;
mod stop;
mod unreachable;
