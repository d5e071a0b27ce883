//! `--demo`: the practice sites on this machine, under their public names.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Error};
use huntsman::Settings;
use huntsman_site::{Server, Sites, demo_hosts, serve};

/// Serves the practice sites on a free loopback port, and resolves their names to it.
pub(crate) async fn start(settings: &mut Settings) -> Result<Server, Error> {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = serve(Sites::Practice, any)
        .await
        .context("the practice sites cannot be served")?;
    for host in demo_hosts() {
        settings
            .fetch
            .resolve
            .push(format!("{host}={}", server.addr()));
    }
    Ok(server)
}
