//! Servers in the test's own process.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use huntsman_site::{Server, Sites, demo_hosts, serve};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::scratch::Scratch;

fn loopback() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// The practice sites.
pub(crate) async fn practice() -> Server {
    let server = serve(Sites::Practice, loopback()).await;
    server.expect("a port is free")
}

/// A folder of the scratch folder as a site.
pub(crate) async fn folder(scratch: &Scratch, name: &str) -> Server {
    let server = serve(Sites::Folder(scratch.path(name)), loopback()).await;
    server.expect("a port is free and the folder is there")
}

/// The words that resolve the public names, and `faulty.test`, to the server.
pub(crate) fn resolved(server: &Server) -> String {
    let [quotes, books] = demo_hosts();
    [quotes, books, "faulty.test"]
        .map(|host| format!("--resolve {host}={}", server.addr()))
        .join(" ")
}

/// An address at which nobody listens.
pub(crate) async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind(loopback()).await.expect("a port is free");
    listener.local_addr().expect("it has an address")
}

/// A site whose every page but the first comes late: `/` links to `/page/1` and on, to `/page/20`.
pub(crate) struct Slow {
    pub(crate) addr: SocketAddr,
    late: Arc<AtomicU64>,
    _accepting: JoinSet<()>,
}

impl Slow {
    /// Pages come after `delay`; the first page has `title`.
    pub(crate) async fn serve(delay: Duration, title: &str) -> Self {
        let links: String = (1..=20)
            .map(|n| format!("<a href=/page/{n}>{n}</a>"))
            .collect();
        let body = format!("<title>{title}</title>{links}");
        Self::with_first(delay, "200 OK".to_owned(), body).await
    }

    async fn with_first(delay: Duration, head: String, body: String) -> Self {
        let first = Arc::new((head, body));
        let listener = TcpListener::bind(loopback()).await.expect("a port is free");
        let addr = listener.local_addr().expect("it has an address");
        let late = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&late);
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(answer(
                    stream,
                    delay,
                    Arc::clone(&first),
                    Arc::clone(&counted),
                ));
            }
        });
        Self {
            addr,
            late,
            _accepting: accepting,
        }
    }

    /// A site that redirects `/` to the root of `to`.
    pub(crate) async fn redirecting(to: SocketAddr) -> Self {
        let head = format!("302 Found\r\nlocation: http://{to}/");
        Self::with_first(Duration::ZERO, head, String::new()).await
    }

    /// How many late pages were asked for.
    pub(crate) fn asked(&self) -> u64 {
        self.late.load(Ordering::Relaxed)
    }

    /// Waits until so many late pages are asked for.
    pub(crate) async fn is_asked_for(&self, pages: u64) {
        eventually(|| self.asked() >= pages).await;
    }
}

async fn answer(
    stream: TcpStream,
    delay: Duration,
    first: Arc<(String, String)>,
    late: Arc<AtomicU64>,
) {
    let mut stream = BufReader::new(stream);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        if !matches!(stream.read_line(&mut request).await, Ok(1..)) {
            return;
        }
    }
    let path = request.split_whitespace().nth(1).unwrap_or_default();
    let (status, body) = match path {
        "/" => (&*first.0, &*first.1),
        _ if path.starts_with("/page/") => {
            late.fetch_add(1, Ordering::Relaxed);
            sleep(delay).await;
            ("200 OK", "<title>late</title>")
        }
        _ => ("404 Not Found", ""),
    };
    let response = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    // A crawler that has been stopped does not read it.
    let written = stream.get_mut().write_all(response.as_bytes()).await;
    written.unwrap_or_default();
}

/// Waits until it is so, half a minute at most.
#[track_caller]
pub(crate) fn eventually(is_so: impl Fn() -> bool) -> impl Future<Output = ()> {
    let place = std::panic::Location::caller();
    async move {
        let waited = timeout(Duration::from_secs(30), async {
            while !is_so() {
                sleep(Duration::from_millis(5)).await;
            }
        });
        assert!(waited.await.is_ok(), "{place}: it did not come to be");
    }
}
