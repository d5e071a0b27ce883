//! What a repair could not keep, in lines for people.

use std::collections::BTreeMap;

use super::image::Hole;
use crate::error::StoreError;
use crate::mark::Mark;
use crate::tables::{self, Place};

/// What is lost, and how much is kept.
#[derive(Debug, Default)]
pub(super) struct Losses {
    pub(super) lines: Vec<String>,
    pub(super) rows: BTreeMap<&'static str, u64>,
    /// Hosts by their number in the damaged store.
    pub(super) hosts: BTreeMap<u32, String>,
}

impl Losses {
    pub(super) fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// A table of which nothing can be read.
    pub(super) fn whole(&mut self, table: &'static str) {
        self.rows.insert(table, 0);
        self.say(format!("{table}: all rows are lost"));
    }

    /// A page of a table.
    pub(super) fn hole(&mut self, table: &str, hole: &Hole) {
        let between = match (&hole.after, &hole.up_to) {
            (None, None) => "all rows below it are lost".to_owned(),
            (Some(after), None) => {
                format!("lost are the rows behind {}", self.key(table, after))
            }
            (None, Some(up_to)) => {
                format!("lost are the rows up to {}", self.key(table, up_to))
            }
            (Some(after), Some(up_to)) => format!(
                "lost are the rows behind {}, up to {}",
                self.key(table, after),
                self.key(table, up_to)
            ),
        };
        let at = hole.at;
        self.say(format!(
            "{table}: the page at byte {at} is damaged; {between}"
        ));
    }

    /// A row that is there, and does not say what was written.
    pub(super) fn row(&mut self, table: &str, key: &[u8], why: &StoreError) {
        let key = self.key(table, key);
        self.say(format!("{table}: the row of {key} is lost: {why}"));
    }

    /// How much of a table is kept.
    pub(super) fn kept(&mut self, table: &'static str, kept: u64, of: u64) {
        self.rows.insert(table, kept);
        if kept < of {
            let lost = of - kept;
            self.say(format!(
                "{table}: {kept} of {of} rows are kept, {lost} are lost"
            ));
        }
    }

    /// What a key stands for.
    fn key(&self, table: &str, key: &[u8]) -> String {
        let known = match table {
            "queue" => key.try_into().ok().map(|key| {
                let place = Place::of_queue(key);
                let name = self.hosts.get(&place.host);
                let name = name.map_or_else(|| format!("host {}", place.host), Clone::clone);
                format!("{name}, request {}", place.slot.1)
            }),
            "delayed" => key.try_into().ok().map(|key| {
                let (until, order) = tables::of_delayed(key);
                format!("request {order}, not before {}", until.0)
            }),
            "seen" => key.try_into().ok().map(|key| Mark::of_key(key).to_string()),
            "hosts" => short(key).map(|number| format!("host {number}")),
            "names" | "types" => short(key).map(|number| format!("number {number}")),
            "outbox" => long(key).map(|number| format!("record {number}")),
            "fresh" | "changed" | "moved" => long(key).map(|number| format!("number {number}")),
            _ => std::str::from_utf8(key).ok().map(|key| format!("`{key}`")),
        };
        known.unwrap_or_else(|| format!("{key:02x?}"))
    }
}

/// A key of four bytes.
pub(super) fn short(key: &[u8]) -> Option<u32> {
    key.try_into().ok().map(u32::from_le_bytes)
}

/// A key of eight bytes.
pub(super) fn long(key: &[u8]) -> Option<u64> {
    key.try_into().ok().map(u64::from_le_bytes)
}
