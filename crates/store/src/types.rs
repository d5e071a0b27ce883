//! The types of the items in the outbox, as they were when these were found.

use std::collections::HashMap;

use huntsman_core::{Item as _, Kind, Rejected, Schema};

use crate::bytes::{Reader, misread, put_bytes, seal, unseal};
use crate::error::StoreError;

/// In the place of a type that a damaged store has lost.
pub(crate) const LOST: &str = "\0lost";

/// Schemas by number. A schema that changes gets another number.
#[derive(Debug)]
pub(crate) struct Types {
    /// Stands for each type that is not known, where only the form of a record matters.
    any: Option<&'static Schema>,
    /// What the present run knows.
    known: Vec<&'static Schema>,
    /// By the address of a schema, which never moves.
    numbers: HashMap<usize, u32>,
    stored: Vec<Stored>,
    /// How many of them are on disk.
    on_disk: usize,
}

#[derive(Debug)]
struct Stored {
    name: String,
    digest: u32,
    schema: Option<&'static Schema>,
}

impl Types {
    /// The types of a run, and those of the quarantine.
    pub(crate) fn new(schemas: &[&'static Schema]) -> Self {
        Self {
            any: None,
            known: schemas.iter().chain(Rejected::schemas()).copied().collect(),
            numbers: HashMap::new(),
            stored: Vec::new(),
            on_disk: 0,
        }
    }

    /// Whatever stands in a store: for a look at it.
    pub(crate) fn anything() -> Self {
        static ANY: Schema = Schema::new("", &[]);
        Self {
            any: Some(&ANY),
            ..Self::new(&[])
        }
    }

    /// The number of a schema, which is given one if it is new.
    pub(crate) fn number(&mut self, schema: &'static Schema) -> u32 {
        let address = std::ptr::from_ref(schema).addr();
        if let Some(number) = self.numbers.get(&address) {
            return *number;
        }
        let (name, digest) = (full_name(schema), digest(schema));
        let same = |one: &Stored| one.digest == digest && one.name == name;
        let at = self.stored.iter().position(same).unwrap_or_else(|| {
            let schema = Some(schema);
            self.stored.push(Stored {
                name,
                digest,
                schema,
            });
            self.stored.len() - 1
        });
        let number = u32::try_from(at).unwrap_or(u32::MAX);
        self.numbers.insert(address, number);
        number
    }

    /// The full name of a type.
    pub(crate) fn name(&self, number: u32) -> &str {
        let stored = self.stored.get(number as usize);
        stored.map_or("", |stored| &stored.name)
    }

    pub(crate) fn schema(&self, number: u32) -> Result<&'static Schema, StoreError> {
        let stored = usize::try_from(number)
            .ok()
            .and_then(|at| self.stored.get(at));
        let stored = stored.filter(|stored| stored.name != LOST);
        let stored = stored.ok_or_else(|| misread("it is of a type that is not there"))?;
        stored
            .schema
            .ok_or_else(|| StoreError::Schema(stored.name.clone()))
    }

    /// Whether a type on disk is none of the present run's.
    pub(crate) fn any_unknown(&self) -> bool {
        self.stored.iter().any(|stored| stored.schema.is_none())
    }

    /// Adds the next type from the disk.
    pub(crate) fn restore(&mut self, number: u32, row: &[u8]) -> Result<(), StoreError> {
        let mut reader: Reader<'_> = unseal("types", &number.to_le_bytes(), row)?;
        let digest = u32::from_le_bytes(reader.array()?);
        let name = reader.text()?.to_owned();
        reader.end()?;
        let same =
            |schema: &&&'static Schema| full_name(schema) == name && self::digest(schema) == digest;
        let schema = self.known.iter().find(same).copied().or(self.any);
        self.stored.push(Stored {
            name,
            digest,
            schema,
        });
        self.on_disk = self.stored.len();
        Ok(())
    }

    /// Those that are not on disk yet: number and row.
    pub(crate) fn unstored(&self) -> impl Iterator<Item = (u32, Vec<u8>)> {
        let new = (0_u32..).zip(&self.stored).skip(self.on_disk);
        new.map(|(number, stored)| {
            let mut row = stored.digest.to_le_bytes().to_vec();
            put_bytes(&mut row, stored.name.as_bytes());
            seal(&number.to_le_bytes(), &mut row);
            (number, row)
        })
    }

    pub(crate) fn all_stored(&mut self) {
        self.on_disk = self.stored.len();
    }
}

fn full_name(schema: &Schema) -> String {
    match schema.namespace {
        "" => schema.name.to_owned(),
        namespace => format!("{namespace}.{}", schema.name),
    }
}

/// What makes a schema another one to sinks: its fields with their types, and its Avro text.
/// Documentation does not count.
fn digest(schema: &Schema) -> u32 {
    let mut text = String::new();
    describe(schema, &mut text, 0);
    crc32fast::hash(text.as_bytes())
}

/// Schemas within schemas that count: a schema may lie within itself.
const DEEPEST: u32 = 8;

fn describe(schema: &Schema, text: &mut String, depth: u32) {
    if depth > DEEPEST {
        return;
    }
    text.push_str(schema.avro.unwrap_or_default());
    for field in schema.fields {
        text.push_str(field.name);
        text.push(':');
        describe_kind(&field.kind, text, depth);
        text.push(';');
    }
}

fn describe_kind(kind: &Kind, text: &mut String, depth: u32) {
    use Kind::{Enum, List, Map, Optional, Struct, Union};
    match kind {
        Optional(of) | List(of) | Map(of) => {
            text.push(match kind {
                Optional(_) => '?',
                List(_) => '[',
                _ => '{',
            });
            describe_kind(of, text, depth);
        }
        Struct(schema) => {
            text.push_str(schema.name);
            text.push('(');
            describe(schema, text, depth + 1);
            text.push(')');
        }
        Enum(symbols) => {
            text.push_str(symbols.name);
            text.push_str(&symbols.symbols.join("|"));
        }
        Union(kinds) => {
            text.push('<');
            for kind in *kinds {
                describe_kind(kind, text, depth);
                text.push('|');
            }
        }
        plain => text.push_str(&format!("{plain:?}")),
    }
}
