//! `crawl diff`: what became of the items between two runs.

use std::io::IsTerminal;
use std::path::Path;

use anyhow::anyhow;

use super::print;
use crate::diff::{as_json, as_text, compare};
use crate::exit::Exit;
use crate::flags::Diff;

pub(super) fn diff(flags: &Diff) -> Result<Exit, Exit> {
    if [&flags.a, &flags.b].contains(&&Path::new("-").to_owned()) {
        return Err(Exit::Usage(anyhow!(
            "standard input cannot be compared: what is shown is read once more; name a file"
        )));
    }
    let found = compare(flags).map_err(Exit::Usage)?;
    if flags.json {
        print(&format!("{:#}\n", as_json(&found, flags)))?;
    } else {
        let colours = std::io::stdout().is_terminal() && crate::style::wanted();
        print(&as_text(&found, flags, colours))?;
    }
    if found.differs() {
        return Ok(Exit::Differs);
    }
    Ok(Exit::Done)
}
