//! The schema of a file: that of its items, or a union of theirs.

use std::collections::BTreeMap;

use huntsman_avro::AvroSchema;
use huntsman_core::Schema;
use serde_json::{Map, Value};

use super::same::difference;

/// The schema of files with items of these types. With several types, it is a union of their
/// records, in order.
pub(super) fn of_file(schemas: &[&'static Schema]) -> Result<AvroSchema, String> {
    let own = schemas
        .iter()
        .map(|schema| huntsman_contract::avro_schema(schema));
    let own: Vec<AvroSchema> = own
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    match &own[..] {
        [] => Err("there are no types of items".to_owned()),
        [one] => Ok(one.clone()),
        several => union(several),
    }
}

fn union(several: &[AvroSchema]) -> Result<AvroSchema, String> {
    let mut once = Once {
        schemas: several,
        defined: BTreeMap::new(),
    };
    let mut branches = Vec::new();
    for (number, schema) in several.iter().enumerate() {
        let mut branch: Value =
            serde_json::from_str(schema.text()).map_err(|error| error.to_string())?;
        once.define(&mut branch, "", number)?;
        branches.push(branch);
    }
    let text = Value::Array(branches).to_string();
    AvroSchema::parse(&text).map_err(|error| format!("their types in one schema: {error}"))
}

/// Definitions of named types, each of which may stand but once in a schema.
struct Once<'a> {
    schemas: &'a [AvroSchema],
    /// The number of the schema that defines it, by full name.
    defined: BTreeMap<String, usize>,
}

impl Once<'_> {
    /// Puts names in the place of definitions that earlier schemas have.
    fn define(&mut self, kind: &mut Value, around: &str, number: usize) -> Result<(), String> {
        match kind {
            Value::Array(branches) => {
                for branch in branches {
                    self.define(branch, around, number)?;
                }
            }
            Value::Object(object) => {
                if let Some(known) = self.define_object(object, around, number)? {
                    *kind = Value::String(known);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The name of what an earlier schema defines.
    fn define_object(
        &mut self,
        object: &mut Map<String, Value>,
        around: &str,
        number: usize,
    ) -> Result<Option<String>, String> {
        let word = object.get("type").and_then(Value::as_str);
        let mut within = around.to_owned();
        if matches!(word, Some("record" | "error" | "enum" | "fixed")) {
            let (namespace, full) = full_name(object, around);
            if let Some(first) = self.earlier(&full, number)? {
                return Ok(Some(first));
            }
            within = namespace;
        }
        for word in ["type", "items", "values"] {
            if let Some(inner) = object.get_mut(word) {
                self.define(inner, &within, number)?;
            }
        }
        if let Some(Value::Array(fields)) = object.get_mut("fields") {
            for field in fields {
                if let Some(inner) = field.get_mut("type") {
                    self.define(inner, &within, number)?;
                }
            }
        }
        Ok(None)
    }

    fn earlier(&mut self, full: &str, number: usize) -> Result<Option<String>, String> {
        let first = *self.defined.entry(full.to_owned()).or_insert(number);
        if first == number {
            return Ok(None);
        }
        let (theirs, ours) = (&self.schemas[first], &self.schemas[number]);
        if let (Some(one), Some(other)) = (theirs.find(full), ours.find(full))
            && let Some(difference) = difference((theirs, one), (ours, other))
        {
            return Err(format!("two types are called `{full}`: {difference}"));
        }
        Ok(Some(full.to_owned()))
    }
}

/// The namespace within a definition, and its full name (specification 1.12, Names).
fn full_name(object: &Map<String, Value>, around: &str) -> (String, String) {
    let text = |word| object.get(word).and_then(Value::as_str);
    let name = text("name").unwrap_or_default();
    if let Some((namespace, _)) = name.rsplit_once('.') {
        return (namespace.to_owned(), name.to_owned());
    }
    let namespace = text("namespace").unwrap_or(around);
    let full = if namespace.is_empty() {
        name.to_owned()
    } else {
        format!("{namespace}.{name}")
    };
    (namespace.to_owned(), full)
}

#[cfg(test)]
mod tests {
    use huntsman_core::{Field, Kind};

    use super::*;

    static CITY: Schema = Schema::new("City", &[Field::new("name", Kind::Text)]);
    static OTHER_CITY: Schema = Schema::new("City", &[Field::new("name", Kind::Bytes)]);
    static SHOP: Schema = Schema::new("Shop", &[Field::new("city", Kind::Struct(&CITY))]);
    static HOUSE: Schema = Schema {
        namespace: "com.example",
        ..Schema::new(
            "House",
            &[Field::new("city", Kind::Optional(&Kind::Struct(&CITY)))],
        )
    };
    static ODD: Schema = Schema::new("Odd", &[Field::new("city", Kind::Struct(&OTHER_CITY))]);
    static UNNAMED: Schema = Schema::new("Un named", &[]);

    #[test]
    fn one_type_has_its_own_schema() {
        let schema = of_file(&[&SHOP]).unwrap();
        assert_eq!(schema.text(), huntsman_contract::avsc(&SHOP).unwrap());
    }

    #[test]
    fn a_type_that_two_have_is_defined_once() {
        let schema = of_file(&[&SHOP, &CITY]).unwrap();
        let expected = format!("[{},\"City\"]", huntsman_contract::avsc(&SHOP).unwrap());
        assert_eq!(schema.text(), expected);
        // It is another where a namespace is around it.
        let schema = of_file(&[&SHOP, &HOUSE, &CITY]).unwrap();
        assert!(schema.find("City").is_some() && schema.find("com.example.City").is_some());
    }

    #[test]
    fn two_types_of_one_name_are_refused() {
        let error = of_file(&[&SHOP, &ODD]).unwrap_err();
        let expected = "two types are called `City`: its `name` is string, not bytes";
        assert_eq!(error, expected);
        assert!(of_file(&[&UNNAMED]).unwrap_err().contains("Un named"));
        assert!(of_file(&[]).is_err());
    }
}
