//! The commands, one a file.

mod fetch;
mod list;
mod new;
mod run;
mod select;
mod settings;
mod site;

use anyhow::Context;
use tokio::runtime::{Builder, Runtime};

use crate::entry::Entry;
use crate::exit::{Exit, ended, usage};
use crate::flags::Command;
use crate::words::{self, Asked};

/// Does what the words ask for.
pub(crate) fn dispatch(spiders: &[Entry], words: &[String]) -> Exit {
    let asked = match words::read(spiders, words) {
        Ok(asked) => asked,
        Err(error) => return Exit::Usage(error),
    };
    ended(match asked {
        Asked::Text(text) => print(&text),
        Asked::Command(command) => match *command {
            Command::Run(flags) => run::run(spiders, &flags),
            Command::List => print(&list::text(spiders)),
            Command::New(flags) => new::new(&flags.name),
            Command::Fetch(flags) => fetch::fetch(&flags),
            Command::Select(flags) => select::select(&flags),
            Command::Settings(flags) => settings::settings(spiders, &flags),
            Command::Site(flags) => site::site(&flags),
        },
    })
}

fn print(text: &str) -> Result<Exit, Exit> {
    let printed = crate::style::print(text).context("cannot write to standard output");
    printed.map(|()| Exit::Done).map_err(Exit::Sink)
}

fn runtime() -> Result<Runtime, Exit> {
    let runtime = Builder::new_multi_thread().enable_all().build();
    runtime.context("the runtime cannot start").map_err(usage)
}
