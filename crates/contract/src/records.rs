//! The records of a schema, each with its checks, and which of them a type of items is held to.

use std::sync::Arc;

use huntsman_avro::schema::Name;
use huntsman_avro::{AvroSchema, NodeId, SchemaError, Type};
use thiserror::Error;

use crate::check::{CheckError, Checks};
use crate::extract::extract;

/// A record, and what it demands of items.
#[derive(Debug, Clone)]
pub struct RecordChecks {
    name: Name,
    aliases: Vec<Name>,
    schema: AvroSchema,
    checks: Arc<Checks>,
    print: Arc<str>,
}

/// Why a schema is nothing that items can be held to.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// Neither a record nor a union of records.
    #[error(
        "items are records, and the schema is {found}: it has to be a record, or a union of records"
    )]
    NotRecords {
        /// What it is.
        found: String,
    },
    /// A branch of a union that cannot stand alone.
    #[error("{name}: {source}")]
    Branch {
        /// The branch's name.
        name: String,
        /// Why not.
        source: SchemaError,
    },
    /// A constraint makes no sense.
    #[error("{0}")]
    Check(#[from] CheckError),
}

/// The records of one schema.
#[derive(Debug, Clone)]
pub struct Records(Vec<RecordChecks>);

impl Records {
    /// Compiles the checks of a schema: of its record, or of each record of its union.
    ///
    /// # Errors
    /// It is neither, or a constraint in it makes no sense.
    pub fn compile(schema: &AvroSchema) -> Result<Self, RecordsError> {
        let root = schema.root();
        let branches = match &schema.node(root).kind {
            Type::Union(branches) if !branches.is_empty() => branches.clone(),
            _ => vec![root],
        };
        // Of the whole text, for all its records alike: what is on record is the file.
        let print: Arc<str> = print(schema).into();
        let records = branches.into_iter().map(|id| record(schema, id, &print));
        Ok(Self(records.collect::<Result<_, _>>()?))
    }

    /// The records of several schemas together.
    #[must_use]
    pub fn joined(several: impl IntoIterator<Item = Self>) -> Self {
        Self(several.into_iter().flat_map(|records| records.0).collect())
    }

    /// The record that items of this type are held to: the one of its full name or, without a
    /// namespace, of its name or of one that it had before; whatever the names if there is but one
    /// record and `alone` says that there is but one type.
    #[must_use]
    pub fn of(&self, namespace: &str, name: &str, alone: bool) -> Option<&RecordChecks> {
        if let ([only], true) = (&self.0[..], alone) {
            return Some(only);
        }
        let full = |n: &Name| n.name == name && n.namespace == namespace;
        let bare = |n: &Name| n.name == name;
        let one = |fits: &dyn Fn(&RecordChecks) -> bool| {
            let mut fitting = self.0.iter().filter(|record| fits(record));
            fitting.next().filter(|_| fitting.next().is_none())
        };
        one(&|record| full(&record.name))
            .or_else(|| one(&|record| bare(&record.name)))
            .or_else(|| one(&|record| record.aliases.iter().any(bare)))
    }

    /// The place of a record among all.
    pub(crate) fn number(&self, record: &RecordChecks) -> usize {
        let place = self.0.iter().position(|other| std::ptr::eq(other, record));
        place.unwrap_or(self.0.len())
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[RecordChecks] {
        &self.0
    }
}

impl RecordChecks {
    /// The record's full name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The record alone, as a schema.
    #[must_use]
    pub fn schema(&self) -> &AvroSchema {
        &self.schema
    }

    /// What it demands.
    #[must_use]
    pub fn checks(&self) -> &Checks {
        &self.checks
    }

    /// The fingerprint of the schema's whole text, as [`huntsman_core::Rejected::schema`] has it.
    #[must_use]
    pub fn print(&self) -> &Arc<str> {
        &self.print
    }
}

fn print(schema: &AvroSchema) -> String {
    schema.version().to_string()
}

fn record(schema: &AvroSchema, id: NodeId, print: &Arc<str>) -> Result<RecordChecks, RecordsError> {
    let Type::Record(record) = &schema.node(id).kind else {
        let word = schema.node(id).kind.word();
        let found = if id == schema.root() {
            format!("of type {word}")
        } else {
            format!("a union with {word} in it")
        };
        return Err(RecordsError::NotRecords { found });
    };
    let alone = extract(schema, id).map_err(|source| RecordsError::Branch {
        name: record.name.to_string(),
        source,
    })?;
    Ok(RecordChecks {
        name: record.name.clone(),
        aliases: record.aliases.clone(),
        checks: Arc::new(Checks::compile(&alone)?),
        schema: alone,
        print: Arc::clone(print),
    })
}
