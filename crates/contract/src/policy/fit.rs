//! What can be said before the first item: that a type of items can never obey a schema.

use std::collections::HashSet;

use huntsman_avro::schema::{LogicalType, Record};
use huntsman_avro::{AvroSchema, Node, NodeId, Type};
use huntsman_core::{Kind, Logical, Schema};

use crate::words::Word;

/// Why items of type `item` can never obey the record at the root of `schema`: a line for each
/// place, with what to do. `coerce` says whether items are mended.
pub(crate) fn misfits(item: &'static Schema, schema: &AvroSchema, coerce: bool) -> Vec<String> {
    let mut fit = Fit {
        schema,
        coerce,
        seen: HashSet::new(),
        problems: Vec::new(),
    };
    let node = schema.node(schema.root());
    if let Type::Record(record) = &node.kind {
        fit.record(item.name, item, schema.root(), record);
    }
    fit.problems
}

struct Fit<'a> {
    schema: &'a AvroSchema,
    coerce: bool,
    /// Pairs that have been compared; a type may hold itself.
    seen: HashSet<(*const Schema, NodeId)>,
    problems: Vec<String>,
}

impl Fit<'_> {
    fn record(&mut self, path: &str, item: &'static Schema, id: NodeId, record: &Record) {
        if !self.seen.insert((item, id)) {
            return;
        }
        for wanted in &record.fields {
            let found = item.fields.iter().find(|field| field.name == wanted.name);
            match found {
                Some(field) => {
                    let path = format!("{path}.{}", field.name);
                    self.field(&path, &field.kind, wanted.kind);
                }
                None if wanted.default.is_some() => {}
                None => self.problems.push(format!(
                    "`{path}.{}` is missing, and the schema has no default for it: add the field \
                     to `{}`, or a `default` to the schema",
                    wanted.name, item.name
                )),
            }
        }
        if !is_open(self.schema.node(id)) {
            self.unknown(path, item, record);
        }
    }

    /// Fields of an item that the schema does not know, unless it lets them be.
    fn unknown(&mut self, path: &str, item: &'static Schema, record: &Record) {
        for field in item.fields {
            if record.fields.iter().all(|wanted| wanted.name != field.name) {
                self.problems.push(format!(
                    "`{path}.{}` is not in the schema: add it to `{}` there, or remove it from \
                     the item",
                    field.name, record.name
                ));
            }
        }
    }

    /// Compares a value with the type that it is to have.
    fn field(&mut self, path: &str, kind: &'static Kind, id: NodeId) {
        if self.may(kind, id) {
            return self.within(path, kind, id);
        }
        let mend = if self.may_be(kind, id, true) {
            ", or set `coerce`"
        } else {
            ""
        };
        self.problems.push(format!(
            "`{path}` is {}, and the schema wants {}: change one of them{mend}",
            name(kind),
            self.wanted(id),
        ));
    }

    /// Compares what is within a value, where it is plain which type of the schema it meets.
    fn within(&mut self, path: &str, kind: &'static Kind, id: NodeId) {
        let node = self.schema.node(id);
        match (kind, &node.kind) {
            (Kind::Optional(inner), _) => self.within(path, inner, id),
            (_, Type::Union(branches)) => {
                let mut fitting = branches.iter().filter(|branch| self.may(kind, **branch));
                if let (Some(one), None) = (fitting.next().copied(), fitting.next()) {
                    self.within(path, kind, one);
                }
            }
            (Kind::Struct(item), Type::Record(record)) => {
                self.record(path, item, id, record);
            }
            (Kind::List(inner), Type::Array(of)) | (Kind::Map(inner), Type::Map(of)) => {
                self.field(&format!("{path}[]"), inner, *of);
            }
            _ => {}
        }
    }

    fn may(&self, kind: &Kind, id: NodeId) -> bool {
        self.may_be(kind, id, self.coerce)
    }

    /// Whether some value of this kind may be of this type, mended or not.
    fn may_be(&self, kind: &Kind, id: NodeId, coerce: bool) -> bool {
        let node = self.schema.node(id);
        match (kind, &node.kind) {
            (Kind::Any, _) | (Kind::Optional(_), Type::Null) => true,
            (Kind::Optional(inner), _) => self.may_be(inner, id, coerce),
            (Kind::Union(kinds), _) => kinds.iter().any(|kind| self.may_be(kind, id, coerce)),
            (kind, Type::Union(branches)) => {
                let mut branches = branches.iter();
                branches.any(|branch| self.may_be(kind, *branch, coerce))
            }
            (_, Type::String) if node.holds_json() => true,
            (kind, wanted) => match node.logical {
                Some(logical) => is_logical(kind, logical, wanted),
                None => is_plain(kind, wanted, coerce),
            },
        }
    }

    fn wanted(&self, id: NodeId) -> String {
        match &self.schema.node(id).kind {
            Type::Union(branches) => {
                let words: Vec<_> = branches.iter().map(|branch| self.wanted(*branch)).collect();
                words.join(" or ")
            }
            kind => match self.schema.node(id).name() {
                Some(name) => format!("{} {name}", kind.word()),
                None => kind.word().to_owned(),
            },
        }
    }
}

/// Whether some value of this kind may be of this type without a logical type.
fn is_plain(kind: &Kind, wanted: &Type, coerce: bool) -> bool {
    match kind {
        Kind::Bool => matches!(wanted, Type::Boolean),
        Kind::Int(_) | Kind::UInt(_) => number(wanted) || coerce && text(wanted),
        Kind::Float(_) => matches!(wanted, Type::Float | Type::Double) || coerce && text(wanted),
        // Text may be bytes too, by its code points, as in Avro's own JSON.
        Kind::Text => {
            text(wanted)
                || octets(wanted)
                || coerce && (number(wanted) || matches!(wanted, Type::Boolean))
        }
        Kind::Enum(_) => text(wanted) || octets(wanted),
        Kind::Logical(_) => matches!(wanted, Type::String | Type::Bytes),
        Kind::Bytes | Kind::Fixed { .. } => octets(wanted),
        Kind::List(_) => matches!(wanted, Type::Array(_)) || octets(wanted),
        Kind::Map(_) | Kind::Struct(_) => matches!(wanted, Type::Map(_) | Type::Record(_)),
        _ => true,
    }
}

/// The same for a logical type, which is written as text or as what it is in Avro.
fn is_logical(kind: &Kind, logical: LogicalType, wanted: &Type) -> bool {
    let decimal = matches!(
        logical,
        LogicalType::Decimal { .. } | LogicalType::BigDecimal
    );
    match kind {
        Kind::Logical(found) => is_written_as(*found, logical),
        Kind::Int(_) | Kind::UInt(_) => decimal || number(wanted),
        Kind::Float(_) => decimal,
        Kind::Bytes | Kind::Fixed { .. } | Kind::List(_) => octets(wanted),
        Kind::Bool | Kind::Map(_) | Kind::Struct(_) => false,
        // Text may have the right form.
        _ => true,
    }
}

/// Whether the text of a logical type is that of another one.
fn is_written_as(found: Logical, wanted: LogicalType) -> bool {
    use LogicalType as Wanted;
    match found {
        Logical::Date => wanted == Wanted::Date,
        Logical::TimeMillis | Logical::TimeMicros => {
            matches!(wanted, Wanted::TimeMillis | Wanted::TimeMicros)
        }
        Logical::TimestampMillis | Logical::TimestampMicros => matches!(
            wanted,
            Wanted::TimestampMillis | Wanted::TimestampMicros | Wanted::TimestampNanos
        ),
        Logical::LocalTimestampMillis | Logical::LocalTimestampMicros => matches!(
            wanted,
            Wanted::LocalTimestampMillis
                | Wanted::LocalTimestampMicros
                | Wanted::LocalTimestampNanos
        ),
        Logical::Uuid => wanted == Wanted::Uuid,
        Logical::Decimal { .. } => matches!(wanted, Wanted::Decimal { .. } | Wanted::BigDecimal),
        _ => true,
    }
}

fn text(wanted: &Type) -> bool {
    matches!(wanted, Type::String | Type::Enum(_))
}

/// Whether a record lets unknown fields be.
fn is_open(node: &Node) -> bool {
    let open = node.attributes.get(Word::AdditionalFields.text());
    open.is_some_and(|open| *open == true)
}

fn octets(wanted: &Type) -> bool {
    matches!(wanted, Type::Bytes | Type::Fixed(_))
}

fn number(wanted: &Type) -> bool {
    matches!(wanted, Type::Int | Type::Long | Type::Float | Type::Double)
}

fn bare(kind: &Kind) -> &Kind {
    match kind {
        Kind::Optional(inner) => bare(inner),
        kind => kind,
    }
}

fn name(kind: &Kind) -> &'static str {
    match bare(kind) {
        Kind::Bool => "a truth value",
        Kind::Int(_) | Kind::UInt(_) => "an integer",
        Kind::Float(_) => "a floating-point number",
        Kind::Text => "text",
        Kind::List(_) => "a list",
        Kind::Map(_) => "a map",
        Kind::Struct(_) => "a struct",
        Kind::Bytes | Kind::Fixed { .. } => "bytes",
        Kind::Enum(_) => "one of a set of names",
        Kind::Logical(_) => "a date, time, number or id in text",
        _ => "of several types",
    }
}

#[cfg(test)]
mod tests {
    use huntsman_core::Field;

    use super::*;
    use crate::policy::value::Value;

    static INNER: Schema = Schema::new(
        "Inner",
        &[
            Field::new("zip", Kind::Bool),
            Field::new("lost", Kind::Bool),
            Field::new("again", Kind::Optional(&Kind::Struct(&INNER))),
        ],
    );

    static LOOSE: Schema = Schema::new(
        "Loose",
        &[
            Field::new("zip", Kind::Bool),
            Field::new("lost", Kind::Bool),
        ],
    );

    static ITEM: Schema = Schema::new(
        "User",
        &[
            Field::new("age", Kind::Text),
            Field::new("born", Kind::Logical(Logical::Date)),
            Field::new("note", Kind::Optional(&Kind::Int(64))),
            Field::new("tags", Kind::List(&Kind::Bool)),
            Field::new("home", Kind::Optional(&Kind::Struct(&INNER))),
            Field::new("any", Kind::Any),
            Field::new("count", Kind::UInt(8)),
            Field::new("size", Kind::Float(32)),
            Field::new("city", Kind::Text),
            Field::new("typo", Kind::Text),
        ],
    );

    const SCHEMA: &str = r#"{"type": "record", "name": "User", "fields": [
        {"name": "age", "type": "int"},
        {"name": "born", "type": {"type": "int", "logicalType": "date"}},
        {"name": "note", "type": ["null", "string"]},
        {"name": "tags", "type": {"type": "array", "items": ["null", "string"]}},
        {"name": "home", "type": ["null", {"type": "record", "name": "Home", "fields": [
            {"name": "zip", "type": {"type": "fixed", "name": "Zip", "size": 4}},
            {"name": "street", "type": "string"},
            {"name": "again", "type": ["null", "Home"]}]}]},
        {"name": "any", "type": "int"},
        {"name": "count", "type": "double"},
        {"name": "size", "type": "long"},
        {"name": "city", "type": {"type": "enum", "name": "City", "symbols": ["ROME"]}},
        {"name": "mail", "type": "string"},
        {"name": "extra", "type": "string", "default": ""}
    ]}"#;

    #[test]
    fn what_a_schema_leaves_open_is_left_open() {
        let of = |words: &str, field: &str| {
            let text = format!(
                r#"{{"type": "record", "name": "R", {words} "fields": [
                    {{"name": "again", "type": ["null", "R"], "default": null}},
                    {{"name": "zip", {field} }}]}}"#
            );
            misfits(&LOOSE, &AvroSchema::parse(&text).unwrap(), false).len()
        };
        let text = r#""type": "boolean""#;
        let json = r#""type": {"type": "string", "contentMediaType": "application/json"}"#;
        assert_eq!(of("", text), 1);
        assert_eq!(of(r#""additionalFields": false,"#, text), 1);
        assert_eq!(of(r#""additionalFields": true,"#, text), 0);
        assert_eq!(of(r#""additionalFields": true,"#, r#""type": "string""#), 1);
        assert_eq!(of(r#""additionalFields": true,"#, json), 0);
    }

    #[test]
    fn each_place_that_can_never_obey_is_told_with_what_to_do() {
        let schema = AvroSchema::parse(SCHEMA).unwrap();
        assert_eq!(
            misfits(&ITEM, &schema, false),
            [
                "`User.age` is text, and the schema wants int: change one of them, or set `coerce`",
                "`User.note` is an integer, and the schema wants null or string: change one of them, or set `coerce`",
                "`User.tags[]` is a truth value, and the schema wants null or string: change one of them",
                "`User.home.zip` is a truth value, and the schema wants fixed Zip: change one of them",
                "`User.home.street` is missing, and the schema has no default for it: add the field to `Inner`, or a `default` to the schema",
                "`User.home.lost` is not in the schema: add it to `Home` there, or remove it from the item",
                "`User.size` is a floating-point number, and the schema wants long: change one of them",
                "`User.mail` is missing, and the schema has no default for it: add the field to `User`, or a `default` to the schema",
                "`User.typo` is not in the schema: add it to `User` there, or remove it from the item",
            ]
        );
        let mended = misfits(&ITEM, &schema, true).join("\n");
        assert!(
            !mended.contains("`User.age`") && !mended.contains("`User.note`"),
            "{mended}"
        );
        assert!(mended.contains("`User.size`"), "{mended}");
    }

    /// Every kind with values of it; null is no value that a kind is chosen for.
    fn values() -> Vec<(Kind, Vec<Value>)> {
        let texts = [
            "",
            "ROME",
            "12",
            "-1.5",
            "true",
            "2026-11-24",
            "12:30:00",
            "2026-11-24T12:30:00Z",
            "2026-11-24T12:30:00",
            "P1D",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "four",
            "twelve bytes",
            "sixteen bytes: 16",
            "sixteen bytes 16",
        ];
        let texts: Vec<Value> = texts
            .iter()
            .map(|text| Value::Text((*text).to_owned()))
            .collect();
        let bytes = [0, 1, 4, 12, 16].map(|size| vec![7_u8; size]);
        let lists = bytes.clone().map(|bytes| {
            Value::List(
                bytes
                    .into_iter()
                    .map(|byte| Value::Unsigned(byte.into()))
                    .collect(),
            )
        });
        let whole = [-1, 0, 7, 100_000, 1 << 40].map(Value::Signed);
        let key = Value::Text("a".to_owned());
        let map = Value::Map(vec![(key, Value::Signed(1))]);
        vec![
            (Kind::Bool, vec![Value::Bool(true), Value::Bool(false)]),
            (Kind::Int(64), whole.to_vec()),
            (Kind::UInt(32), vec![Value::Unsigned(0), Value::Unsigned(7)]),
            (
                Kind::Float(64),
                [0.0, 1.5, -7.25].map(Value::Double).to_vec(),
            ),
            (
                Kind::Float(32),
                [0.0, 1.5, -7.25].map(Value::Single).to_vec(),
            ),
            (Kind::Text, texts.clone()),
            (Kind::Logical(Logical::Date), vec![texts[5].clone()]),
            (Kind::Logical(Logical::Uuid), vec![texts[10].clone()]),
            (Kind::Bytes, bytes.map(Value::Bytes).to_vec()),
            (Kind::List(&Kind::UInt(8)), lists.to_vec()),
            (Kind::Map(&Kind::Int(8)), vec![Value::Map(Vec::new()), map]),
            (
                Kind::Struct(&ONE),
                vec![Value::Struct("One", vec![("a", Value::Signed(1))])],
            ),
            (Kind::Optional(&Kind::Bool), vec![Value::Bool(true)]),
        ]
    }

    static ONE: Schema = Schema::new("One", &[Field::new("a", Kind::Int(8))]);

    const TYPES: &[&str] = &[
        r#""null""#,
        r#""boolean""#,
        r#""int""#,
        r#""long""#,
        r#""float""#,
        r#""double""#,
        r#""bytes""#,
        r#""string""#,
        r#"{"type": "string", "contentMediaType": "application/json"}"#,
        r#"{"type": "fixed", "name": "F", "size": 4}"#,
        r#"{"type": "enum", "name": "E", "symbols": ["ROME"]}"#,
        r#"{"type": "array", "items": "int"}"#,
        r#"{"type": "map", "values": "int"}"#,
        r#"{"type": "record", "name": "I", "fields": [{"name": "a", "type": "int"}]}"#,
        r#"{"type": "int", "logicalType": "date"}"#,
        r#"{"type": "int", "logicalType": "time-millis"}"#,
        r#"{"type": "long", "logicalType": "timestamp-micros"}"#,
        r#"{"type": "long", "logicalType": "local-timestamp-millis"}"#,
        r#"{"type": "string", "logicalType": "uuid"}"#,
        r#"{"type": "fixed", "name": "F", "size": 16, "logicalType": "uuid"}"#,
        r#"{"type": "fixed", "name": "F", "size": 12, "logicalType": "duration"}"#,
        r#"{"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2}"#,
        r#"{"type": "bytes", "logicalType": "big-decimal"}"#,
        r#"["null", "int"]"#,
        r#"["string", {"type": "map", "values": "int"}]"#,
    ];

    #[test]
    fn no_type_is_refused_of_which_some_value_obeys() {
        let mut missed = Vec::new();
        for wanted in TYPES {
            let text = format!(
                r#"{{"type": "record", "name": "R", "fields": [{{"name": "f", "type": {wanted}}}]}}"#
            );
            let schema = AvroSchema::parse(&text).unwrap();
            let checks = crate::Checks::compile(&schema).unwrap();
            for (kind, values) in values() {
                let item = Schema::new("R", Vec::leak(vec![Field::new("f", kind)]));
                let problems = misfits(Box::leak(Box::new(item)), &schema, false);
                let mut sight = crate::Sight::default();
                let obeys = values.iter().any(|value| {
                    let item = Value::Struct("R", vec![("f", value.clone())]);
                    checks.check(&item, &mut sight);
                    sight.violations.is_empty()
                });
                assert!(
                    !obeys || problems.is_empty(),
                    "{kind:?} for {wanted}: {problems:?}"
                );
                if !obeys && problems.is_empty() {
                    missed.push(format!("{kind:?} for {wanted}"));
                }
            }
        }
        // `None` obeys, and is not tried here.
        assert_eq!(missed, ["Optional(Bool) for \"null\""]);
    }
}
