//! The practice sites of Huntsman, served on loopback.
//!
//! Two public sites exist to be scraped, `quotes.toscrape.com` and `books.toscrape.com`. This
//! crate serves stand-ins of the same structure (paths, classes, broken markup, redirects) with
//! texts of its own, and beside them `faulty.test`, a site that misbehaves on purpose. The site
//! is chosen by the `Host` header, so one address serves all three: a client only has to resolve
//! the names to it. [`Sites::Folder`] serves a folder of files instead.
//!
//! ```
//! use huntsman_site::{Sites, demo_hosts, serve};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), huntsman_site::SiteError> {
//! let loopback = "127.0.0.1:0".parse().expect("an address");
//! let server = serve(Sites::Practice, loopback).await?;
//! assert_ne!(server.addr().port(), 0);
//! assert_eq!(server.hits(demo_hosts()[0], "/"), 0);
//! server.stop().await;
//! # Ok(())
//! # }
//! ```

mod books;
mod chunks;
mod error;
mod faulty;
mod folder;
mod hits;
mod hosts;
mod page;
mod quotes;
mod redirect;
mod server;
mod signer;
mod validators;

pub use error::SiteError;
pub use server::{Server, Sites, serve};

/// The names of the stand-ins for public sites, which a demonstration resolves to
/// [`Server::addr`]: the quotations first, then the books.
///
/// ```
/// assert_eq!(huntsman_site::demo_hosts(), ["quotes.toscrape.com", "books.toscrape.com"]);
/// ```
#[must_use]
pub const fn demo_hosts() -> [&'static str; 2] {
    [hosts::QUOTES, hosts::BOOKS]
}
