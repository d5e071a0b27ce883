//! Two files compared, by digests first; what is shown is read once more.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::path::Path;

use anyhow::{Error, anyhow};
use serde_json::Value;

use super::digest::Digest;
use super::items::{Form, form, items};
use crate::flags::Diff;

/// What differs.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) a: Side,
    pub(crate) b: Side,
    /// Keys, or items where there is no key, that are the same on both sides.
    pub(crate) same: u64,
    pub(crate) added: Listed<Value>,
    pub(crate) removed: Listed<Value>,
    pub(crate) changed: Listed<Change>,
}

impl Comparison {
    pub(crate) fn differs(&self) -> bool {
        self.added.count + self.removed.count + self.changed.count > 0
    }
}

/// How many, and the first of them.
#[derive(Debug)]
pub(crate) struct Listed<T> {
    pub(crate) count: u64,
    pub(crate) shown: Vec<T>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        let (count, shown) = (0, Vec::new());
        Self { count, shown }
    }
}

/// One file.
#[derive(Debug, Default)]
pub(crate) struct Side {
    pub(crate) items: u64,
    /// Items without the key, compared whole.
    pub(crate) keyless: u64,
    /// Items whose key an earlier one has.
    pub(crate) duplicates: u64,
    /// The key of the first of those.
    pub(crate) duplicate: Option<Value>,
}

/// An item that is another one now.
#[derive(Debug, Default)]
pub(crate) struct Change {
    pub(crate) old: Value,
    pub(crate) new: Value,
    /// Items of this key on each side.
    pub(crate) counts: (u32, u32),
}

/// What is known of a key: for each side the number of its items, and the sum of their digests, in
/// which their order does not count. 40 bytes with the key.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    sums: [u64; 2],
    counts: [u32; 2],
    is_whole: bool,
}

type Table = HashMap<Digest, Known, BuildHasherDefault<FirstWord>>;

/// Digests are evenly spread already.
#[derive(Debug, Default)]
struct FirstWord(u64);

impl Hasher for FirstWord {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().take(8) {
            self.0 = (self.0 << 8) | u64::from(*byte);
        }
    }

    fn write_usize(&mut self, _: usize) {}
}

/// Reads both files.
pub(crate) fn compare(flags: &Diff) -> Result<Comparison, Error> {
    let as_text = form(&flags.a)? == Form::Csv || form(&flags.b)? == Form::Csv;
    let mut reading = Reading {
        flags,
        as_text,
        table: Table::default(),
    };
    let a = reading.digests(&flags.a, 0)?;
    let b = reading.digests(&flags.b, 1)?;
    if !flags.key.is_empty() && a.items + b.items > 0 && a.keyless + b.keyless == a.items + b.items
    {
        return Err(reading.no_key()?);
    }
    let mut comparison = reading.totals();
    (comparison.a, comparison.b) = (a, b);
    if comparison.differs() && flags.limit > 0 {
        reading.details(&mut comparison)?;
    }
    Ok(comparison)
}

struct Reading<'a> {
    flags: &'a Diff,
    as_text: bool,
    table: Table,
}

/// What identifies an item: its key or, where it has none, all of it.
fn identity(flags: &Diff, item: &Value) -> (Digest, bool) {
    let key: Option<Vec<&Value>> = flags.key.iter().map(|path| field(item, path)).collect();
    match key.filter(|key| !key.is_empty()) {
        Some(key) => (Digest::of_all(&key), false),
        None => (Digest::of(item), true),
    }
}

/// A field by its path; null is none.
fn field<'a>(item: &'a Value, path: &str) -> Option<&'a Value> {
    let direct = item.get(path);
    let found = direct.or_else(|| {
        path.split('.')
            .try_fold(item, |value, name| value.get(name))
    });
    found.filter(|value| !value.is_null())
}

fn remove(item: &mut Value, path: &str) {
    let Value::Object(fields) = item else { return };
    // The order of the others is that in which they are shown.
    if fields.shift_remove(path).is_some() {
        return;
    }
    if let Some((name, rest)) = path.split_once('.')
        && let Some(inner) = fields.get_mut(name)
    {
        remove(inner, rest);
    }
}

/// The key of an item, as an object of its fields.
pub(super) fn key_of(flags: &Diff, item: &Value) -> Value {
    let fields = flags.key.iter();
    let fields = fields.filter_map(|path| Some((path.clone(), field(item, path)?.clone())));
    Value::Object(fields.collect())
}

impl Reading<'_> {
    fn each(&self, path: &Path, mut visit: impl FnMut(Value) -> bool) -> Result<(), Error> {
        for item in items(path, self.as_text)? {
            let mut item = item?;
            for ignored in &self.flags.ignore {
                remove(&mut item, ignored);
            }
            if !visit(item) {
                break;
            }
        }
        Ok(())
    }

    fn digests(&mut self, path: &Path, side: usize) -> Result<Side, Error> {
        let (mut found, mut table) = (Side::default(), std::mem::take(&mut self.table));
        let flags = self.flags;
        self.each(path, |item| {
            let (key, is_whole) = identity(flags, &item);
            let sum = Digest::of(&item).0[0];
            let known = table.entry(key).or_default();
            known.is_whole = is_whole;
            known.sums[side] = known.sums[side].wrapping_add(sum);
            known.counts[side] = known.counts[side].saturating_add(1);
            found.items += 1;
            if is_whole && !flags.key.is_empty() {
                found.keyless += 1;
            } else if !is_whole && known.counts[side] > 1 {
                found.duplicates += 1;
                found.duplicate.get_or_insert_with(|| key_of(flags, &item));
            }
            true
        })?;
        self.table = table;
        Ok(found)
    }

    fn totals(&self) -> Comparison {
        let mut all = Comparison::default();
        for known in self.table.values() {
            let [a, b] = known.counts.map(u64::from);
            if known.is_whole {
                all.same += a.min(b);
                all.removed.count += a.saturating_sub(b);
                all.added.count += b.saturating_sub(a);
                continue;
            }
            match (a, b) {
                (_, 0) => all.removed.count += 1,
                (0, _) => all.added.count += 1,
                _ if a == b && known.sums[0] == known.sums[1] => all.same += 1,
                _ => all.changed.count += 1,
            }
        }
        all
    }

    /// Reads again what is to be shown, until there is enough of it.
    fn details(&self, all: &mut Comparison) -> Result<(), Error> {
        let limit = self.flags.limit;
        let mut changed: HashMap<Digest, usize> = HashMap::new();
        for side in [0, 1] {
            let path = [&self.flags.a, &self.flags.b][side];
            let Comparison {
                added,
                removed,
                changed: changes,
                ..
            } = &mut *all;
            let alone = if side == 0 { removed } else { added };
            let wanted = usize::try_from(alone.count).unwrap_or(limit).min(limit);
            let pairs = usize::try_from(changes.count).unwrap_or(limit).min(limit);
            let (mut seen, mut met) = (HashMap::<Digest, u32>::new(), 0);
            self.each(path, |item| {
                let (key, _) = identity(self.flags, &item);
                let known = self.table.get(&key).copied().unwrap_or_default();
                if let Some(copies) = alone_on(&known, side) {
                    let shown = seen.entry(key).or_default();
                    if *shown < copies && alone.shown.len() < wanted {
                        *shown += 1;
                        alone.shown.push(item);
                    }
                } else if is_changed(&known) && side == 0 && !changed.contains_key(&key) {
                    if changes.shown.len() < pairs {
                        changed.insert(key, changes.shown.len());
                        met += 1;
                        changes.shown.push(Change {
                            old: item,
                            counts: (known.counts[0], known.counts[1]),
                            new: Value::Null,
                        });
                    }
                } else if side == 1
                    && let Some(at) = changed.remove(&key)
                {
                    met += 1;
                    changes.shown[at].new = item;
                }
                alone.shown.len() < wanted || met < pairs
            })?;
        }
        Ok(())
    }

    /// That no item has the key, and what fields there are.
    fn no_key(&self) -> Result<Error, Error> {
        let mut names = Vec::new();
        self.each(&self.flags.a, |item| {
            let fields = item
                .as_object()
                .into_iter()
                .flat_map(|fields| fields.keys());
            names.extend(fields.map(|name| format!("`{name}`")));
            names.is_empty()
        })?;
        let key = self.flags.key.join(",");
        Ok(anyhow!(
            "--key {key}: no item has that; the first one has {}",
            if names.is_empty() {
                "no fields".to_owned()
            } else {
                names.join(", ")
            }
        ))
    }
}

/// How many items of this key are to be shown as on this side only.
fn alone_on(known: &Known, side: usize) -> Option<u32> {
    let (here, there) = (known.counts[side], known.counts[1 - side]);
    match known.is_whole {
        true => Some(here.saturating_sub(there)),
        false if there == 0 => Some(1),
        false => None,
    }
}

fn is_changed(known: &Known) -> bool {
    !known.is_whole && (known.counts[0] != known.counts[1] || known.sums[0] != known.sums[1])
}
