//! Whether two schemas mean the same data.

use std::collections::HashSet;

use huntsman_avro::{AvroSchema, NodeId, Type};

/// A type, in its schema.
pub(super) type Place<'a> = (&'a AvroSchema, NodeId);

/// The first difference that matters to data: in names, in the order of fields, in types or in
/// logical types. Docs, defaults and constraints may differ.
pub(super) fn difference(theirs: Place<'_>, ours: Place<'_>) -> Option<String> {
    let mut comparison = Comparison {
        theirs: theirs.0,
        ours: ours.0,
        seen: HashSet::new(),
    };
    comparison.at("", theirs.1, ours.1).err()
}

struct Comparison<'a> {
    theirs: &'a AvroSchema,
    ours: &'a AvroSchema,
    seen: HashSet<(NodeId, NodeId)>,
}

impl Comparison<'_> {
    fn at(&mut self, path: &str, theirs: NodeId, ours: NodeId) -> Result<(), String> {
        if !self.seen.insert((theirs, ours)) {
            return Ok(());
        }
        let (one, other) = (said(self.theirs, theirs), said(self.ours, ours));
        if one != other {
            return Err(format!("{} is {one}, not {other}", shown(path)));
        }
        match (&self.theirs.node(theirs).kind, &self.ours.node(ours).kind) {
            (Type::Array(theirs), Type::Array(ours)) | (Type::Map(theirs), Type::Map(ours)) => {
                self.at(&format!("{path}[]"), *theirs, *ours)
            }
            (Type::Union(theirs), Type::Union(ours)) => {
                if theirs.len() != ours.len() {
                    let (one, other) = (theirs.len(), ours.len());
                    return Err(format!("{} has {one} types, not {other}", shown(path)));
                }
                let mut pairs = theirs.iter().zip(ours);
                pairs.try_for_each(|(theirs, ours)| self.at(path, *theirs, *ours))
            }
            (Type::Record(theirs), Type::Record(ours)) => {
                for number in 0..theirs.fields.len().max(ours.fields.len()) {
                    let (one, other) = (theirs.fields.get(number), ours.fields.get(number));
                    let name = |field: Option<&huntsman_avro::schema::Field>| {
                        field.map_or("missing".to_owned(), |field| format!("`{}`", field.name))
                    };
                    match (one, other) {
                        (Some(one), Some(other)) if one.name == other.name => {
                            let dot = if path.is_empty() { "" } else { "." };
                            let path = format!("{path}{dot}{}", one.name);
                            self.at(&path, one.kind, other.kind)?;
                        }
                        (one, other) => {
                            let (one, other) = (name(one), name(other));
                            let place = number + 1;
                            let record = &ours.name;
                            return Err(format!(
                                "field {place} of its {record} is {one}, not {other}"
                            ));
                        }
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

fn shown(path: &str) -> String {
    if path.is_empty() {
        "its schema".to_owned()
    } else {
        format!("its `{path}`")
    }
}

/// What a type is, without what is in it.
fn said(schema: &AvroSchema, id: NodeId) -> String {
    let node = schema.node(id);
    let mut text = node.kind.word().to_owned();
    if let Some(name) = node.name() {
        text = format!("{text} {name}");
    }
    match &node.kind {
        Type::Fixed(fixed) => text = format!("{text} of {} bytes", fixed.size),
        Type::Enum(symbols) => text = format!("{text} of {}", symbols.symbols.join(", ")),
        _ => {}
    }
    if let Some(logical) = node.logical {
        text = format!("{text} as {logical:?}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(theirs: &str, ours: &str) -> Option<String> {
        let [theirs, ours] = [theirs, ours].map(|text| AvroSchema::parse(text).unwrap());
        difference((&theirs, theirs.root()), (&ours, ours.root()))
    }

    fn record(fields: &str) -> String {
        format!(r#"{{"type": "record", "name": "R", "fields": [{fields}]}}"#)
    }

    #[test]
    fn what_says_nothing_of_data_may_differ() {
        let one = r#"{"name": "a", "type": "int", "doc": "x", "default": 1, "minimum": 0}"#;
        let other = r#"{"name": "a", "type": {"type": "int"}}"#;
        assert_eq!(told(&record(one), &record(other)), None);
        let list = r#"{"name": "next", "type": ["null", "R"]}"#;
        assert_eq!(told(&record(list), &record(list)), None);
    }

    #[test]
    fn all_else_is_told() {
        let field = |name: &str, kind: &str| format!(r#"{{"name": "{name}", "type": {kind}}}"#);
        let a = field("a", "\"int\"");
        let b = field("b", "\"int\"");
        let date = r#"{"type": "int", "logicalType": "date"}"#;
        let fixed = r#"{"type": "fixed", "name": "F", "size": 2}"#;
        let other_fixed = r#"{"type": "fixed", "name": "F", "size": 3}"#;
        let list = |kind: &str| format!(r#"{{"type": "array", "items": {kind}}}"#);
        let deep = |kind: &str| {
            record(&field(
                "a",
                &list(&record(&field("b", kind)).replace('R', "S")),
            ))
        };
        for (theirs, ours, expected) in [
            (
                record(&a),
                "\"int\"".to_owned(),
                "its schema is record R, not int",
            ),
            (record(&a), record(&b), "field 1 of its R is `a`, not `b`"),
            (
                record(&a),
                record(&format!("{a}, {b}")),
                "field 2 of its R is missing, not `b`",
            ),
            (
                record(&format!("{a}, {b}")),
                record(&a),
                "field 2 of its R is `b`, not missing",
            ),
            (
                record(&a),
                record(&field("a", date)),
                "its `a` is int, not int as Date",
            ),
            (
                fixed.to_owned(),
                other_fixed.to_owned(),
                "its schema is fixed F of 2 bytes, not fixed F of 3 bytes",
            ),
            (
                deep("\"int\""),
                deep("\"long\""),
                "its `a[].b` is int, not long",
            ),
            (
                "[\"null\"]".to_owned(),
                "[\"null\", \"int\"]".to_owned(),
                "its schema has 1 types, not 2",
            ),
        ] {
            assert_eq!(told(&theirs, &ours).as_deref(), Some(expected));
        }
    }
}
