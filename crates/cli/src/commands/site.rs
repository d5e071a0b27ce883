//! `crawl site`: the practice sites, or a folder, on this machine until Ctrl-C.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context;
use huntsman_site::{Sites, demo_hosts, serve};

use super::{print, runtime};
use crate::exit::{Exit, usage};
use crate::flags::Site;

pub(super) fn site(flags: &Site) -> Result<Exit, Exit> {
    let sites = match &flags.dir {
        Some(dir) => Sites::Folder(dir.clone()),
        None => Sites::Practice,
    };
    runtime()?.block_on(async {
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, flags.port));
        let server = serve(sites, at).await.map_err(usage)?;
        let addr = server.addr();
        print(&match &flags.dir {
            Some(dir) => format!("{} at http://{addr}/ until Ctrl-C\n", dir.display()),
            None => {
                let [quotes, books] = demo_hosts();
                format!(
                    "the practice sites at http://{addr}/ until Ctrl-C; crawl them under their names:\n  \
                     crawl quotes --resolve {quotes}={addr} -s lease.delay=0s -o quotes.json\n  \
                     crawl books --resolve {books}={addr} -s lease.delay=0s -o books.csv\n"
                )
            }
        })?;
        tokio::signal::ctrl_c().await.context("Ctrl-C cannot be heard").map_err(usage)?;
        server.stop().await;
        Ok(Exit::Done)
    })
}
