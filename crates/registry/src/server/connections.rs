//! The socket: one task that accepts, one for each connection.

use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Connections at once; further ones wait in the system's queue.
const MOST_CONNECTIONS: usize = 1_024;
/// The head of a request takes so long at most, and so long may a connection be idle.
const HEAD: Duration = Duration::from_secs(30);
/// The pause after a failed accept (no file descriptor free, mostly).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// So many in a row, a minute of them, will not pass.
const MOST_FAILURES: usize = 1_200;
/// What is open when the server is to end may take so long.
const DRAIN: Duration = Duration::from_secs(5);

pub(super) async fn served(
    listener: TcpListener,
    router: Router,
    until: impl Future<Output = ()>,
) -> io::Result<()> {
    let (ending, _) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut until = pin!(until);
    let mut failures = 0;
    loop {
        while connections.try_join_next().is_some() {}
        let has_room = connections.len() < MOST_CONNECTIONS;
        tokio::select! {
            () = &mut until => break,
            Some(_) = connections.join_next(), if !has_room => {}
            accepted = listener.accept(), if has_room => match accepted {
                Ok((stream, _)) => {
                    failures = 0;
                    connections.spawn(connection(stream, router.clone(), ending.subscribe()));
                }
                Err(error) if failures == MOST_FAILURES => return Err(error),
                Err(error) => {
                    tracing::debug!(%error, "a connection could not be accepted");
                    failures += 1;
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    ending.send_replace(());
    let all = async { while connections.join_next().await.is_some() {} };
    // What is open still ends here.
    tokio::time::timeout(DRAIN, all).await.unwrap_or_default();
    Ok(())
}

async fn connection(stream: TcpStream, router: Router, mut ending: watch::Receiver<()>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let service = TowerToHyperService::new(router);
    let mut served = pin!(http.serve_connection(TokioIo::new(stream), service));
    let done = tokio::select! {
        done = served.as_mut() => done,
        _ = ending.changed() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = done {
        tracing::debug!(%error, "a connection has ended");
    }
}
