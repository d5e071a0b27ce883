//! `crawl list`

use std::fmt::Write;

use crate::entry::Entry;

/// A line for each spider: its name, and its arguments as `-a` takes them.
pub(super) fn text(spiders: &[Entry]) -> String {
    let width = spiders
        .iter()
        .map(|spider| spider.name.len())
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    for spider in spiders {
        let arguments: Vec<String> = spider
            .arguments
            .iter()
            .map(|name| format!("-a {name}=…"))
            .collect();
        let line = format!("{:<width$}  {}", spider.name, arguments.join(" "));
        writeln!(out, "{}", line.trim_end()).unwrap_or_default();
    }
    out
}
