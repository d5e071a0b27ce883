//! A schema's text that leaves definitions to other schemas.

use serde_json::Value;

use super::{AvroSchema, names};

impl AvroSchema {
    /// The text with full names in the place of the definitions of these types: that of a schema
    /// which refers to others, as a registry keeps it. What they define within them is gone with
    /// them. Nothing else of it changes, but for blanks.
    ///
    /// ```
    /// use huntsman_avro::AvroSchema;
    ///
    /// let schema = AvroSchema::parse(
    ///     r#"{"type": "array", "items": {"type": "enum", "name": "geo.City", "symbols": ["ROME"]}}"#,
    /// )?;
    /// assert_eq!(schema.referring(&["geo.City"]), r#"{"type":"array","items":"geo.City"}"#);
    /// # Ok::<(), huntsman_avro::SchemaError>(())
    /// ```
    #[must_use]
    pub fn referring(&self, names: &[&str]) -> String {
        // It was read before.
        let mut whole: Value = serde_json::from_str(&self.text).unwrap_or_default();
        refer(&mut whole, "", names);
        whole.to_string()
    }
}

fn refer(schema: &mut Value, namespace: &str, names: &[&str]) {
    if let Value::Array(union) = schema {
        union
            .iter_mut()
            .for_each(|one| refer(one, namespace, names));
        return;
    }
    let of_name = schema["name"].as_str().map(|name| {
        let own = schema["namespace"].as_str();
        names::full(name, own.unwrap_or(namespace))
    });
    let Value::Object(object) = schema else {
        return;
    };
    match object.get("type").and_then(Value::as_str) {
        Some("record" | "error" | "enum" | "fixed") => {
            let Some(name) = of_name else { return };
            if names.contains(&name.to_string().as_str()) {
                *schema = Value::from(name.to_string());
                return;
            }
            let fields = object.get_mut("fields").and_then(Value::as_array_mut);
            for field in fields.into_iter().flatten() {
                if let Some(kind) = field.get_mut("type") {
                    refer(kind, &name.namespace, names);
                }
            }
        }
        Some("array") => object
            .get_mut("items")
            .into_iter()
            .for_each(|one| refer(one, namespace, names)),
        Some("map") => object
            .get_mut("values")
            .into_iter()
            .for_each(|one| refer(one, namespace, names)),
        Some(_) => {}
        // An object around a type.
        None => object
            .get_mut("type")
            .into_iter()
            .for_each(|one| refer(one, namespace, names)),
    }
}
