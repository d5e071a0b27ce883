//! From words to a command: spiders' names stand beside commands, and mistakes get one line.

use anyhow::{Error, anyhow};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches};
use huntsman::nearest::nearest;
use huntsman_export::Catalog;

use crate::entry::Entry;
use crate::flags::{Cli, Command, run_help};

/// What the words ask for.
#[derive(Debug)]
pub(crate) enum Asked {
    Command(Box<Command>),
    /// Help or version, ready to be printed.
    Text(String),
}

/// Reads the words of a command line.
///
/// A first word that is no command is a spider's name. Where it is both, `-a` tells: only spiders
/// have arguments.
pub(crate) fn read(spiders: &[Entry], catalog: &Catalog, words: &[String]) -> Result<Asked, Error> {
    let mut line = vec!["crawl".to_owned()];
    if let Some(first) = words.first()
        && !first.starts_with('-')
    {
        let is_spider = spiders.iter().any(|spider| spider.name == first);
        let is_command = Cli::command().find_subcommand(first).is_some();
        let has_arguments = words.iter().any(|word| word.starts_with("-a"));
        if is_spider && (!is_command || has_arguments) {
            line.push("run".to_owned());
        } else if !is_command {
            return Err(unknown_word(spiders, first));
        }
    }
    line.extend(words.iter().cloned());
    let help = run_help(catalog);
    let cli = Cli::command().mut_subcommand("run", |run| run.after_help(help));
    let matched = cli.try_get_matches_from(&line);
    match matched.and_then(|matched| Cli::from_arg_matches(&matched)) {
        Ok(cli) => Ok(Asked::Command(Box::new(cli.command))),
        Err(error) => told(&error, &line).map(Asked::Text),
    }
}

/// A spider by its name.
pub(crate) fn find<'a>(spiders: &'a [Entry], name: &str) -> Result<&'a Entry, Error> {
    let found = spiders.iter().find(|spider| spider.name == name);
    found.ok_or_else(
        || match nearest(name, spiders.iter().map(|spider| spider.name)) {
            Some(near) => {
                anyhow!("no spider {name:?}; did you mean {near:?}? `crawl list` names them all")
            }
            None => anyhow!("no spider {name:?}; this project has none"),
        },
    )
}

fn unknown_word(spiders: &[Entry], word: &str) -> Error {
    let cli = Cli::command();
    let commands = cli.get_subcommands().map(clap::Command::get_name);
    let known = spiders.iter().map(|spider| spider.name).chain(commands);
    let near = nearest(word, known).unwrap_or("list");
    anyhow!("no spider or command {word:?}; did you mean {near:?}? `crawl list` names the spiders")
}

/// Help as text; a mistake as one line.
fn told(error: &clap::Error, line: &[String]) -> Result<String, Error> {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Ok(error.to_string()),
        ErrorKind::UnknownArgument => Err(unknown_flag(error, line)),
        _ => {
            let text = error.to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            let said = text.split("\n\nUsage:").next().unwrap_or_default();
            let said = said.split("\n\nFor more").next().unwrap_or_default();
            let words: Vec<&str> = said.split_whitespace().collect();
            Err(anyhow!("{}; see --help", words.join(" ")))
        }
    }
}

fn unknown_flag(error: &clap::Error, line: &[String]) -> Error {
    let flag = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(flag)) => flag.clone(),
        _ => "?".to_owned(),
    };
    let cli = Cli::command();
    let mut command = &cli;
    for word in line.iter().skip(1) {
        match command.find_subcommand(word) {
            Some(found) => command = found,
            None => break,
        }
    }
    let known: Vec<String> = command
        .get_arguments()
        .flat_map(|argument| {
            let long = argument.get_long().map(|long| format!("--{long}"));
            let short = argument.get_short().map(|short| format!("-{short}"));
            [long, short]
        })
        .flatten()
        .collect();
    if !flag.starts_with('-') {
        return anyhow!("{flag:?} is one word too many; see --help");
    }
    match nearest(&flag, known.iter().map(String::as_str)) {
        Some(near) => anyhow!("no flag {flag}; did you mean {near}?"),
        None => anyhow!("no flag {flag}; see --help"),
    }
}
