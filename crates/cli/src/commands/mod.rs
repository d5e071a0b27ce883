//! The commands, one a file.

mod diff;
mod fetch;
mod job;
mod list;
mod new;
mod quarantine;
mod replay;
mod run;
pub(crate) mod schema;
mod select;
mod settings;
mod site;
mod why;

use anyhow::Context;
use huntsman_export::Catalog;
use tokio::runtime::{Builder, Runtime};

use crate::entry::Entry;
use crate::exit::{Exit, ended, read, usage};
use crate::flags::Command;
use crate::registry;
use crate::words::{self, Asked};

/// Does what the words ask for.
pub(crate) fn dispatch(spiders: &[Entry], catalog: &Catalog, words: &[String]) -> Exit {
    let asked = match words::read(spiders, catalog, words) {
        Ok(asked) => asked,
        Err(error) => return Exit::Usage(error),
    };
    ended(match asked {
        Asked::Text(text) => print(&text),
        Asked::Command(command) => match *command {
            Command::Run(flags) => run::run(spiders, catalog, &flags, None),
            Command::List => print(&list::text(spiders)),
            Command::New(flags) => new::new(&flags.name),
            Command::Fetch(flags) => fetch::fetch(&flags),
            Command::Select(flags) => select::select(&flags),
            Command::Settings(flags) => settings::settings(spiders, &flags),
            Command::Site(flags) => site::site(&flags),
            Command::Registry(flags) => registry::serve(&flags),
            Command::Schema(command) => schema::run(spiders, &command),
            Command::Replay(flags) => replay::replay(spiders, catalog, &flags),
            Command::Diff(flags) => diff::diff(&flags),
            Command::Job(command) => job::run(&command),
            Command::Tail(flags) => crate::topics::tail(&flags),
            Command::Why(flags) => why::run(spiders, &flags),
            Command::Quarantine(command) => quarantine::run(spiders, &command),
        },
    })
}

pub(crate) fn print(text: &str) -> Result<Exit, Exit> {
    read(crate::style::print(text))
}

/// Cores up to which one thread drives all connections. Pages are parsed on threads of their own
/// either way; with few cores, handing responses from thread to thread costs more than it brings.
const ONE_DRIVER: usize = 4;

pub(crate) fn runtime() -> Result<Runtime, Exit> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut builder = if cores <= ONE_DRIVER {
        Builder::new_current_thread()
    } else {
        Builder::new_multi_thread()
    };
    let runtime = builder.enable_all().build();
    runtime.context("the runtime cannot start").map_err(usage)
}
