//! A server before a registry, which answers in its place when it is told to.

use std::future::pending;
use std::sync::{Arc, Mutex};

use huntsman_registry::{FolderRegistry, serve};
use huntsman_testkit::http::request;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What becomes of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Does {
    /// The registry answers.
    Passes,
    /// A status and a body.
    Answers(u16, &'static str),
    /// Nothing comes.
    Sleeps,
}

/// Our own registry over a folder, until this is dropped.
pub(crate) struct Served {
    pub(crate) url: String,
    pub(crate) folder: TempDir,
    _server: JoinSet<()>,
}

impl Served {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let registry = Arc::new(FolderRegistry::open(folder.path()).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut server = JoinSet::new();
        server.spawn(async move { serve(registry, listener, pending()).await.unwrap() });
        Self {
            url,
            folder,
            _server: server,
        }
    }
}

/// The server before it.
pub(crate) struct Front {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<String>>>,
    _server: JoinSet<()>,
}

impl Front {
    /// `decide` says by the first line of a request, and how often that has come before, what becomes
    /// of it.
    pub(crate) async fn of(
        registry: &Served,
        decide: impl Fn(&str, usize) -> Does + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let behind = registry.url.strip_prefix("http://").unwrap().to_owned();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&asked);
        let mut server = JoinSet::new();
        server.spawn(async move {
            let mut open = JoinSet::new();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = request(&mut stream).await.unwrap();
                let line = request.lines().next().unwrap_or_default().to_owned();
                let before = {
                    let mut log = log.lock().unwrap();
                    let same = |known: &&String| known.lines().next() == Some(&line);
                    let before = log.iter().filter(same).count();
                    log.push(request.clone());
                    before
                };
                let answer = match decide(&line, before) {
                    Does::Passes => passed(&behind, &request).await,
                    Does::Answers(status, body) => format!(
                        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                        body.len()
                    ),
                    Does::Sleeps => {
                        open.spawn(async move {
                            let _stream = stream;
                            pending::<()>().await;
                        });
                        continue;
                    }
                };
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self {
            url,
            asked,
            _server: server,
        }
    }

    /// The first lines of all requests.
    pub(crate) fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let lines = asked.iter().filter_map(|request| request.lines().next());
        lines.map(str::to_owned).collect()
    }

    /// What each request has in a header.
    pub(crate) fn headers(&self, name: &str) -> Vec<Option<String>> {
        let value = |request: &String| {
            let mut lines = request.lines().filter_map(|line| line.split_once(": "));
            let found = lines.find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.to_owned())
        };
        self.asked.lock().unwrap().iter().map(value).collect()
    }
}

/// What the registry itself answers.
async fn passed(registry: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(registry).await.unwrap();
    let once = request.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    stream.write_all(once.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
