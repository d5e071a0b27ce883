//! A project of somebody's own: a spider with two types of item, a format and a system.

mod feeds;
mod people;

use std::process::ExitCode;

fn main() -> ExitCode {
    huntsman_cli::main_with(huntsman_cli::spiders![people::People], |catalog| {
        catalog.format(feeds::Verse).connector(feeds::Postbox)
    })
}
