//! A broker and a registry.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use huntsman_registry::FolderRegistry;
use huntsman_testkit::kafka::Kafka;
use tokio::net::TcpListener;

use crate::Failed;

/// Prints the addresses and the process of the broker, and goes with the standard input.
pub(crate) async fn serve(folder: &str) -> Result<(), Failed> {
    let broker = Kafka::start(folder, &[])?.ok_or("no Java")?;
    let schemas = tempfile::tempdir_in(folder)?;
    let registry = Arc::new(FolderRegistry::open(schemas.path())?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{} http://{}",
        broker.address(),
        listener.local_addr()?
    )?;
    out.flush()?;
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let until = async {
        // Whatever ends it, it is the end.
        drop(ended.await);
    };
    huntsman_registry::serve(registry, listener, until).await?;
    Ok(())
}
