//! The shape in which a type's items leave: a schema of the chosen fields, and how to fill it.

use huntsman_core::{Attribute, Field, Kind, Schema};

use super::avro;

/// A field of a type, or of a struct within it.
#[derive(Debug)]
pub(super) struct Leaf {
    /// Which field of the type it is in.
    pub(super) index: usize,
    /// The names that lead to it.
    pub(super) path: Vec<&'static str>,
    pub(super) field: &'static Field,
    /// A struct on the way may be missing.
    pub(super) nullable: bool,
    /// A struct on the way has a schema of its own as text.
    pub(super) has_text: bool,
}

/// One field to be written.
#[derive(Debug)]
pub(super) struct Step {
    /// The field of the item.
    pub(super) source: &'static str,
    /// The way from there on.
    pub(super) rest: &'static [&'static str],
    /// It may lack what it is in, though it is no `Option` itself.
    pub(super) nullable: bool,
    /// The name that it gets.
    pub(super) name: &'static str,
}

/// The shape of one type.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) schema: Schema,
    /// The fields in their new order, in pieces within which the item has the same order: an item
    /// is passed over once for each piece.
    pub(super) runs: Vec<Vec<Step>>,
}

impl Shape {
    /// The shape of `schema` with these fields under these names. It lives as long as the program:
    /// what is in a record says so of its schema.
    pub(super) fn new(
        schema: &'static Schema,
        leaves: &[(&str, &Leaf)],
    ) -> Result<&'static Self, String> {
        let mut runs: Vec<Vec<Step>> = Vec::new();
        let mut fields = Vec::with_capacity(leaves.len());
        let mut before = usize::MAX;
        for (name, leaf) in leaves {
            let name: &'static str = String::leak((*name).to_owned());
            let field = field(name, leaf);
            let step = Step {
                source: leaf.path.first().copied().unwrap_or_default(),
                rest: Vec::leak(leaf.path.get(1..).unwrap_or_default().to_vec()),
                nullable: leaf.nullable && !matches!(leaf.field.kind, Kind::Optional(_)),
                name,
            };
            match runs.last_mut() {
                Some(run) if leaf.index >= before => run.push(step),
                _ => runs.push(vec![step]),
            }
            before = leaf.index;
            fields.push(field);
        }
        let has_text = schema.avro.is_some() || leaves.iter().any(|(_, leaf)| leaf.has_text);
        let avro = if has_text {
            Some(&*String::leak(avro::text(schema, leaves)?))
        } else {
            None
        };
        Ok(Box::leak(Box::new(Self {
            schema: Schema {
                fields: Vec::leak(fields),
                attributes: attributes(schema, leaves),
                avro,
                ..*schema
            },
            runs,
        })))
    }
}

/// Whether all fields are there under their own names.
pub(super) fn is_whole(schema: &Schema, leaves: &[(&str, &Leaf)]) -> bool {
    schema.fields.iter().all(|field| {
        let is = |(name, leaf): &(&str, &Leaf)| leaf.path == [field.name] && *name == field.name;
        leaves.iter().any(is)
    })
}

/// The word for rules across fields.
pub(super) const RULES: &str = "confluent:rules";

/// What is said of the type; rules across its fields only while it has them all.
fn attributes(schema: &'static Schema, leaves: &[(&str, &Leaf)]) -> &'static [Attribute] {
    let is_rule = |attribute: &&Attribute| attribute.word == RULES;
    if is_whole(schema, leaves) || !schema.attributes.iter().any(|a| is_rule(&a)) {
        return schema.attributes;
    }
    let left = schema.attributes.iter().filter(|a| !is_rule(a)).copied();
    Vec::leak(left.collect())
}

fn field(name: &'static str, leaf: &Leaf) -> Field {
    let own = leaf.field;
    let nullable = leaf.nullable && !matches!(own.kind, Kind::Optional(_));
    Field {
        name,
        kind: if nullable {
            Kind::Optional(&own.kind)
        } else {
            own.kind
        },
        doc: own.doc,
        // Another name is not one of those that the field had.
        aliases: if name == own.name { own.aliases } else { &[] },
        default: if leaf.nullable { None } else { own.default },
        attributes: own.attributes,
    }
}
