//! A store as lines of JSON, read without changing it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use huntsman_core::Stream;
use serde_json::{Value, json};

use super::history;
use super::image::Image;
use super::lost::{Losses, long, short};
use super::moves::Log;
use super::reading::Reading;
use super::survey;
use crate::bytes::{misread, unseal};
use crate::check::existing;
use crate::error::StoreError;
use crate::guard::guarded;
use crate::host::{self, Host};
use crate::hosts;
use crate::item::Names;
use crate::lock::JobLock;
use crate::mark::Mark;
use crate::outbox;
use crate::request;
use crate::tables::{self, Place};
use crate::types::Types;

/// The tables that are written, in this order.
const TABLES: [&str; 9] = [
    "about", "hosts", "queue", "delayed", "seen", "outbox", "history", "sinks", "values",
];

/// Writes the rows of a job's store as JSON Lines: an object a row, with the name of its table
/// first. Nothing is changed, neither in a store that was killed nor in one that is damaged. Returns
/// what could not be read, a sentence each; all else was written.
///
/// | `table` | the other members |
/// | --- | --- |
/// | `about` | `key`, `value` |
/// | `hosts` | `host`, `queued`, `not_before`, `at_least`, `turns` |
/// | `queue`, `delayed` | `host`, `order`, `url`, `page`, `priority`, `depth`, `tried`, `found_on`, `method`, `headers` (pairs), `body`, `revisit`, `redirects`; of the delayed, `not_before` |
/// | `seen` | `mark` (hexadecimal: six digits of the host, and the last 26 of the fingerprint; in a job of format 3, the fingerprint) |
/// | `outbox` | `sequence`, `id`, `url`, `type`, `stream` (`items` or `quarantine`), `item` |
/// | `history` | `round`, `at`, `fingerprint`, `url`, `found_on`, `outcome`, `reason`, `status`, `digest` (SHA-256 of the body), `items` (how many), `refused` (links: `url`, `rule`, `reason`) |
/// | `sinks` | `sink`, `sequence`, `state` |
/// | `values` | `name`, `value` |
///
/// Times are in milliseconds, those of the clock since 1970-01-01T00:00Z. Bytes are text if they are
/// UTF-8, else `{"hex": "…"}`. A mark on its way into the tree of those seen may come twice.
/// What the job holds is written as it is: headers and cookies too.
///
/// # Errors
/// There is no job, it runs, or nothing of it can be read; there is no such table; or `out` cannot be
/// written.
///
/// ```
/// use huntsman_core::Timestamp;
/// use huntsman_store::{Options, Store, export};
///
/// let dir = tempfile::tempdir().unwrap();
/// drop(Store::open(dir.path(), Options::new("books", "1", Timestamp(0))).unwrap());
/// let mut lines = Vec::new();
/// assert!(export(dir.path(), Some("about"), &mut lines).unwrap().is_empty());
/// assert!(lines.starts_with(br#"{"table":"about","key":"format""#));
/// ```
pub fn export(
    dir: &Path,
    table: Option<&str>,
    out: &mut dyn Write,
) -> Result<Vec<String>, StoreError> {
    let path = existing(dir)?;
    if let Some(table) = table
        && !TABLES.contains(&table)
    {
        return Err(StoreError::Table {
            given: table.to_owned(),
            known: TABLES.join(", "),
        });
    }
    let _lock = JobLock::take(dir)?;
    let written = guarded(|| {
        let mut image = Image::open(&path)?;
        let (survey, note) = survey::choose(&mut image)?;
        survey.known_format()?;
        let mut losses = Losses::default();
        losses.lines.extend(note);
        let mut reading = Reading {
            image: &mut image,
            survey: &survey,
            losses,
        };
        for name in TABLES {
            if table.is_none_or(|table| table == name) {
                write(&mut reading, name, &mut Lines(out))?;
            }
        }
        Ok(reading.losses.lines)
    })?;
    out.flush().map_err(StoreError::Output)?;
    Ok(written)
}

/// Where the lines go.
struct Lines<'o>(&'o mut dyn Write);

impl Lines<'_> {
    fn put(&mut self, row: &Value) -> Result<(), StoreError> {
        writeln!(self.0, "{row}").map_err(StoreError::Output)
    }
}

fn write(
    reading: &mut Reading<'_>,
    table: &'static str,
    lines: &mut Lines<'_>,
) -> Result<(), StoreError> {
    match table {
        "hosts" => hosts(reading, lines),
        "queue" => Log::read(reading)?.queued(reading, &mut |key, row| {
            lines.put(&of_request(table, key, row)?)
        }),
        "delayed" => reading.rows(table, &mut |key, row| {
            lines.put(&of_request(table, key, row)?)
        }),
        "seen" => seen(reading, lines),
        "outbox" => records(reading, lines),
        "history" => reading.rows(table, &mut |key, row| lines.put(&history::line(key, row)?)),
        _ => reading.rows(table, &mut |key, row| lines.put(&of_word(table, key, row)?)),
    }
}

fn hosts(reading: &mut Reading<'_>, lines: &mut Lines<'_>) -> Result<(), StoreError> {
    let mut changes = BTreeMap::new();
    reading.rows("changed", &mut |key, row| {
        hosts::read(key, row, |host, change| {
            changes.insert(host, change);
        })
    })?;
    reading.rows("hosts", &mut |key, row| {
        let number = short(key).ok_or_else(too_long)?;
        let host = host::decode(number, row)?;
        lines.put(&of_host(&hosts::changed(host, changes.get(&number))))
    })
}

fn of_host(host: &Host) -> Value {
    json!({
        "table": "hosts",
        "host": host.name,
        "queued": host.rows,
        "not_before": host.pace.next.0,
        "at_least": u64::try_from(host.pace.at_least.as_millis()).unwrap_or(u64::MAX),
        "turns": host.pace.turns,
    })
}

fn of_request(table: &str, key: &[u8], row: &[u8]) -> Result<Value, StoreError> {
    let request::Row { request, tried, .. } = request::decode(table, key, row)?;
    let key = key.try_into().map_err(|_| too_long())?;
    let (until, order) = match table {
        "queue" => (None, Place::of_queue(key).slot.1),
        _ => {
            let (until, order) = tables::of_delayed(key);
            (Some(until), order)
        }
    };
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        json!([name.as_str(), bytes(value.as_bytes())])
    };
    let page: Option<Value> = serde_json::from_str(&request.page).ok();
    let mut line = json!({
        "table": table,
        "host": request::host_of(&request).as_str(),
        "order": order,
        "url": request.url.as_str(),
        "page": page.unwrap_or_else(|| json!(&*request.page)),
        "priority": request.priority,
        "depth": request.depth,
        "tried": tried,
        "found_on": request.found_on.as_deref(),
        "method": request.method.as_str(),
        "headers": request.headers.iter().map(header).collect::<Vec<_>>(),
        "body": bytes(&request.body),
        "revisit": request.revisit,
        "redirects": request.redirects.iter().map(|url| url.as_str()).collect::<Vec<_>>(),
    });
    if let Some(until) = until {
        line["not_before"] = json!(until.0);
    }
    Ok(line)
}

fn seen(reading: &mut Reading<'_>, lines: &mut Lines<'_>) -> Result<(), StoreError> {
    let mut put = |key: &[u8; 16]| {
        let mark = Mark::of_key(*key).to_string();
        lines.put(&json!({ "table": "seen", "mark": mark }))
    };
    reading.rows("seen", &mut |key, _| {
        put(key.try_into().map_err(|_| too_long())?)
    })?;
    reading.rows("fresh", &mut |key, row| {
        let (marks, _) = unseal("fresh", key, row)?.0.as_chunks::<16>();
        marks.iter().try_for_each(&mut put)
    })
}

fn records(reading: &mut Reading<'_>, lines: &mut Lines<'_>) -> Result<(), StoreError> {
    let (mut names, mut types) = (Names::default(), Types::anything());
    super::records::read_words(reading, &mut names, &mut types)?;
    reading.rows("outbox", &mut |key, row| {
        let sequence = long(key).ok_or_else(too_long)?;
        let record = outbox::decode(sequence, row, &names, &types)?;
        let item = serde_json::to_value(record.item.fields());
        let stream = match record.item.stream() {
            Stream::Items => "items",
            Stream::Quarantine => "quarantine",
        };
        lines.put(&json!({
            "table": "outbox",
            "sequence": sequence,
            "id": record.id.to_string(),
            "url": &*record.url,
            "type": types.name(outbox::kind(sequence, row)?),
            "stream": stream,
            "item": item.map_err(|error| misread(&error.to_string()))?,
        }))
    })
}

fn of_word(table: &str, key: &[u8], row: &[u8]) -> Result<Value, StoreError> {
    let word = std::str::from_utf8(key).map_err(|_| misread("a key is no text"))?;
    let mut content = unseal(table, key, row)?;
    Ok(match table {
        "about" => {
            let value: Option<Value> = serde_json::from_slice(content.0).ok();
            json!({ "table": table, "key": word, "value": value })
        }
        "sinks" => {
            let sequence = content.uint()?;
            let state = bytes(content.bytes()?);
            json!({ "table": table, "sink": word, "sequence": sequence, "state": state })
        }
        _ => json!({ "table": table, "name": word, "value": bytes(content.0) }),
    })
}

/// Text, or what is none as hexadecimal digits.
fn bytes(bytes: &[u8]) -> Value {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.into();
    }
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String does not fail.
        write!(hex, "{byte:02x}").unwrap_or_default();
    }
    json!({ "hex": hex })
}

fn too_long() -> StoreError {
    misread("a key has a wrong length")
}
