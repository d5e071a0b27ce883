//! The server: one listening socket, one task that accepts, one task per connection.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::SiteError;
use crate::hits::Hits;
use crate::hosts::Hosts;

/// Connections served at once; further ones wait in the system's queue.
const MOST_CONNECTIONS: usize = 1_024;

/// The pause after a failed accept (no file descriptor free, mostly).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What a server serves.
///
/// ```
/// use huntsman_site::Sites;
/// assert_eq!(Sites::Folder("book".into()), Sites::Folder("book".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sites {
    /// The practice sites, chosen by the `Host` header: `quotes.toscrape.com`,
    /// `books.toscrape.com` and `faulty.test`. Any other host gets a page that names them.
    Practice,
    /// The files below a folder, under any host name: `index.html` stands for its directory,
    /// a directory without the trailing slash redirects, and no path leads out of the folder
    /// (symbolic links within it are followed).
    Folder(PathBuf),
}

/// A running server; stops when dropped, and all its connections with it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), huntsman_site::SiteError> {
/// use huntsman_site::{Sites, serve};
/// let server = serve(Sites::Practice, "127.0.0.1:0".parse().expect("an address")).await?;
/// assert!(server.addr().ip().is_loopback());
/// assert_eq!(server.requests(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    hits: Arc<Hits>,
    // Holds the accepting task, which owns the connections: dropping it aborts them all.
    accepting: JoinSet<()>,
}

impl Server {
    /// The address the server listens on, with the port the system chose where 0 was asked for.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// How many requests came in so far, for any host and path.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.hits.total()
    }

    /// How many requests came in so far for `path` (without the query) of `host` (in lower case,
    /// without the port). The first 65,536 different pairs are counted; later ones stay 0.
    #[must_use]
    pub fn hits(&self, host: &str, path: &str) -> u64 {
        self.hits.of(host, path)
    }

    /// Closes the socket and every connection, and waits until they are closed.
    pub async fn stop(mut self) {
        self.accepting.shutdown().await;
    }
}

/// Serves `sites` on `addr` (port 0 takes a free port) until the [`Server`] is dropped.
///
/// # Errors
///
/// [`SiteError::Bind`] when the address cannot be listened on, [`SiteError::Folder`] when the
/// folder to serve cannot be read.
pub async fn serve(sites: Sites, addr: SocketAddr) -> Result<Server, SiteError> {
    let hosts = match sites {
        Sites::Practice => Hosts::practice(),
        Sites::Folder(folder) => Hosts::folder(folder)?,
    };
    let bind = |reason| SiteError::Bind { addr, reason };
    let listener = TcpListener::bind(addr).await.map_err(bind)?;
    let addr = listener.local_addr().map_err(bind)?;
    let hits = Arc::new(Hits::default());
    let mut accepting = JoinSet::new();
    accepting.spawn(accept(listener, Arc::new(hosts), Arc::clone(&hits)));
    Ok(Server {
        addr,
        hits,
        accepting,
    })
}

async fn accept(listener: TcpListener, hosts: Arc<Hosts>, hits: Arc<Hits>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= MOST_CONNECTIONS {
            connections.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, Arc::clone(&hosts), Arc::clone(&hits)));
            }
            Err(error) => {
                tracing::debug!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, hosts: Arc<Hosts>, hits: Arc<Hits>) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let service = service_fn(|request| hosts.answer(request, &hits));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        // A truncated body ends here by design, and so does a client that hangs up.
        tracing::debug!(%error, "a connection ended early");
    }
}
