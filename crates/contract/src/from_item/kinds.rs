//! The types of fields.

use huntsman_core::{Kind, Logical, Symbols};
use serde_json::{Value, json};

use super::error::ItemSchemaError;
use super::words::{self, demand_name, demand_none, fits};
use super::{Named, Object, Types, definition, full_name};

impl Types {
    /// The type of a field; `within` are the words that stand in it.
    pub(super) fn kind(
        &mut self,
        kind: &Kind,
        namespace: &str,
        within: &Object,
        place: &str,
    ) -> Result<Value, ItemSchemaError> {
        let plain = |name: &str| Ok(with_words(json!({ "type": name }), within));
        match kind {
            Kind::Bool => plain("boolean"),
            Kind::Int(..=32) | Kind::UInt(..=16) => plain("int"),
            Kind::Int(_) | Kind::UInt(_) => plain("long"),
            Kind::Float(32) => plain("float"),
            Kind::Float(_) => plain("double"),
            Kind::Text => plain("string"),
            Kind::Bytes => plain("bytes"),
            Kind::Logical(logical) => Ok(with_words(logical_type(*logical), within)),
            Kind::Any => Ok(with_words(
                json!({ "type": "string", "contentMediaType": "application/json" }),
                within,
            )),
            Kind::List(inner) => self.elements(("array", "items"), inner, namespace, within, place),
            Kind::Map(inner) => self.elements(("map", "values"), inner, namespace, within, place),
            Kind::Optional(_) | Kind::Union(_) => self.union(kind, namespace, within, place),
            Kind::Struct(schema) => {
                demand_none(within, schema.name, place)?;
                self.record(schema, namespace, place)
            }
            Kind::Enum(symbols) => {
                demand_none(within, symbols.name, place)?;
                self.symbols(symbols, namespace, place)
            }
            Kind::Fixed { name, size } => {
                demand_none(within, name, place)?;
                self.fixed(name, *size, namespace, place)
            }
            other => Err(ItemSchemaError::Kind {
                place: place.to_owned(),
                kind: format!("{other:?}"),
            }),
        }
    }

    fn elements(
        &mut self,
        (name, word): (&str, &str),
        inner: &Kind,
        namespace: &str,
        within: &Object,
        place: &str,
    ) -> Result<Value, ItemSchemaError> {
        let mut within = within.clone();
        let each = match within.shift_remove("items") {
            Some(Value::Object(each)) => each,
            None => Object::new(),
            Some(other) => return Err(words::no_words("items", &other, place)),
        };
        let inner = self.kind(inner, namespace, &each, &format!("{place}[]"))?;
        let mut object = Object::new();
        object.insert("type".to_owned(), name.into());
        object.insert(word.to_owned(), inner);
        object.extend(within);
        Ok(object.into())
    }

    fn union(
        &mut self,
        kind: &Kind,
        namespace: &str,
        within: &Object,
        place: &str,
    ) -> Result<Value, ItemSchemaError> {
        let mut flat = Vec::new();
        let nullable = flatten(kind, &mut flat);
        let mut branches: Vec<Value> = Vec::from_iter(nullable.then(|| "null".into()));
        let mut seen: Vec<String> = Vec::new();
        for branch in &flat {
            let fitting = |(word, _): &(&String, &Value)| flat.len() == 1 || fits(word, branch);
            let within = within.iter().filter(fitting);
            let within = within
                .map(|(word, value)| (word.clone(), value.clone()))
                .collect();
            let value = self.kind(branch, namespace, &within, place)?;
            let name = type_name(&value);
            if seen.contains(&name) {
                return Err(ItemSchemaError::Alike {
                    place: place.to_owned(),
                    name,
                });
            }
            seen.push(name);
            branches.push(value);
        }
        Ok(branches.into())
    }

    fn symbols(
        &mut self,
        symbols: &'static Symbols,
        namespace: &str,
        place: &str,
    ) -> Result<Value, ItemSchemaError> {
        let (namespace, name, own) = split(symbols.name, namespace);
        let full = full_name(namespace, name);
        if self.is_defined(&full, Named::Enum(symbols), place)? {
            return Ok(Value::String(full));
        }
        let rename = "name it by `#[item(name = \"…\")]`";
        demand_name(name, "type", place, rename)?;
        for symbol in symbols.symbols.iter().filter(|_| !self.loose) {
            let rename = "rename the variant, perhaps by `#[serde(rename_all = \"snake_case\")]`";
            demand_name(symbol, "symbol", place, rename)?;
        }
        let mut object = definition("enum", name, own, symbols.doc);
        object.insert("symbols".to_owned(), symbols.symbols.into());
        if let Some(default) = symbols.default {
            object.insert("default".to_owned(), default.into());
        }
        Ok(object.into())
    }

    fn fixed(
        &mut self,
        name: &str,
        size: usize,
        namespace: &str,
        place: &str,
    ) -> Result<Value, ItemSchemaError> {
        let (namespace, name, own) = split(name, namespace);
        let full = full_name(namespace, name);
        if self.is_defined(&full, Named::Fixed(size), place)? {
            return Ok(Value::String(full));
        }
        demand_name(name, "type", place, "choose another one")?;
        let mut object = definition("fixed", name, own, "");
        object.insert("size".to_owned(), size.into());
        Ok(object.into())
    }
}

/// A name, which may be full, and its namespace; the third is set if that is not the one around it.
fn split<'a>(name: &'a str, around: &'a str) -> (&'a str, &'a str, Option<&'a str>) {
    match name.rsplit_once('.') {
        Some((namespace, name)) => (namespace, name, (namespace != around).then_some(namespace)),
        None => (around, name, None),
    }
}

/// A type as its bare name where nothing else is said of it.
fn with_words(kind: Value, within: &Object) -> Value {
    let Value::Object(mut object) = kind else {
        return kind;
    };
    object.extend(within.clone());
    match object.get("type") {
        Some(name) if object.len() == 1 => name.clone(),
        _ => object.into(),
    }
}

fn logical_type(logical: Logical) -> Value {
    let (kind, word) = match logical {
        Logical::Date => ("int", "date"),
        Logical::TimeMillis => ("int", "time-millis"),
        Logical::TimeMicros => ("long", "time-micros"),
        Logical::TimestampMillis => ("long", "timestamp-millis"),
        Logical::TimestampMicros => ("long", "timestamp-micros"),
        Logical::LocalTimestampMillis => ("long", "local-timestamp-millis"),
        Logical::LocalTimestampMicros => ("long", "local-timestamp-micros"),
        Logical::Uuid => ("string", "uuid"),
        Logical::Decimal { precision, scale } => {
            return json!({
                "type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale
            });
        }
        _ => ("string", "unknown"),
    };
    json!({ "type": kind, "logicalType": word })
}

/// The types of a union without the null, and whether it has one.
fn flatten<'a>(kind: &'a Kind, flat: &mut Vec<&'a Kind>) -> bool {
    match kind {
        Kind::Optional(inner) => {
            flatten(inner, flat);
            true
        }
        Kind::Union(kinds) => kinds
            .iter()
            .fold(false, |null, kind| flatten(kind, flat) | null),
        other => {
            flat.push(other);
            false
        }
    }
}

/// Whether words for elements mean something for a type.
pub(super) fn has_elements(kind: &Kind) -> bool {
    let mut flat = Vec::new();
    flatten(kind, &mut flat);
    flat.iter()
        .any(|kind| matches!(kind, Kind::List(_) | Kind::Map(_)))
}

/// The name by which a union tells its types apart.
fn type_name(kind: &Value) -> String {
    match kind {
        Value::Object(object) => {
            let name = object.get("name").or_else(|| object.get("type"));
            name.and_then(Value::as_str).unwrap_or_default().to_owned()
        }
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}
