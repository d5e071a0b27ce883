//! The text of the Avro schema of chosen fields, from that of the whole type.

use std::collections::HashSet;

use huntsman_avro::schema::{Field, LogicalType, Name, Order};
use huntsman_avro::{AvroSchema, Node, NodeId, Type};
use huntsman_core::Schema;
use serde_json::{Map, Value, json};

use super::shape::{Leaf, RULES, is_whole};

type Object = Map<String, Value>;

/// The schema of a type with these fields under these names. All that the author said of them is
/// kept; a type that was defined in a field that goes is defined where it now comes first.
pub(super) fn text(schema: &'static Schema, leaves: &[(&str, &Leaf)]) -> Result<String, String> {
    let avro = huntsman_contract::avro_schema(schema).map_err(|error| error.to_string())?;
    let root = avro.node(avro.root());
    let Type::Record(record) = &root.kind else {
        return Err(format!(
            "the schema of `{}` is that of no record",
            schema.name
        ));
    };
    let mut printer = Printer {
        schema: &avro,
        defined: HashSet::new(),
        is_recursive: false,
    };
    let mut object = named("record", &record.name, &record.doc, &record.aliases);
    let mut fields = Vec::with_capacity(leaves.len());
    for (name, leaf) in leaves {
        let Some((field, nullable)) = at(&avro, avro.root(), &leaf.path) else {
            let path = leaf.path.join(".");
            return Err(format!(
                "the schema of `{}` has no field `{path}`",
                schema.name
            ));
        };
        fields.push(printer.chosen(name, field, nullable));
    }
    if printer.is_recursive {
        return Err(format!(
            "`{}` is within itself, and cannot be there both in part and as a whole",
            schema.name
        ));
    }
    let whole = is_whole(schema, leaves);
    let kept = root
        .attributes
        .iter()
        .filter(|(word, _)| whole || *word != RULES);
    object.extend(kept.map(|(word, value)| (word.clone(), value.clone())));
    object.insert("fields".to_owned(), fields.into());
    Ok(Value::from(object).to_string())
}

/// The field at a path, and whether a record on the way may be null.
fn at<'a>(schema: &'a AvroSchema, from: NodeId, path: &[&str]) -> Option<(&'a Field, bool)> {
    let (first, rest) = path.split_first()?;
    let (record, nullable) = match &schema.node(from).kind {
        Type::Record(record) => (record, false),
        Type::Union(branches) => {
            let mut records = branches
                .iter()
                .filter_map(|id| schema.node(*id).as_record());
            (records.next()?, true)
        }
        _ => return None,
    };
    let field = record.fields.iter().find(|field| field.name == *first)?;
    if rest.is_empty() {
        return Some((field, nullable));
    }
    let (field, deeper) = at(schema, field.kind, rest)?;
    Some((field, nullable || deeper))
}

/// Writes types; a named one is defined where it comes first.
struct Printer<'a> {
    schema: &'a AvroSchema,
    defined: HashSet<NodeId>,
    /// The type as a whole is within one of the fields.
    is_recursive: bool,
}

impl Printer<'_> {
    /// A field of its own name, or of another one.
    fn chosen(&mut self, name: &str, field: &Field, nullable: bool) -> Value {
        let is_null = |id: &NodeId| matches!(self.schema.node(*id).kind, Type::Null);
        let is_optional = match &self.schema.node(field.kind).kind {
            Type::Union(branches) => branches.iter().any(is_null),
            _ => false,
        };
        let mut object = self.field(field);
        object.insert("name".to_owned(), name.into());
        if name != field.name {
            object.remove("aliases");
        }
        if nullable {
            let own = object.remove("type").unwrap_or_default();
            let kind = match own {
                own if is_optional => null_first(own),
                Value::Array(mut branches) => {
                    branches.insert(0, "null".into());
                    branches.into()
                }
                own => json!(["null", own]),
            };
            object.insert("type".to_owned(), kind);
            object.insert("default".to_owned(), Value::Null);
        }
        object.into()
    }

    fn field(&mut self, field: &Field) -> Object {
        let mut object = Object::new();
        object.insert("name".to_owned(), field.name.clone().into());
        object.insert("type".to_owned(), self.kind(field.kind));
        if !field.doc.is_empty() {
            object.insert("doc".to_owned(), field.doc.clone().into());
        }
        if !field.aliases.is_empty() {
            object.insert("aliases".to_owned(), field.aliases.clone().into());
        }
        if let Some(default) = &field.default {
            object.insert("default".to_owned(), default.clone());
        }
        match field.order {
            Order::Ascending => None,
            Order::Descending => object.insert("order".to_owned(), "descending".into()),
            Order::Ignore => object.insert("order".to_owned(), "ignore".into()),
        };
        object.extend(field.attributes.clone());
        object
    }

    fn kind(&mut self, id: NodeId) -> Value {
        let schema = self.schema;
        let node = schema.node(id);
        self.is_recursive |= id == schema.root();
        if let Some(name) = node.name()
            && !self.defined.insert(id)
        {
            return name.to_string().into();
        }
        let mut object = match &node.kind {
            Type::Union(branches) => {
                return branches.iter().map(|id| self.kind(*id)).collect();
            }
            Type::Array(items) => {
                let items = self.kind(*items);
                Object::from_iter([
                    ("type".to_owned(), "array".into()),
                    ("items".to_owned(), items),
                ])
            }
            Type::Map(values) => {
                let values = self.kind(*values);
                Object::from_iter([
                    ("type".to_owned(), "map".into()),
                    ("values".to_owned(), values),
                ])
            }
            Type::Fixed(fixed) => {
                let mut object = named("fixed", &fixed.name, &fixed.doc, &fixed.aliases);
                object.insert("size".to_owned(), fixed.size.into());
                object
            }
            Type::Enum(symbols) => {
                let mut object = named("enum", &symbols.name, &symbols.doc, &symbols.aliases);
                object.insert("symbols".to_owned(), symbols.symbols.clone().into());
                if let Some(default) = &symbols.default {
                    object.insert("default".to_owned(), default.clone().into());
                }
                object
            }
            Type::Record(record) => {
                let mut object = named("record", &record.name, &record.doc, &record.aliases);
                let fields = record
                    .fields
                    .iter()
                    .map(|field| Value::from(self.field(field)));
                object.insert("fields".to_owned(), fields.collect());
                object
            }
            plain => Object::from_iter([("type".to_owned(), plain.word().into())]),
        };
        object.extend(logical(node));
        object.extend(node.attributes.clone());
        match object.get("type") {
            Some(word) if object.len() == 1 => word.clone(),
            _ => object.into(),
        }
    }
}

/// A union with its null in front: what a default of null asks for.
fn null_first(kind: Value) -> Value {
    let Value::Array(mut branches) = kind else {
        return kind;
    };
    branches.sort_by_key(|branch| branch != "null");
    branches.into()
}

/// The beginning of a definition. The namespace is always said: what stands around it has changed.
fn named(word: &str, name: &Name, doc: &str, aliases: &[Name]) -> Object {
    let mut object = Object::new();
    object.insert("type".to_owned(), word.into());
    object.insert("name".to_owned(), name.name.clone().into());
    object.insert("namespace".to_owned(), name.namespace.clone().into());
    if !doc.is_empty() {
        object.insert("doc".to_owned(), doc.into());
    }
    if !aliases.is_empty() {
        let aliases = aliases.iter().map(|alias| Value::from(alias.to_string()));
        object.insert("aliases".to_owned(), aliases.collect());
    }
    object
}

/// What makes a type a logical one.
fn logical(node: &Node) -> Object {
    let Some(logical) = node.logical else {
        return Object::new();
    };
    let word = match logical {
        LogicalType::Decimal { .. } => "decimal",
        LogicalType::BigDecimal => "big-decimal",
        LogicalType::Uuid => "uuid",
        LogicalType::Date => "date",
        LogicalType::TimeMillis => "time-millis",
        LogicalType::TimeMicros => "time-micros",
        LogicalType::TimestampMillis => "timestamp-millis",
        LogicalType::TimestampMicros => "timestamp-micros",
        LogicalType::TimestampNanos => "timestamp-nanos",
        LogicalType::LocalTimestampMillis => "local-timestamp-millis",
        LogicalType::LocalTimestampMicros => "local-timestamp-micros",
        LogicalType::LocalTimestampNanos => "local-timestamp-nanos",
        LogicalType::Duration => "duration",
    };
    let mut object = Object::from_iter([("logicalType".to_owned(), word.into())]);
    if let LogicalType::Decimal { precision, scale } = logical {
        object.insert("precision".to_owned(), precision.into());
        object.insert("scale".to_owned(), scale.into());
    }
    object
}
