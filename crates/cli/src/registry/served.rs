//! `crawl registry`: a Schema Registry from a folder, on this machine until Ctrl-C.

use std::sync::Arc;

use anyhow::Context;
use huntsman_registry::{Deleted, FolderRegistry, Registry as _, serve};
use tokio::net::TcpListener;

use crate::commands::{print, runtime};
use crate::exit::{Exit, usage};
use crate::flags::registry::Registry;

pub(crate) fn registry(flags: &Registry) -> Result<Exit, Exit> {
    runtime()?.block_on(async {
        let registry = FolderRegistry::open(&flags.dir).map_err(usage)?;
        let subjects = registry.subjects(Deleted::Hidden).await.map_err(usage)?;
        let listener = TcpListener::bind((flags.listen, flags.port)).await;
        let listener = listener
            .with_context(|| format!("cannot listen on {}:{}", flags.listen, flags.port))
            .map_err(usage)?;
        let at = listener.local_addr().map_err(usage)?;
        let (dir, count) = (flags.dir.display(), subjects.len());
        let plural = if count == 1 { "" } else { "s" };
        print(&format!(
            "{dir} as a Schema Registry at http://{at} until Ctrl-C: {count} subject{plural}\n"
        ))?;
        let (failed, heard) = tokio::sync::oneshot::channel();
        let until = async {
            if let Err(error) = tokio::signal::ctrl_c().await {
                failed.send(error).unwrap_or_default();
            }
        };
        serve(Arc::new(registry), listener, until)
            .await
            .map_err(usage)?;
        match heard.await {
            Ok(error) => Err(Exit::Usage(
                anyhow::Error::new(error).context("Ctrl-C cannot be heard"),
            )),
            Err(_) => Ok(Exit::Done),
        }
    })
}
