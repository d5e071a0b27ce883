//! The JSON Schema of an item: what a schema demands, for tools that do not read Avro.

use huntsman_avro::schema::{Field, LogicalType, Record};
use huntsman_avro::{AvroSchema, Node, NodeId, Type};
use serde_json::{Map, Value, json};

use crate::format::Format;
use crate::words::{Family, Word};

type Object = Map<String, Value>;

/// A JSON Schema, draft 2020-12, for the items of a schema as JSON.
///
/// Named types stand in `$defs` under their full names. A field without a default is required, and
/// no others are allowed. It has the constraints that JSON Schema has too; those across items, in
/// CEL and in Rust have no words there. Patterns are copied as they are. What Avro holds as a number
/// but people write as text, such as dates and decimals, may be either; bytes are text, a character
/// for each, or a list of numbers. Every item that obeys the schema obeys the JSON Schema, except
/// that JSON has no NaN and no infinity.
///
/// ```
/// use huntsman_contract::{AvroSchema, json_schema};
/// use serde_json::json;
///
/// let schema = AvroSchema::parse(
///     r#"{"type": "record", "name": "User", "fields": [
///         {"name": "email", "type": "string", "logicalType": "email"},
///         {"name": "age", "type": ["null", "int"], "minimum": 13, "default": null}]}"#,
/// )?;
/// assert_eq!(
///     json_schema(&schema)["$defs"]["User"],
///     json!({
///         "type": "object",
///         "properties": {
///             "email": { "type": "string", "format": "email" },
///             "age": { "type": ["integer", "null"], "minimum": 13, "maximum": 2147483647,
///                      "default": null },
///         },
///         "required": ["email"],
///         "additionalProperties": false,
///     })
/// );
/// # Ok::<(), huntsman_avro::SchemaError>(())
/// ```
#[must_use]
pub fn json_schema(schema: &AvroSchema) -> Value {
    let writer = Writer { schema };
    let mut whole = Object::new();
    put(
        &mut whole,
        "$schema",
        "https://json-schema.org/draft/2020-12/schema",
    );
    let root = writer.value(schema.root(), &Object::new());
    if let Value::Object(root) = root {
        whole.extend(root);
    }
    let mut definitions = Object::new();
    for node in schema.nodes() {
        if let Some(name) = node.name() {
            definitions.insert(name.to_string(), writer.definition(node).into());
        }
    }
    if !definitions.is_empty() {
        put(&mut whole, "$defs", definitions);
    }
    whole.into()
}

struct Writer<'a> {
    schema: &'a AvroSchema,
}

fn put(object: &mut Object, word: &str, value: impl Into<Value>) {
    object.insert(word.to_owned(), value.into());
}

impl Writer<'_> {
    /// What stands in the place of a type, where the place says these words too.
    fn value(&self, id: NodeId, words: &Object) -> Value {
        let node = self.schema.node(id);
        if let Type::Union(branches) = &node.kind {
            // What stands beside a union holds for its types.
            let mut words = words.clone();
            words.extend(node.attributes.clone());
            return self.union(branches, &words);
        }
        let mut object = match node.name() {
            Some(name) => {
                Object::from_iter([("$ref".to_owned(), Value::String(format!("#/$defs/{name}")))])
            }
            None => self.own(node),
        };
        constrain(&mut object, node, words);
        object.into()
    }

    fn union(&self, branches: &[NodeId], words: &Object) -> Value {
        let is_null = |id: &&NodeId| matches!(self.schema.node(**id).kind, Type::Null);
        let others: Vec<_> = branches.iter().filter(|id| !is_null(id)).collect();
        let mut values: Vec<_> = others.iter().map(|id| self.value(**id, words)).collect();
        let nullable = others.len() < branches.len();
        if let [Value::Object(only)] = values.as_mut_slice()
            && nullable
            && let Some(Value::String(name)) = only.get("type").cloned()
            && !only.contains_key("enum")
            && !only.contains_key("const")
        {
            put(only, "type", json!([name, "null"]));
            return Value::Object(only.clone());
        }
        if nullable {
            values.push(json!({ "type": "null" }));
        }
        if let [only] = values.as_slice() {
            return only.clone();
        }
        // A union of nothing has no values.
        if values.is_empty() {
            json!(false)
        } else {
            json!({ "anyOf": values })
        }
    }

    /// The definition of a named type.
    fn definition(&self, node: &Node) -> Object {
        let mut object = match &node.kind {
            Type::Record(record) => self.record(record, node),
            _ => self.own(node),
        };
        let doc = match &node.kind {
            Type::Record(record) => &record.doc,
            Type::Enum(symbols) => &symbols.doc,
            Type::Fixed(fixed) => &fixed.doc,
            _ => return object,
        };
        if !doc.is_empty() {
            put(&mut object, "description", doc.as_str());
        }
        object
    }

    fn record(&self, record: &Record, node: &Node) -> Object {
        let mut object = Object::new();
        put(&mut object, "type", "object");
        let properties = record
            .fields
            .iter()
            .map(|field| (field.name.clone(), self.field(field)));
        put(&mut object, "properties", properties.collect::<Object>());
        let required = record.fields.iter().filter(|field| field.default.is_none());
        let required: Vec<_> = required.map(|field| field.name.as_str()).collect();
        if !required.is_empty() {
            put(&mut object, "required", required);
        }
        let others = node.attributes.get(Word::AdditionalFields.text());
        put(
            &mut object,
            "additionalProperties",
            others == Some(&Value::Bool(true)),
        );
        object
    }

    fn field(&self, field: &Field) -> Value {
        let mut value = self.value(field.kind, &field.attributes);
        if let Value::Object(object) = &mut value {
            if !field.doc.is_empty() {
                put(object, "description", field.doc.as_str());
            }
            let plain = |value: &&Value| value.is_null() || self.is_plain(field.kind);
            if let Some(default) = field.default.as_ref().filter(plain) {
                put(object, "default", default.clone());
            }
        }
        value
    }

    /// Whether a default of this type is written in an item as it is in a schema.
    fn is_plain(&self, id: NodeId) -> bool {
        let node = self.schema.node(id);
        let plain = match &node.kind {
            Type::Union(branches) => branches.iter().all(|id| self.is_plain(*id)),
            Type::Bytes | Type::Fixed(_) | Type::Array(_) | Type::Map(_) | Type::Record(_) => false,
            _ => true,
        };
        plain && node.logical.is_none() && !holds_json(node)
    }

    /// What a type demands by itself, and by the words in its own object.
    fn own(&self, node: &Node) -> Object {
        let mut object = Object::new();
        let none = Object::new();
        let kind = match &node.kind {
            _ if node.logical.is_some() => return logical(node),
            _ if holds_json(node) => return object,
            Type::Null => "null",
            Type::Boolean => "boolean",
            Type::Int | Type::Long => "integer",
            Type::Float | Type::Double => "number",
            Type::String => "string",
            Type::Enum(symbols) => {
                put(&mut object, "enum", symbols.symbols.as_slice());
                "string"
            }
            Type::Bytes | Type::Fixed(_) => return bytes(node),
            Type::Array(items) => {
                put(&mut object, "items", self.value(*items, &none));
                "array"
            }
            Type::Map(values) => {
                put(
                    &mut object,
                    "additionalProperties",
                    self.value(*values, &none),
                );
                "object"
            }
            Type::Record(_) | Type::Union(_) => return object,
        };
        object.shift_insert(0, "type".to_owned(), kind.into());
        match node.kind {
            Type::Int => range(&mut object, i32::MIN.into(), i32::MAX.into()),
            Type::Long => range(&mut object, i64::MIN, i64::MAX),
            _ => {}
        }
        constrain(&mut object, node, &node.attributes);
        object
    }
}

fn range(object: &mut Object, least: i64, most: i64) {
    put(object, "minimum", least);
    put(object, "maximum", most);
}

/// Whether a text holds JSON, which then stands in its place in an item.
fn holds_json(node: &Node) -> bool {
    let json = Value::from("application/json");
    matches!(node.kind, Type::String)
        && node.attributes.get(Word::ContentMediaType.text()) == Some(&json)
}

/// Bytes are text, a character for each, or a list.
fn bytes(node: &Node) -> Object {
    let mut object = Object::new();
    put(&mut object, "type", json!(["string", "array"]));
    put(
        &mut object,
        "items",
        json!({ "type": "integer", "minimum": 0, "maximum": 255 }),
    );
    if let Type::Fixed(fixed) = &node.kind {
        for word in ["minLength", "maxLength", "minItems", "maxItems"] {
            put(&mut object, word, fixed.size);
        }
    } else {
        constrain(&mut object, node, &node.attributes);
    }
    object
}

/// Logical types are text, or what Avro holds.
fn logical(node: &Node) -> Object {
    let format = match node.logical {
        Some(LogicalType::Uuid) => Some("uuid"),
        Some(LogicalType::Date) => Some("date"),
        _ => None,
    };
    let mut object = Object::new();
    let kinds = match node.kind {
        Type::String => json!("string"),
        Type::Int | Type::Long => json!(["string", "integer"]),
        Type::Bytes | Type::Fixed(_) => json!(["string", "number", "array"]),
        _ => return object,
    };
    put(&mut object, "type", kinds);
    if let Some(format) = format {
        put(&mut object, "format", format);
    }
    constrain(&mut object, node, &node.attributes);
    object
}

/// Adds the words that mean something for a type, and that JSON Schema has.
fn constrain(object: &mut Object, node: &Node, words: &Object) {
    for (written, value) in words {
        let Some(word) = Word::written(written) else {
            continue;
        };
        if !word.family().meets(Family::of(node)) || holds_json(node) {
            continue;
        }
        let is_bytes = matches!(node.kind, Type::Bytes) && node.logical.is_none();
        match word {
            Word::MinLength if is_bytes => both(object, ["minLength", "minItems"], value),
            Word::MaxLength if is_bytes => both(object, ["maxLength", "maxItems"], value),
            // The text of a logical type has no length of its own.
            Word::MinLength | Word::MaxLength | Word::Pattern if node.logical.is_some() => {}
            Word::Format | Word::LogicalType => {
                let known = value
                    .as_str()
                    .is_some_and(|name| Format::named(name).is_some());
                if known && matches!(node.kind, Type::String) && node.logical.is_none() {
                    put(object, "format", value.clone());
                }
            }
            Word::Minimum | Word::Maximum => bound(object, written, value),
            Word::Enum | Word::Const if node.logical.is_some() || is_bytes => {}
            Word::MinLength
            | Word::MaxLength
            | Word::Pattern
            | Word::ExclusiveMinimum
            | Word::ExclusiveMaximum
            | Word::MultipleOf
            | Word::MinItems
            | Word::MaxItems
            | Word::UniqueItems
            | Word::MinProperties
            | Word::MaxProperties
            | Word::Enum
            | Word::Const => put(object, written, value.clone()),
            Word::Unique | Word::AdditionalFields | Word::ContentMediaType | Word::Rules => {}
        }
    }
}

fn both(object: &mut Object, words: [&str; 2], value: &Value) {
    for word in words {
        put(object, word, value.clone());
    }
}

/// The tighter of two bounds.
fn bound(object: &mut Object, word: &str, value: &Value) {
    let number = |value: &Value| value.as_f64();
    let known = object.get(word).and_then(number);
    let tighter = match (known, number(value)) {
        (Some(known), Some(new)) if word == "minimum" => new >= known,
        (Some(known), Some(new)) => new <= known,
        _ => true,
    };
    if tighter {
        put(object, word, value.clone());
    }
}
