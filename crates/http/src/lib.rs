//! Fetching over real sockets for Huntsman.
//!
//! [`Http`] is the transport: HTTP/1.1 and HTTP/2, TLS against the system's roots, gzip, deflate,
//! Brotli and Zstandard. It holds to limits of time and size, and it does not talk to private
//! addresses that only a page named. [`Cookies`] is a layer around it.
//!
//! It follows no redirects and retries nothing, takes no proxy from the environment and sends no
//! `Referer`: what a request leads to is decided elsewhere.

mod body;
mod client;
mod cookies;
mod error;
mod private;
mod resolve;
mod settings;
mod tls;

pub use client::Http;
pub use cookies::Cookies;
pub use error::HttpError;
pub use resolve::{Resolve, ResolveError};
pub use settings::HttpSettings;
