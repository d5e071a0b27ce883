//! What to say of a type's name that is not known.

use serde_json::Value;

const PRIMITIVES: [&str; 8] = [
    "null", "boolean", "int", "long", "float", "double", "bytes", "string",
];

/// What to do about `name`, where the types `known` are defined.
pub(super) fn hint(name: &str, known: &[String], whole: &Value) -> String {
    let needs = match name {
        "array" => Some(r#"{"type": "array", "items": …}"#),
        "map" => Some(r#"{"type": "map", "values": …}"#),
        "record" => Some(r#"{"type": "record", "name": …, "fields": …}"#),
        "enum" => Some(r#"{"type": "enum", "name": …, "symbols": …}"#),
        "fixed" => Some(r#"{"type": "fixed", "name": …, "size": …}"#),
        "union" => Some("an array of types"),
        "uuid" => Some(r#"{"type": "string", "logicalType": "uuid"}"#),
        "date" => Some(r#"{"type": "int", "logicalType": "date"}"#),
        "decimal" => Some(r#"{"type": "bytes", "logicalType": "decimal", "precision": …}"#),
        _ => None,
    };
    if let Some(needs) = needs {
        return format!("write {needs}");
    }
    let simple = name.rsplit('.').next().unwrap_or(name);
    if defines(whole, simple) {
        return "it is defined further on; define it where it is used first, in reading order, or write its full name".to_owned();
    }
    let all = PRIMITIVES
        .into_iter()
        .chain(known.iter().map(String::as_str));
    let nearest = crate::nearest::nearest(name, all).unwrap_or("string");
    format!("did you mean `{nearest}`?")
}

/// Whether a type of this name is defined anywhere in the text.
fn defines(value: &Value, simple: &str) -> bool {
    match value {
        Value::Array(values) => values.iter().any(|value| defines(value, simple)),
        Value::Object(object) => {
            let text = |word| object.get(word).and_then(Value::as_str);
            let named = text("name").and_then(|name| name.rsplit('.').next()) == Some(simple);
            (named && matches!(text("type"), Some("record" | "error" | "enum" | "fixed")))
                || object.values().any(|value| defines(value, simple))
        }
        _ => false,
    }
}
