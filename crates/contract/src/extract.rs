//! One type of a schema as a schema of its own, with all the types that it needs.

use std::collections::HashSet;

use huntsman_avro::schema::{Field, LogicalType, Name, Order};
use huntsman_avro::{AvroSchema, Node, NodeId, SchemaError, Type};
use serde_json::{Map, Value, json};

/// The type `id` of `schema`, alone.
///
/// # Errors
/// A type stands too deep in others, now that each is defined where it is used first.
pub(crate) fn extract(schema: &AvroSchema, id: NodeId) -> Result<AvroSchema, SchemaError> {
    if id == schema.root() {
        return Ok(schema.clone());
    }
    let mut writer = Writer {
        schema,
        defined: HashSet::new(),
        namespace: String::new(),
    };
    AvroSchema::parse(&writer.node(id).to_string())
}

/// The schema of a field of a record, alone; of a union with null, the other branch. None if there is
/// no such field.
///
/// ```
/// use huntsman_contract::{AvroSchema, field_schema};
///
/// let book = AvroSchema::parse(
///     r#"{"type": "record", "name": "Book", "fields": [{"name": "upc", "type": ["null", "string"]}]}"#,
/// )?;
/// let upc = field_schema(&book, "upc").expect("the field is there")?;
/// assert_eq!(upc.text(), r#""string""#);
/// # Ok::<(), huntsman_avro::SchemaError>(())
/// ```
///
/// # Errors
/// A type stands too deep in others, now that each is defined where it is used first.
pub fn field_schema(schema: &AvroSchema, field: &str) -> Option<Result<AvroSchema, SchemaError>> {
    let record = schema.node(schema.root()).as_record()?;
    let found = record.fields.iter().find(|own| own.name == field)?;
    let mut id = found.kind;
    if let Type::Union(branches) = &schema.node(id).kind {
        let is_null = |id: &&NodeId| matches!(schema.node(**id).kind, Type::Null);
        let mut others = branches.iter().filter(|id| !is_null(id));
        if let (Some(one), None) = (others.next(), others.next()) {
            id = *one;
        }
    }
    Some(extract(schema, id))
}

struct Writer<'a> {
    schema: &'a AvroSchema,
    defined: HashSet<NodeId>,
    /// That of the record whose fields are written.
    namespace: String,
}

impl Writer<'_> {
    fn node(&mut self, id: NodeId) -> Value {
        let node = self.schema.node(id);
        if let Type::Union(branches) = &node.kind {
            return branches.iter().map(|branch| self.node(*branch)).collect();
        }
        if let Some(name) = node.name()
            && !self.defined.insert(id)
        {
            return Value::String(full(name, &self.namespace));
        }
        let mut object = Map::new();
        object.insert("type".to_owned(), node.kind.word().into());
        self.body(node, &mut object);
        if let Some(logical) = node.logical {
            logical_words(logical, &mut object);
        }
        object.extend(node.attributes.clone());
        if object.len() == 1 {
            return node.kind.word().into();
        }
        Value::Object(object)
    }

    /// What the specification has an object say of its type.
    fn body(&mut self, node: &Node, object: &mut Map<String, Value>) {
        if let Some(name) = node.name() {
            object.insert("name".to_owned(), name.name.clone().into());
            // An empty one says that there is none, whatever the type stands in.
            object.insert("namespace".to_owned(), name.namespace.clone().into());
            let aliases = node.aliases().iter();
            let aliases: Vec<_> = aliases.map(|alias| full(alias, &name.namespace)).collect();
            if !aliases.is_empty() {
                object.insert("aliases".to_owned(), aliases.into());
            }
        }
        match &node.kind {
            Type::Record(record) => {
                doc(&record.doc, object);
                let own = record.name.namespace.clone();
                let outer = std::mem::replace(&mut self.namespace, own);
                let fields: Value = record.fields.iter().map(|f| self.field(f)).collect();
                self.namespace = outer;
                object.insert("fields".to_owned(), fields);
            }
            Type::Enum(symbols) => {
                doc(&symbols.doc, object);
                object.insert("symbols".to_owned(), json!(symbols.symbols));
                if let Some(default) = &symbols.default {
                    object.insert("default".to_owned(), json!(default));
                }
            }
            Type::Fixed(fixed) => {
                object.insert("size".to_owned(), fixed.size.into());
            }
            Type::Array(items) => {
                object.insert("items".to_owned(), self.node(*items));
            }
            Type::Map(values) => {
                object.insert("values".to_owned(), self.node(*values));
            }
            _ => {}
        }
    }

    fn field(&mut self, field: &Field) -> Value {
        let mut object = Map::new();
        object.insert("name".to_owned(), field.name.clone().into());
        object.insert("type".to_owned(), self.node(field.kind));
        doc(&field.doc, &mut object);
        if !field.aliases.is_empty() {
            object.insert("aliases".to_owned(), json!(field.aliases));
        }
        if let Some(default) = &field.default {
            object.insert("default".to_owned(), default.clone());
        }
        match field.order {
            Order::Ascending => {}
            Order::Descending => {
                object.insert("order".to_owned(), "descending".into());
            }
            Order::Ignore => {
                object.insert("order".to_owned(), "ignore".into());
            }
        }
        object.extend(field.attributes.clone());
        Value::Object(object)
    }
}

/// The full name, as it is meant in a namespace. A dot at the start stands for the null namespace.
fn full(name: &Name, namespace: &str) -> String {
    if name.namespace.is_empty() && !namespace.is_empty() {
        format!(".{name}")
    } else {
        name.to_string()
    }
}

fn doc(text: &str, object: &mut Map<String, Value>) {
    if !text.is_empty() {
        object.insert("doc".to_owned(), text.into());
    }
}

fn logical_words(logical: LogicalType, object: &mut Map<String, Value>) {
    let word = match logical {
        LogicalType::Decimal { precision, scale } => {
            object.insert("precision".to_owned(), precision.into());
            object.insert("scale".to_owned(), scale.into());
            "decimal"
        }
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
    object.insert("logicalType".to_owned(), word.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNION: &str = r#"[
        "null",
        {"type": "record", "name": "a.First", "fields": [
            {"name": "size", "type": {"type": "enum", "name": "Size", "symbols": ["S", "L"], "default": "S"}},
            {"name": "bare", "type": {"type": "fixed", "name": "Bare", "namespace": "", "size": 16, "logicalType": "uuid"}}
        ]},
        {"type": "record", "name": "Second", "namespace": "b", "doc": "The second.", "aliases": [".Old", "Older"],
         "confluent:rules": [{"name": "n", "expr": "true"}], "fields": [
            {"name": "price", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2, "minimum": 0}], "default": null, "order": "ignore"},
            {"name": "size", "type": "a.Size", "doc": "How large.", "aliases": ["dim"]},
            {"name": "sizes", "type": {"type": "map", "values": "a.Size"}, "minProperties": 1},
            {"name": "bare", "type": ".Bare"},
            {"name": "bares", "type": {"type": "array", "items": ".Bare"}},
            {"name": "name", "type": {"type": "string", "minLength": 8}, "order": "descending"},
            {"name": "parent", "type": ["null", "Second"]}
        ]}
    ]"#;

    #[test]
    fn a_branch_stands_alone_with_all_that_it_needs() {
        let schema = AvroSchema::parse(UNION).unwrap();
        let second = extract(&schema, schema.find("b.Second").unwrap()).unwrap();
        let expected = json!({
            "type": "record", "name": "Second", "namespace": "b", "aliases": [".Old", "b.Older"],
            "doc": "The second.",
            "fields": [
                {"name": "price", "type": ["null", {"type": "bytes", "precision": 6, "scale": 2, "logicalType": "decimal", "minimum": 0}], "default": null, "order": "ignore"},
                {"name": "size", "type": {"type": "enum", "name": "Size", "namespace": "a", "symbols": ["S", "L"], "default": "S"}, "doc": "How large.", "aliases": ["dim"]},
                {"name": "sizes", "type": {"type": "map", "values": "a.Size"}, "minProperties": 1},
                {"name": "bare", "type": {"type": "fixed", "name": "Bare", "namespace": "", "size": 16, "logicalType": "uuid"}},
                {"name": "bares", "type": {"type": "array", "items": ".Bare"}},
                {"name": "name", "type": {"type": "string", "minLength": 8}, "order": "descending"},
                {"name": "parent", "type": ["null", "b.Second"]}
            ],
            "confluent:rules": [{"name": "n", "expr": "true"}]
        });
        assert_eq!(
            serde_json::from_str::<Value>(second.text()).unwrap(),
            expected
        );
    }

    #[test]
    fn the_whole_keeps_its_text() {
        let text = r#" {"type":"record","name":"R","fields":[]} "#;
        let schema = AvroSchema::parse(text).unwrap();
        assert_eq!(
            extract(&schema, schema.root()).unwrap().text(),
            schema.text()
        );
    }
}
