//! The Avro schema of an item type: from what `#[derive(Item)]` knows to the text of an `.avsc`.

mod error;
mod kinds;
mod words;

use huntsman_avro::AvroSchema;
use huntsman_core::{Field, Kind, Schema, Symbols};
use serde_json::{Map, Value};

pub use error::ItemSchemaError;
use words::{demand_name, json_of, words};

type Object = Map<String, Value>;

/// The text of the Avro schema of an item type: compact JSON, always the same for the same type.
///
/// Constraints stand on the fields, those of `each` within the types of the elements. An `Option`
/// is a union with null, which is its default. Integers are `int` or `long`, whichever has room; a
/// `u64` is a `long` too. What is left open is text that holds JSON. A nested type is defined where
/// it comes first, and named from there on; without a namespace of its own it has that of the type
/// around it. A type with `#[item(avro = …)]` has that text, word for word.
///
/// ```
/// use huntsman_core::{Field, Kind, Schema};
///
/// static QUOTE: Schema = Schema::new("Quote", &[
///     Field::new("text", Kind::Text),
///     Field::new("likes", Kind::Optional(&Kind::UInt(32))),
/// ]);
/// assert_eq!(
///     huntsman_contract::avsc(&QUOTE)?,
///     r#"{"type":"record","name":"Quote","fields":[{"name":"text","type":"string"},{"name":"likes","type":["null","long"],"default":null}]}"#
/// );
/// # Ok::<(), huntsman_contract::ItemSchemaError>(())
/// ```
///
/// # Errors
/// What Avro cannot express, where it is in Rust, and what to do.
pub fn avsc(schema: &'static Schema) -> Result<String, ItemSchemaError> {
    avro_schema(schema).map(|schema| schema.text().to_owned())
}

/// The Avro schema of an item type; its text is that of [`avsc`].
///
/// # Errors
/// As [`avsc`].
pub fn avro_schema(schema: &'static Schema) -> Result<AvroSchema, ItemSchemaError> {
    made(schema, false)
}

/// The same, but fields and symbols may have any names: for what is checked, or leaves as something
/// else than Avro.
///
/// # Errors
/// As [`avsc`], save for such names.
pub fn checked_schema(schema: &'static Schema) -> Result<AvroSchema, ItemSchemaError> {
    made(schema, true)
}

fn made(schema: &'static Schema, loose: bool) -> Result<AvroSchema, ItemSchemaError> {
    let text = match schema.avro {
        Some(text) => text.to_owned(),
        None => {
            let mut types = Types {
                loose,
                ..Types::default()
            };
            types.record(schema, "", schema.name)?.to_string()
        }
    };
    let read = if loose {
        AvroSchema::parse_loosely(&text)
    } else {
        AvroSchema::parse(&text)
    };
    read.map_err(|problem| ItemSchemaError::Schema {
        item: schema.name.to_owned(),
        problem,
    })
}

/// A type with a name, as Rust knows it.
#[derive(Clone, Copy, PartialEq)]
enum Named {
    Record(&'static Schema),
    Enum(&'static Symbols),
    Fixed(usize),
}

/// The named types that are defined so far, by full name.
#[derive(Default)]
struct Types {
    defined: Vec<(String, Named)>,
    /// Fields and symbols may have any names.
    loose: bool,
}

impl Types {
    /// Whether this type is defined already; takes note of it.
    fn is_defined(
        &mut self,
        full: &str,
        named: Named,
        place: &str,
    ) -> Result<bool, ItemSchemaError> {
        match self.defined.iter().find(|(name, _)| name == full) {
            Some((_, known)) if *known == named => Ok(true),
            Some(_) => Err(ItemSchemaError::Clash {
                place: place.to_owned(),
                name: full.to_owned(),
            }),
            None => {
                self.defined.push((full.to_owned(), named));
                Ok(false)
            }
        }
    }

    /// The definition of a record, or its name where it is defined already.
    fn record(
        &mut self,
        schema: &'static Schema,
        around: &str,
        place: &str,
    ) -> Result<Value, ItemSchemaError> {
        if let Some(text) = schema.avro {
            return self.given(schema, text, place);
        }
        let namespace = if schema.namespace.is_empty() {
            around
        } else {
            schema.namespace
        };
        let full = full_name(namespace, schema.name);
        if self.is_defined(&full, Named::Record(schema), place)? {
            return Ok(Value::String(full));
        }
        demand_name(
            schema.name,
            "type",
            place,
            "name it by `#[item(name = \"…\")]`",
        )?;
        let own = (namespace != around).then_some(namespace);
        let mut record = definition("record", schema.name, own, schema.doc);
        if !schema.aliases.is_empty() {
            record.insert("aliases".to_owned(), schema.aliases.into());
        }
        let mut fields = Vec::with_capacity(schema.fields.len());
        for field in schema.fields {
            fields.push(self.field(
                field,
                namespace,
                &format!("{}.{}", schema.name, field.name),
            )?);
        }
        let reserved = ["type", "name", "namespace", "doc", "aliases", "fields"];
        record.extend(words(schema.attributes, &reserved, place)?);
        record.insert("fields".to_owned(), fields.into());
        Ok(record.into())
    }

    /// A type that says itself what its schema is.
    fn given(
        &mut self,
        schema: &'static Schema,
        text: &str,
        place: &str,
    ) -> Result<Value, ItemSchemaError> {
        let problem = |problem| ItemSchemaError::Schema {
            item: schema.name.to_owned(),
            problem,
        };
        let parsed = AvroSchema::parse(text).map_err(problem)?;
        let Some(name) = parsed.node(parsed.root()).name() else {
            return Err(ItemSchemaError::Kind {
                place: place.to_owned(),
                kind: "a schema that is no record".to_owned(),
            });
        };
        let full = name.to_string();
        if self.is_defined(&full, Named::Record(schema), place)? {
            return Ok(Value::String(full));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut given: Value = serde_json::from_str(text).unwrap_or_default();
        if let Value::Object(record) = &mut given {
            // Else it would be of the namespace around it.
            record.insert("namespace".to_owned(), name.namespace.clone().into());
            record.insert("name".to_owned(), name.name.clone().into());
        }
        Ok(given)
    }

    fn field(
        &mut self,
        field: &'static Field,
        namespace: &str,
        place: &str,
    ) -> Result<Value, ItemSchemaError> {
        let rename = "rename the field, or its `#[serde(rename = \"…\")]`";
        if !self.loose {
            demand_name(field.name, "field", place, rename)?;
        }
        let reserved = ["name", "type", "doc", "aliases", "default"];
        let mut attributes = words(field.attributes, &reserved, place)?;
        let mut within = Object::new();
        if let (Some(each), true) = (attributes.get("items"), kinds::has_elements(&field.kind)) {
            within.insert("items".to_owned(), each.clone());
            attributes.shift_remove("items");
        }
        let default = field
            .default
            .map(|text| json_of("default", text, place))
            .transpose()?;
        let kind = self.kind(&field.kind, namespace, &within, place)?;
        let (kind, default) = with_default(kind, default, &field.kind);
        let mut object = Object::new();
        object.insert("name".to_owned(), field.name.into());
        object.insert("type".to_owned(), kind);
        if !field.doc.is_empty() {
            object.insert("doc".to_owned(), field.doc.into());
        }
        if !field.aliases.is_empty() {
            object.insert("aliases".to_owned(), field.aliases.into());
        }
        if let Some(default) = default {
            object.insert("default".to_owned(), default);
        }
        object.extend(attributes);
        Ok(object.into())
    }
}

fn full_name(namespace: &str, name: &str) -> String {
    if namespace.is_empty() {
        name.to_owned()
    } else {
        format!("{namespace}.{name}")
    }
}

fn definition(kind: &str, name: &str, namespace: Option<&str>, doc: &str) -> Object {
    let mut object = Object::new();
    object.insert("type".to_owned(), kind.into());
    object.insert("name".to_owned(), name.into());
    if let Some(namespace) = namespace {
        object.insert("namespace".to_owned(), namespace.into());
    }
    if !doc.is_empty() {
        object.insert("doc".to_owned(), doc.into());
    }
    object
}

/// The type and default of a field. A union whose default is not null has null last: before 1.12,
/// the specification knew only defaults of the first type.
fn with_default(kind: Value, default: Option<Value>, rust: &Kind) -> (Value, Option<Value>) {
    let Value::Array(mut types) = kind else {
        let open = matches!(rust, Kind::Any);
        let as_text = |value: Value| {
            if open {
                value.to_string().into()
            } else {
                value
            }
        };
        return (kind, default.map(as_text));
    };
    let nullable = types.first().is_some_and(|first| first == "null");
    match default {
        Some(value) if nullable && !value.is_null() => {
            types.rotate_left(1);
            (types.into(), Some(value))
        }
        None if nullable => (types.into(), Some(Value::Null)),
        default => (types.into(), default),
    }
}
