//! A comparison as people and programs read it.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::compare::{Change, Comparison, Listed, Side, key_of};
use super::digest::Digest;
use crate::flags::Diff;

/// Characters of a value that are shown.
const SHOWN: usize = 200;

/// A field, with its old and its new value.
type Field<'a> = (String, Option<&'a Value>, Option<&'a Value>);

/// The fields in which two values differ, by their paths. Arrays are compared whole.
fn fields<'a>(path: &str, old: &'a Value, new: &'a Value, out: &mut Vec<Field<'a>>) {
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        if Digest::of(old) != Digest::of(new) {
            out.push((path.to_owned(), Some(old), Some(new)));
        }
        return;
    };
    let added = new.keys().filter(|name| !old.contains_key(*name));
    for name in old.keys().chain(added) {
        let inner = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        match (old.get(name), new.get(name)) {
            (Some(old), Some(new)) => fields(&inner, old, new, out),
            (old, new) => out.push((inner, old, new)),
        }
    }
}

fn differences(change: &Change) -> Vec<Field<'_>> {
    let mut found = Vec::new();
    fields("", &change.old, &change.new, &mut found);
    found
}

/// How text is marked: on a terminal by colours, too.
pub(crate) fn as_text(all: &Comparison, flags: &Diff, colours: bool) -> String {
    let mut out = String::new();
    let mut line = |code: &str, text: &str| {
        let text = if colours && !code.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        };
        // Writing to a String does not fail.
        writeln!(out, "{text}").unwrap_or_default();
    };
    for item in &all.removed.shown {
        line("31", &format!("- {}", short(Some(item))));
    }
    rest(&all.removed, "removed", &mut line);
    for item in &all.added.shown {
        line("32", &format!("+ {}", short(Some(item))));
    }
    rest(&all.added, "added", &mut line);
    for change in &all.changed.shown {
        line("33", &format!("~ {}", key(&key_of(flags, &change.old))));
        for (path, old, new) in differences(change) {
            line("", &format!("    {path}: {} → {}", short(old), short(new)));
        }
        if change.counts != (1, 1) {
            let (a, b) = change.counts;
            line("", &format!("    items of this key: {a} → {b}"));
        }
    }
    rest(&all.changed, "changed", &mut line);
    for (side, path) in [(&all.a, &flags.a), (&all.b, &flags.b)] {
        for note in notes(side) {
            line("", &format!("{}: {note}", path.display()));
        }
    }
    let counts = format!(
        "{} the same, {} removed, {} added, {} changed",
        all.same, all.removed.count, all.added.count, all.changed.count
    );
    line("1", &counts);
    out
}

fn rest<T>(listed: &Listed<T>, verb: &str, line: &mut impl FnMut(&str, &str)) {
    let more = listed.count - listed.shown.len() as u64;
    if more > 0 && !listed.shown.is_empty() {
        line("", &format!("  … and {more} more {verb} (--limit)"));
    }
}

/// What is strange about a side.
fn notes(side: &Side) -> Vec<String> {
    let mut notes = Vec::new();
    if side.keyless > 0 {
        let (keyless, items) = (side.keyless, side.items);
        notes.push(format!(
            "{keyless} of {items} items lack the key; they are compared whole"
        ));
    }
    if let Some(duplicate) = &side.duplicate {
        let count = side.duplicates;
        let plural = if count == 1 { "item has" } else { "items have" };
        notes.push(format!(
            "{count} {plural} the key of an earlier one, as {}",
            key(duplicate)
        ));
    }
    notes
}

/// `title="A", page=2`
fn key(key: &Value) -> String {
    let fields = key.as_object().into_iter().flatten();
    let fields: Vec<String> = fields
        .map(|(name, value)| format!("{name}={}", short(Some(value))))
        .collect();
    fields.join(", ")
}

fn short(value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "(none)".to_owned();
    };
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// One object with all of it.
pub(crate) fn as_json(all: &Comparison, flags: &Diff) -> Value {
    let side = |side: &Side, path: &std::path::Path| {
        json!({
            "file": path.display().to_string(),
            "items": side.items,
            "without_key": side.keyless,
            "duplicates": side.duplicates,
        })
    };
    let changed: Vec<Value> = all
        .changed
        .shown
        .iter()
        .map(|change| {
            let fields = differences(change).into_iter().map(|(path, old, new)| {
                let mut pair = Map::new();
                let both = [("old", old), ("new", new)].into_iter();
                pair.extend(
                    both.filter_map(|(name, value)| Some((name.to_owned(), value?.clone()))),
                );
                (path, Value::Object(pair))
            });
            json!({
                "key": key_of(flags, &change.old),
                "fields": fields.collect::<Map<_, _>>(),
                "items": [change.counts.0, change.counts.1],
            })
        })
        .collect();
    json!({
        "a": side(&all.a, &flags.a),
        "b": side(&all.b, &flags.b),
        "same": all.same,
        "removed": {"count": all.removed.count, "shown": all.removed.shown},
        "added": {"count": all.added.count, "shown": all.added.shown},
        "changed": {"count": all.changed.count, "shown": changed},
    })
}
