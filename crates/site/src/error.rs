//! What can go wrong before a site is served.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why [`serve`](crate::serve) could not start.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let loopback = "127.0.0.1:0".parse().expect("an address");
/// let missing = huntsman_site::Sites::Folder("no/such/folder".into());
/// let error = huntsman_site::serve(missing, loopback).await.expect_err("nothing there");
/// assert!(error.to_string().starts_with("cannot serve the folder no/such/folder"));
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SiteError {
    /// The address is taken, not ours, or not permitted.
    #[error("cannot listen on {addr}: {reason}")]
    Bind {
        /// The address asked for.
        addr: SocketAddr,
        /// What the system said.
        #[source]
        reason: io::Error,
    },
    /// The folder of [`Sites::Folder`](crate::Sites::Folder) is missing, unreadable or no folder.
    #[error("cannot serve the folder {}: {reason}", folder.display())]
    Folder {
        /// The folder asked for.
        folder: PathBuf,
        /// What the system said.
        #[source]
        reason: io::Error,
    },
}
