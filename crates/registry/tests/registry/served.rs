//! A folder behind HTTP.

use std::sync::Arc;

use huntsman_registry::{FolderRegistry, HttpRegistry, HttpSettings, serve};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server over a new folder. It ends when this is dropped.
pub(crate) struct Served {
    pub(crate) address: String,
    pub(crate) folder: TempDir,
    until: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<std::io::Result<()>>>,
}

impl Served {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let registry = Arc::new(FolderRegistry::open(folder.path()).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (until, ended) = oneshot::channel();
        let ended = async { ended.await.unwrap_or_default() };
        #[expect(clippy::disallowed_methods, reason = "`end` waits for it")]
        let server = tokio::spawn(serve(registry, listener, ended));
        Self {
            address,
            folder,
            until: Some(until),
            server: Some(server),
        }
    }

    pub(crate) fn client(&self) -> HttpRegistry {
        HttpRegistry::new(HttpSettings::of(&self.address).unwrap()).unwrap()
    }

    pub(crate) async fn end(mut self) {
        self.until.take().unwrap().send(()).unwrap();
        self.server.take().unwrap().await.unwrap().unwrap();
    }
}
