//! The shape in which mended items leave: that of the contract, for every item alike.

use std::collections::HashSet;
use std::sync::Arc;

use huntsman_avro::schema::{LogicalType, Name, Record};
use huntsman_avro::{AvroSchema, NodeId, Type};
use huntsman_core::{AnyItem, Field, Item, Kind, Logical, Schema, Stream, Symbols, Violation};

use super::value::Value;

/// An item that has the fields of its schema, in their order, whatever type it once had.
pub(crate) struct Shaped {
    schema: &'static Schema,
    value: Value,
}

impl Shaped {
    /// `value` with the fields of `schema`: in its order, with its defaults for what is missing,
    /// and unknown ones at the end.
    pub(crate) fn new(value: Value, schema: &'static Schema) -> Self {
        Self {
            schema,
            value: ordered(value, &Kind::Struct(schema)),
        }
    }

    /// The same as a record's item.
    pub(crate) fn erased(self) -> Arc<dyn AnyItem> {
        Arc::new(self)
    }
}

impl Item for Shaped {
    fn schemas() -> &'static [&'static Schema] {
        // They are made when a crawl starts; `schema` says which one an item has.
        &[]
    }

    fn schema(&self) -> &'static Schema {
        self.schema
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        &self.value
    }

    fn check(&self, _: &mut Vec<Violation>) {
        // Rules written in Rust looked at the item that this one was made from.
    }

    fn stream(&self) -> Stream {
        Stream::Items
    }
}

fn ordered(value: Value, kind: &Kind) -> Value {
    match (kind, value) {
        (_, Value::Null) => Value::Null,
        (Kind::Optional(inner), value) => ordered(value, inner),
        (Kind::List(inner), Value::List(values)) => Value::List(
            values
                .into_iter()
                .map(|value| ordered(value, inner))
                .collect(),
        ),
        (Kind::Map(inner), Value::Map(pairs)) => {
            let pairs = pairs.into_iter();
            Value::Map(
                pairs
                    .map(|(key, value)| (key, ordered(value, inner)))
                    .collect(),
            )
        }
        (Kind::Struct(schema), Value::Struct(name, fields)) => {
            Value::Struct(name, arranged(fields, schema, |key| Some(key), |name| name))
        }
        (Kind::Struct(schema), Value::Map(pairs)) => {
            let key = |name: &'static str| Value::Text(name.to_owned());
            Value::Map(arranged(pairs, schema, Value::as_text, key))
        }
        (_, value) => value,
    }
}

/// The members of a record in the order of `schema`; `text` and `key` are how they are named.
fn arranged<K>(
    mut members: Vec<(K, Value)>,
    schema: &'static Schema,
    text: impl Fn(&K) -> Option<&str>,
    key: impl Fn(&'static str) -> K,
) -> Vec<(K, Value)> {
    let mut out = Vec::with_capacity(schema.fields.len().max(members.len()));
    for field in schema.fields {
        let at = members
            .iter()
            .position(|(key, _)| text(key) == Some(field.name));
        if let Some(at) = at {
            let (key, value) = members.remove(at);
            out.push((key, ordered(value, &field.kind)));
        } else if let Some(value) = default(field) {
            out.push((key(field.name), value));
        }
    }
    out.append(&mut members);
    out
}

/// The value of a field that the item lacks.
fn default(field: &Field) -> Option<Value> {
    let json: serde_json::Value = serde_json::from_str(field.default?).ok()?;
    let value = Value::from(json);
    // A default of bytes is text of the characters U+0000 to U+00FF, says the specification.
    Some(match (bare(&field.kind), value) {
        (Kind::Bytes | Kind::Fixed { .. }, Value::Text(text)) => {
            Value::Bytes(text.chars().map(|c| c as u8).collect())
        }
        (_, value) => value,
    })
}

fn bare(kind: &Kind) -> &Kind {
    match kind {
        Kind::Optional(inner) => bare(inner),
        kind => kind,
    }
}

/// The schema of items that leave in the shape of the record at the root of `schema`; it lives as
/// long as the program does, as schemas do.
///
/// # Errors
/// There is no record at the root.
pub(crate) fn schema(schema: &AvroSchema) -> Result<&'static Schema, String> {
    let Type::Record(record) = &schema.node(schema.root()).kind else {
        return Err("the schema is not that of a record".to_owned());
    };
    let mut maker = Maker {
        schema,
        within: HashSet::from([schema.root()]),
    };
    let made = maker.record(record);
    Ok(Box::leak(Box::new(Schema {
        avro: Some(text(schema.text())),
        ..made
    })))
}

struct Maker<'a> {
    schema: &'a AvroSchema,
    /// Records that are being made.
    within: HashSet<NodeId>,
}

impl Maker<'_> {
    fn record(&mut self, record: &Record) -> Schema {
        let fields = record.fields.iter().map(|field| Field {
            name: text(&field.name),
            kind: self.kind(field.kind),
            doc: text(&field.doc),
            aliases: texts(field.aliases.iter().map(String::as_str)),
            default: field
                .default
                .as_ref()
                .map(|default| text(&default.to_string())),
            attributes: &[],
        });
        let fields: &'static [Field] = Vec::leak(fields.collect());
        let aliases: Vec<_> = record.aliases.iter().map(Name::to_string).collect();
        Schema {
            namespace: text(&record.name.namespace),
            doc: text(&record.doc),
            aliases: texts(aliases.iter().map(String::as_str)),
            ..Schema::new(text(&record.name.name), fields)
        }
    }

    fn kind(&mut self, id: NodeId) -> Kind {
        let node = self.schema.node(id);
        if let Some(logical) = node.logical.and_then(logical) {
            return Kind::Logical(logical);
        }
        match &node.kind {
            Type::Boolean => Kind::Bool,
            Type::Int => Kind::Int(32),
            Type::Long => Kind::Int(64),
            Type::Float => Kind::Float(32),
            Type::Double => Kind::Float(64),
            Type::String => Kind::Text,
            Type::Bytes => Kind::Bytes,
            Type::Fixed(fixed) => Kind::Fixed {
                name: text(&fixed.name.name),
                size: fixed.size,
            },
            Type::Enum(symbols) => Kind::Enum(Box::leak(Box::new(Symbols {
                name: text(&symbols.name.name),
                doc: text(&symbols.doc),
                symbols: texts(symbols.symbols.iter().map(String::as_str)),
                default: symbols.default.as_deref().map(text),
            }))),
            Type::Array(items) => Kind::List(self.boxed(*items)),
            Type::Map(values) => Kind::Map(self.boxed(*values)),
            Type::Union(branches) => self.union(branches),
            Type::Record(record) if self.within.insert(id) => {
                let schema = self.record(record);
                self.within.remove(&id);
                Kind::Struct(Box::leak(Box::new(schema)))
            }
            // A record within itself: its fields have been said.
            Type::Record(_) | Type::Null => Kind::Any,
        }
    }

    fn union(&mut self, branches: &[NodeId]) -> Kind {
        let null = |id: &&NodeId| matches!(self.schema.node(**id).kind, Type::Null);
        let nullable = branches.iter().any(|id| null(&id));
        let others: Vec<NodeId> = branches.iter().filter(|id| !null(id)).copied().collect();
        let kind = match others[..] {
            [] => return Kind::Any,
            [one] => self.kind(one),
            _ => Kind::Union(Vec::leak(others.iter().map(|id| self.kind(*id)).collect())),
        };
        if nullable {
            Kind::Optional(Box::leak(Box::new(kind)))
        } else {
            kind
        }
    }

    fn boxed(&mut self, id: NodeId) -> &'static Kind {
        Box::leak(Box::new(self.kind(id)))
    }
}

fn logical(logical: LogicalType) -> Option<Logical> {
    Some(match logical {
        LogicalType::Decimal { precision, scale } => Logical::Decimal {
            precision: u32::try_from(precision).ok()?,
            scale: u32::try_from(scale).ok()?,
        },
        LogicalType::Uuid => Logical::Uuid,
        LogicalType::Date => Logical::Date,
        LogicalType::TimeMillis => Logical::TimeMillis,
        LogicalType::TimeMicros => Logical::TimeMicros,
        LogicalType::TimestampMillis => Logical::TimestampMillis,
        LogicalType::TimestampMicros => Logical::TimestampMicros,
        LogicalType::LocalTimestampMillis => Logical::LocalTimestampMillis,
        LogicalType::LocalTimestampMicros => Logical::LocalTimestampMicros,
        _ => return None,
    })
}

fn text(text: &str) -> &'static str {
    String::leak(text.to_owned())
}

fn texts<'a>(all: impl Iterator<Item = &'a str>) -> &'static [&'static str] {
    Vec::leak(all.map(text).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SCHEMA: &str = r#"{"type": "record", "name": "a.User", "doc": "Who.", "aliases": ["Old"], "fields": [
        {"name": "name", "type": "string", "doc": "How they are called.", "minLength": 1},
        {"name": "age", "type": ["null", "int"], "default": null, "aliases": ["years"]},
        {"name": "home", "type": {"type": "record", "name": "Home", "fields": [
            {"name": "zip", "type": "string", "default": "?"},
            {"name": "key", "type": "bytes", "default": "\u00ff\u0000"},
            {"name": "city", "type": {"type": "enum", "name": "City", "symbols": ["ROME", "BERN"]}}]}},
        {"name": "friends", "type": {"type": "array", "items": "User"}},
        {"name": "size", "type": ["null", "long", "double"]},
        {"name": "born", "type": {"type": "int", "logicalType": "date"}},
        {"name": "cost", "type": {"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2}},
        {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 4}},
        {"name": "nothing", "type": "null"}
    ]}"#;

    #[test]
    fn a_schema_of_avro_is_one_of_items() {
        let schema = schema(&AvroSchema::parse(SCHEMA).unwrap()).unwrap();
        assert_eq!(
            (schema.name, schema.namespace, schema.doc),
            ("User", "a", "Who.")
        );
        assert_eq!(
            (schema.aliases, schema.avro),
            (&["a.Old"][..], Some(SCHEMA))
        );
        let kinds: Vec<_> = schema
            .fields
            .iter()
            .map(|field| (field.name, field.kind))
            .collect();
        let Kind::Struct(home) = kinds[2].1 else {
            panic!("a struct: {:?}", kinds[2]);
        };
        assert_eq!(
            [&kinds[..2], &kinds[3..]].concat(),
            [
                ("name", Kind::Text),
                ("age", Kind::Optional(&Kind::Int(32))),
                ("friends", Kind::List(&Kind::Any)),
                (
                    "size",
                    Kind::Optional(&Kind::Union(&[Kind::Int(64), Kind::Float(64)]))
                ),
                ("born", Kind::Logical(Logical::Date)),
                (
                    "cost",
                    Kind::Logical(Logical::Decimal {
                        precision: 6,
                        scale: 2
                    })
                ),
                (
                    "hash",
                    Kind::Fixed {
                        name: "Hash",
                        size: 4
                    }
                ),
                ("nothing", Kind::Any),
            ]
        );
        assert_eq!(home.fields[0].default, Some("\"?\""));
        assert!(
            matches!(home.fields[2].kind, Kind::Enum(city) if city.symbols == ["ROME", "BERN"])
        );
        assert_eq!(schema.fields[1].aliases, ["years"]);
        assert_eq!(schema.fields[0].doc, "How they are called.");
    }

    #[test]
    fn fields_come_in_the_order_of_the_schema_with_its_defaults() {
        #[derive(serde::Serialize)]
        struct Home {
            city: &'static str,
        }
        #[derive(serde::Serialize)]
        struct User {
            extra: bool,
            home: Home,
            name: f32,
        }
        let schema = schema(&AvroSchema::parse(SCHEMA).unwrap()).unwrap();
        let user = User {
            extra: true,
            home: Home { city: "ROME" },
            name: 0.1,
        };
        let value = super::super::record::record(&user).unwrap();
        let item = Shaped::new(value, schema).erased();
        assert_eq!(
            serde_json::to_string(&item.fields()).unwrap(),
            json!({
                "name": 0.1,
                "age": null,
                "home": {"zip": "?", "key": [255, 0], "city": "ROME"},
                "extra": true
            })
            .to_string()
        );
        assert!(std::ptr::eq(item.schema(), schema));
    }
}
