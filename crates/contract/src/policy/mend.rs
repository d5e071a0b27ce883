//! Mending: what is plainly meant, where an item breaks a rule.

use std::collections::HashSet;

use huntsman_avro::{AvroSchema, NodeId, Type};
use huntsman_core::Violation;
use huntsman_core::violation::Place;

use super::value::Value;

/// Mends `value`, an item of the record at the root of `schema`, at the places of `violations`, and
/// says whether anything was changed. What is right is not touched.
///
/// - Text loses the space around it.
/// - Text that is empty then becomes null, where null is allowed.
/// - Text that is a number or a truth value becomes one, where that is wanted and text is not:
///   `12`, `-1.5e3`, `true`; not `1,234`, `12 EUR`, `yes`.
/// - A number becomes text, where text is wanted and no number.
pub(crate) fn mend(value: &mut Value, schema: &AvroSchema, violations: &[Violation]) -> bool {
    let mut mender = Mender {
        schema,
        broken: violations.iter().map(|v| v.path.as_str()).collect(),
        changed: false,
    };
    mender.place(value, schema.root(), &Place::ITEM);
    mender.changed
}

struct Mender<'a> {
    schema: &'a AvroSchema,
    /// The paths where rules are broken.
    broken: HashSet<&'a str>,
    changed: bool,
}

impl Mender<'_> {
    fn place(&mut self, value: &mut Value, id: NodeId, place: &Place<'_>) {
        let schema = self.schema;
        match value {
            Value::Struct(..) | Value::Map(_) | Value::List(_) if !self.leads(place) => {}
            Value::Struct(_, fields) => {
                for (name, value) in fields {
                    if let Some(id) = self.field(id, name) {
                        self.place(value, id, &place.field(name));
                    }
                }
            }
            Value::Map(pairs) => {
                for (key, value) in pairs {
                    let Value::Text(key) = key else { continue };
                    if let Some(id) = self.values(id) {
                        self.place(value, id, &place.key(key));
                    } else if let Some(id) = self.field(id, key) {
                        self.place(value, id, &place.field(key));
                    }
                }
            }
            Value::List(values) => {
                let items = self.branch(id, |kind| match kind {
                    Type::Array(items) => Some(*items),
                    _ => None,
                });
                for (index, value) in values.iter_mut().enumerate() {
                    if let Some(items) = items {
                        self.place(value, items, &place.index(index));
                    }
                }
            }
            _ if self.broken.contains(&*place.to_string()) => {
                if let Some(mended) = mended(value, &Wanted::of(schema, id)) {
                    *value = mended;
                    self.changed = true;
                }
            }
            _ => {}
        }
    }

    /// Whether a rule is broken within `place`.
    fn leads(&self, place: &Place<'_>) -> bool {
        let place = place.to_string();
        self.broken.iter().any(|path| path.starts_with(&place))
    }

    /// The type of a field, where a record is wanted.
    fn field(&self, id: NodeId, name: &str) -> Option<NodeId> {
        self.branch(id, |kind| match kind {
            Type::Record(record) => {
                let field = record.fields.iter().find(|field| field.name == name)?;
                Some(field.kind)
            }
            _ => None,
        })
    }

    /// The type of a map's values, where a map is wanted.
    fn values(&self, id: NodeId) -> Option<NodeId> {
        self.branch(id, |kind| match kind {
            Type::Map(values) => Some(*values),
            _ => None,
        })
    }

    /// The first answer of the type itself or, for a union, of its branches.
    fn branch<T>(&self, id: NodeId, ask: impl Fn(&Type) -> Option<T>) -> Option<T> {
        match &self.schema.node(id).kind {
            Type::Union(branches) => {
                let mut kinds = branches
                    .iter()
                    .map(|branch| &self.schema.node(*branch).kind);
                kinds.find_map(ask)
            }
            kind => ask(kind),
        }
    }
}

/// What a place of a schema takes.
#[derive(Default)]
struct Wanted {
    null: bool,
    text: bool,
    /// A number that may be written as text, such as a date: not as that of a number.
    dated: bool,
    truth: bool,
    integer: bool,
    float: bool,
}

impl Wanted {
    fn of(schema: &AvroSchema, id: NodeId) -> Self {
        let mut wanted = Self::default();
        wanted.add(schema, id);
        wanted
    }

    fn add(&mut self, schema: &AvroSchema, id: NodeId) {
        let node = schema.node(id);
        match &node.kind {
            Type::Union(branches) => {
                for branch in branches {
                    self.add(schema, *branch);
                }
            }
            Type::Null => self.null = true,
            Type::String | Type::Enum(_) => self.text = true,
            _ if node.logical.is_some() => self.dated = true,
            Type::Boolean => self.truth = true,
            Type::Int | Type::Long => self.integer = true,
            Type::Float | Type::Double => self.float = true,
            _ => {}
        }
    }
}

/// What was meant instead of `value`, if it is plain.
fn mended(value: &Value, wanted: &Wanted) -> Option<Value> {
    match value {
        Value::Text(text) => of_text(text, wanted),
        Value::Signed(_) | Value::Unsigned(_) | Value::Single(_) | Value::Double(_)
            if wanted.text && !wanted.integer && !wanted.float && !wanted.dated =>
        {
            in_text(value).map(Value::Text)
        }
        _ => None,
    }
}

fn of_text(text: &str, wanted: &Wanted) -> Option<Value> {
    let trimmed = text.trim();
    if trimmed.is_empty() && wanted.null {
        return Some(Value::Null);
    }
    if wanted.text || wanted.dated {
        return (trimmed.len() < text.len()).then(|| Value::Text(trimmed.to_owned()));
    }
    if wanted.truth {
        for (word, value) in [("true", true), ("false", false)] {
            if trimmed.eq_ignore_ascii_case(word) {
                return Some(Value::Bool(value));
            }
        }
    }
    if (wanted.integer || wanted.float)
        && let Ok(number) = trimmed.parse()
    {
        return Some(Value::Signed(number));
    }
    if wanted.float
        && trimmed
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
    {
        return trimmed
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map(Value::Double);
    }
    None
}

/// A number as JSON writes it.
fn in_text(value: &Value) -> Option<String> {
    match value {
        Value::Single(number) if !number.is_finite() => None,
        Value::Double(number) if !number.is_finite() => None,
        value => serde_json::to_string(value).ok(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SCHEMA: &str = r#"{"type": "record", "name": "R", "fields": [
        {"name": "int", "type": "int"},
        {"name": "long", "type": ["null", "long"]},
        {"name": "double", "type": "double"},
        {"name": "truth", "type": "boolean"},
        {"name": "text", "type": "string"},
        {"name": "maybe", "type": ["null", "string"]},
        {"name": "date", "type": {"type": "int", "logicalType": "date"}},
        {"name": "either", "type": ["string", "int"]},
        {"name": "tags", "type": {"type": "array", "items": "int"}},
        {"name": "scores", "type": {"type": "map", "values": "double"}},
        {"name": "inner", "type": ["null", {"type": "record", "name": "In", "fields": [
            {"name": "n", "type": "long"}]}]}
    ]}"#;

    /// `item` after mending at `paths`; `None` if nothing was changed.
    fn after(item: serde_json::Value, paths: &[&str]) -> Option<String> {
        let violations: Vec<Violation> = paths
            .iter()
            .map(|path| Violation {
                path: (*path).to_owned(),
                rule: "type".to_owned(),
                message: String::new(),
                value: String::new(),
            })
            .collect();
        let schema = AvroSchema::parse(SCHEMA).unwrap();
        let mut value = Value::from(item);
        mend(&mut value, &schema, &violations).then(|| serde_json::to_string(&value).unwrap())
    }

    fn field(name: &str, value: &serde_json::Value) -> Option<String> {
        after(json!({name: value}), &[name])
    }

    #[test]
    fn what_is_plainly_meant_is_mended() {
        for (name, value, mended) in [
            ("int", json!("12"), "12"),
            ("int", json!(" -7\n"), "-7"),
            ("long", json!("9223372036854775807"), "9223372036854775807"),
            ("long", json!("  "), "null"),
            ("double", json!("12"), "12"),
            ("double", json!("1.5e3"), "1500.0"),
            ("double", json!("-0.1"), "-0.1"),
            ("truth", json!("true"), "true"),
            ("truth", json!(" False "), "false"),
            ("text", json!("  a b "), "\"a b\""),
            ("text", json!(12), "\"12\""),
            ("text", json!(0.1), "\"0.1\""),
            ("maybe", json!(""), "null"),
            ("maybe", json!(" x"), "\"x\""),
            ("date", json!(" 2026-11-24"), "\"2026-11-24\""),
            ("either", json!(" x "), "\"x\""),
        ] {
            let expected = format!("{{\"{name}\":{mended}}}");
            assert_eq!(field(name, &value), Some(expected), "{name} {value}");
        }
    }

    #[test]
    fn what_is_not_plain_is_left_alone() {
        for (name, value) in [
            ("int", json!("1,234")),
            ("int", json!("12 EUR")),
            ("int", json!("1.0")),
            ("int", json!("")),
            ("int", json!("0x10")),
            ("int", json!("9223372036854775808")),
            ("int", json!(1.5)),
            ("int", json!([1])),
            ("double", json!("NaN")),
            ("double", json!("inf")),
            ("double", json!("1e999")),
            ("double", json!("e")),
            ("truth", json!("yes")),
            ("truth", json!(1)),
            ("text", json!("right")),
            ("text", json!(true)),
            ("text", json!(null)),
            ("date", json!(5)),
            ("either", json!(5)),
            ("other", json!(" x ")),
        ] {
            assert_eq!(field(name, &value), None, "{name} {value}");
        }
    }

    #[test]
    fn only_the_places_of_violations_are_touched() {
        let item = json!({
            "text": " a ",
            "tags": ["1", " 2 ", "3"],
            "scores": {"a.b": "1.5", "c": "2.5"},
            "inner": {"n": "5"}
        });
        assert_eq!(
            after(item.clone(), &["tags[1]", "scores[\"a.b\"]", "inner.n"]),
            Some(r#"{"text":" a ","tags":["1",2,"3"],"scores":{"a.b":1.5,"c":"2.5"},"inner":{"n":5}}"#.to_owned())
        );
        assert_eq!(after(item, &["tags", "", "inner"]), None);
    }
}
