//! `crawl replay`: the pages of an archive, parsed again.

use anyhow::anyhow;
use huntsman_export::Catalog;

use super::run;
use crate::entry::Entry;
use crate::exit::Exit;
use crate::flags::Replay;

pub(super) fn replay(spiders: &[Entry], catalog: &Catalog, flags: &Replay) -> Result<Exit, Exit> {
    let run = &flags.run;
    let senseless = [
        ("--record", run.record.is_some()),
        ("--job", run.job.is_some()),
        ("--demo", run.web.demo),
        ("--resolve", !run.web.resolve.is_empty()),
    ];
    if let Some((flag, _)) = senseless.into_iter().find(|(_, given)| *given) {
        return Err(Exit::Usage(anyhow!(
            "{flag} is for a crawl of sites; a replay has all that it needs in the archive"
        )));
    }
    run::run(spiders, catalog, run, Some(&flags.archive))
}
