//! What is done once, before the first request: types and schemas are brought together.

use std::fmt;

use huntsman_core::{Findings, Schema};

use super::choice::{Choices, Known};
use super::fit::misfits;
use super::settings::Policy;
use super::tally::Tally;
use super::unique::Seen;
use super::{mark, rules, shape};
use crate::from_item::checked_schema;
use crate::records::{RecordChecks, Records};

/// A contract that knows its items.
pub(crate) struct Bound {
    pub(super) kinds: Vec<Held>,
    pub(super) choices: Choices,
    pub(super) seen: Seen,
    pub(super) tally: Tally,
    pub(super) policy: Policy,
}

/// A type of items with what it is held to.
pub(crate) struct Held {
    /// The type's own schema.
    pub(super) item: &'static Schema,
    pub(super) record: RecordChecks,
    /// The shape of mended items.
    pub(super) shape: &'static Schema,
    /// Whether items that need no mending have another shape.
    pub(super) reshape: bool,
    /// The shape with the column of marks, where items may be marked.
    pub(super) marked: Option<&'static Schema>,
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.kinds.iter().map(|held| held.item.name);
        f.debug_list().entries(names).finish()
    }
}

/// Brings `items` and the schemas together that they are held to: those of a file, or their own.
///
/// # Errors
/// All that can never be right, a line each.
pub(crate) fn bind(
    items: &'static [&'static Schema],
    records: Option<&Records>,
    policy: &Policy,
) -> Result<Bound, Vec<String>> {
    let mut problems = Vec::new();
    let mut kinds = Vec::new();
    for item in items {
        let record = match records {
            Some(records) => matched(item, items, records),
            None => derived(item),
        };
        let held = record
            .map_err(|problem| vec![problem])
            .and_then(|record| held(item, record, records.is_some(), policy));
        match held {
            Ok(held) => kinds.push(held),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Bound {
        choices: choices(&kinds, policy)?,
        kinds,
        seen: Seen::new(policy.max_keys),
        tally: Tally::new(),
        policy: policy.clone(),
    })
}

fn derived(item: &'static Schema) -> Result<RecordChecks, String> {
    let of = |error: &dyn fmt::Display| format!("`{}`: {error}", item.name);
    let schema = checked_schema(item).map_err(|error| error.to_string())?;
    let records = Records::compile(&schema).map_err(|error| of(&error))?;
    let record = records.of(item.namespace, item.name, true).cloned();
    record.ok_or_else(|| of(&"its schema is a union; an item is one record"))
}

fn matched(
    item: &'static Schema,
    items: &[&'static Schema],
    records: &Records,
) -> Result<RecordChecks, String> {
    let found = records.of(item.namespace, item.name, items.len() == 1);
    found.cloned().ok_or_else(|| {
        let records = records.all().iter().map(|record| record.name().to_string());
        format!(
            "the spider yields `{}`, and the schema has {}: give a record of the schema that name, \
             or an alias of that name",
            item.name,
            records
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", "),
        )
    })
}

fn held(
    item: &'static Schema,
    record: RecordChecks,
    from_file: bool,
    policy: &Policy,
) -> Result<Held, Vec<String>> {
    let mut problems = Vec::new();
    if from_file {
        problems.extend(misfits(item, record.schema(), policy.coerce));
    }
    let reshape = from_file && policy.coerce;
    let shape = if reshape {
        shape::schema(record.schema()).map_err(|problem| vec![problem])?
    } else {
        item
    };
    let marked = policy.marks().then(|| mark::schema(shape)).transpose();
    match marked {
        Ok(marked) if problems.is_empty() => Ok(Held {
            item,
            record,
            shape,
            reshape,
            marked,
        }),
        Ok(_) => Err(problems),
        Err(problem) => {
            problems.push(problem);
            Err(problems)
        }
    }
}

fn choices(kinds: &[Held], policy: &Policy) -> Result<Choices, Vec<String>> {
    let names = rules::names(kinds.iter().map(|held| held.record.schema()));
    let rules: Vec<&str> = names.iter().map(String::as_str).collect();
    let types: Vec<_> = kinds
        .iter()
        .map(|held| (held.item.name, held.paths()))
        .collect();
    let known = Known {
        rules: &rules,
        types: &types,
    };
    Choices::new(policy, &known)
}

impl Bound {
    /// The schemas of items as they leave.
    pub(crate) fn leaving(&self) -> &'static [&'static Schema] {
        Vec::leak(self.kinds.iter().map(|held| held.leaves_as()).collect())
    }

    /// The type of an item with this schema, and its number.
    pub(crate) fn held(&self, schema: &'static Schema) -> Option<(usize, &Held)> {
        let mut kinds = self.kinds.iter().enumerate();
        kinds.find(|(_, held)| std::ptr::eq(held.item, schema))
    }

    pub(crate) fn warnings(&self) -> Vec<String> {
        let kinds = self.kinds.iter();
        let all = kinds.flat_map(|held| held.record.checks().warnings());
        let mut warnings: Vec<String> = Vec::new();
        for warning in all {
            if !warnings.contains(warning) {
                warnings.push(warning.clone());
            }
        }
        warnings
    }

    pub(crate) fn findings(&self) -> Findings {
        let kinds = self.kinds.iter();
        self.tally
            .findings(kinds.map(|held| (held.item.name, held.record.checks().paths())))
    }
}

impl Held {
    fn paths(&self) -> Vec<&str> {
        self.record
            .checks()
            .paths()
            .iter()
            .map(String::as_str)
            .collect()
    }

    fn leaves_as(&self) -> &'static Schema {
        self.marked.unwrap_or(self.shape)
    }
}
