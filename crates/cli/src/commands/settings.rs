//! `crawl settings`, and how the layers of settings are put together.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Error, anyhow};
use huntsman::settings::{KEYS, Layers, Origin, SettingsError};
use huntsman_export::hidden;

use super::print;
use crate::entry::{Entry, Launch};
use crate::exit::{Exit, usage};
use crate::flags::{self, SettingFlags, Web};
use crate::words::find;

/// The settings file of a project.
const FILE: &str = "crawl.toml";

pub(super) fn settings(spiders: &[Entry], flags: &flags::Settings) -> Result<Exit, Exit> {
    let launch = match &flags.spider {
        None => None,
        Some(name) => {
            let entry = find(spiders, name).map_err(Exit::Usage)?;
            Some(entry.make(&flags.argument).map_err(usage)?)
        }
    };
    let layers = layers(launch.as_deref(), &flags.setting, None).map_err(Exit::Usage)?;
    print(&text(&layers))
}

/// Every layer: built-in < file < environment < spider < command line.
pub(super) fn layers(
    spider: Option<&dyn Launch>,
    flags: &SettingFlags,
    web: Option<&Web>,
) -> Result<Layers, Error> {
    let mut layers = Layers::default();
    let mut problems: Vec<SettingsError> = Vec::new();
    if let Some(path) = file() {
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        problems.extend(layers.file(FILE, &text).err().unwrap_or_default());
    }
    problems.extend(
        layers
            .environment(std::env::vars_os().filter_map(utf8))
            .err()
            .unwrap_or_default(),
    );
    if let Some(spider) = spider {
        layers.spider(|settings| spider.configure(settings));
    }
    if web.is_some_and(|web| web.demo) {
        problems.extend(layers.set("lease.delay", "0s", Origin::CommandLine).err());
    }
    for (key, value) in &flags.set {
        problems.extend(layers.set(key, value, Origin::CommandLine).err());
    }
    if problems.is_empty() {
        problems.extend(layers.check().err().unwrap_or_default());
    }
    if problems.is_empty() {
        return Ok(layers);
    }
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    Err(anyhow!(lines.join("\n")))
}

fn utf8((name, value): (std::ffi::OsString, std::ffi::OsString)) -> Option<(String, String)> {
    Some((name.into_string().ok()?, value.into_string().ok()?))
}

/// The nearest settings file: in this folder, or in one that it lies in.
fn file() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors()
        .map(|folder: &Path| folder.join(FILE))
        .find(|path| path.is_file())
}

/// As a settings file that says what is in force: value, origin and meaning of each key.
fn text(layers: &Layers) -> String {
    let mut out = String::new();
    let mut table = "";
    for ((key, value, origin), doc) in layers.table().into_iter().zip(KEYS) {
        let (verb, name) = key.split_once('.').unwrap_or(("", key));
        if verb != table && table == "deliver" {
            feeds(&mut out, layers);
        }
        if verb != table {
            let gap = if table.is_empty() { "" } else { "\n" };
            writeln!(out, "{gap}[{verb}]").unwrap_or_default();
            table = verb;
        }
        writeln!(out, "# {} ({origin})", doc.doc).unwrap_or_default();
        let shown = if value == "none" {
            format!("# {name} = ")
        } else {
            format!("{name} = {}", toml(key, &hidden(name, &value)))
        };
        writeln!(out, "{}", shown.trim_end()).unwrap_or_default();
    }
    out
}

/// The tables of feeds: each word with its origin; secrets are not shown.
fn feeds(out: &mut String, layers: &Layers) {
    let mut table = "";
    for word in layers.feeds() {
        if word.feed != table {
            writeln!(out, "\n[deliver.{}]", word.feed).unwrap_or_default();
            table = word.feed;
        }
        let value = serde_json::Value::from(hidden(word.word, word.value));
        writeln!(out, "# ({})\n{} = {value}", word.origin, word.word).unwrap_or_default();
    }
}

/// The value as a settings file has it.
fn toml(key: &str, value: &str) -> String {
    let plain = value.parse::<f64>().is_ok() || value == "true" || value == "false";
    let is_list = matches!(
        key,
        "admit.hosts" | "fetch.allow_private" | "fetch.resolve" | "gates.coverage" | "refine.rules"
    );
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    if is_list {
        let parts: Vec<String> = value
            .split(',')
            .filter(|part| !part.is_empty())
            .map(quoted)
            .collect();
        return format!("[{}]", parts.join(", "));
    }
    if plain {
        value.to_owned()
    } else {
        quoted(value)
    }
}
