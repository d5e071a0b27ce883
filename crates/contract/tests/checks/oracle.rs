//! The same verdict as `jsonschema`, draft 2020-12 with formats asserted, over random constraints
//! and random values.
//!
//! Where the two are known to differ, ours is by design another rule; each such pair is counted
//! under its reason, and only there may the verdicts differ:
//!
//! | reason | ours | JSON Schema's, or the library's |
//! | --- | --- | --- |
//! | null | a null branch is held to nothing | `enum` and `const` hold for null too |
//! | email | HTML's rule, a dot in the domain, at most 254 characters | RFC 5321, quoted local parts and address literals too |
//! | integer | 1.0 is no `int`: the encoder would refuse it | 1.0 is an integer |
//! | inexact | a `double` takes an integer only if it need not be rounded | a number is a number |
//! | multiple | decimal arithmetic on the shortest text of a float | arithmetic on floats |

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Map, Value, json};

use crate::{broken, compiled};

/// A type of Avro, and what JSON Schema says for it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Int,
    Long,
    Double,
    Boolean,
    List,
    Map,
    Mixed,
}

impl Kind {
    fn avro(self) -> Value {
        match self {
            Self::Text => json!("string"),
            Self::Int => json!("int"),
            Self::Long => json!("long"),
            Self::Double => json!("double"),
            Self::Boolean => json!("boolean"),
            Self::List => json!({"type": "array", "items": ["null", "string", "double"]}),
            Self::Map => json!({"type": "map", "values": "long"}),
            Self::Mixed => json!(["null", "string", "long", "double"]),
        }
    }

    fn json(self) -> Value {
        match self {
            Self::Text => json!({"type": "string"}),
            // An integer here is one that is written so: 1.0 is refused for `int`.
            Self::Int => json!({"type": "integer", "minimum": i32::MIN, "maximum": i32::MAX}),
            Self::Long => json!({"type": "integer"}),
            Self::Double => json!({"type": "number"}),
            Self::Boolean => json!({"type": "boolean"}),
            Self::List => {
                json!({"type": "array", "items": {"type": ["null", "string", "number"]}})
            }
            Self::Map => {
                json!({"type": "object", "additionalProperties": {"type": "integer"}})
            }
            Self::Mixed => json!({"type": ["null", "string", "number"]}),
        }
    }
}

const TEXTS: [&str; 36] = [
    "",
    "a",
    "ab",
    "abc",
    "é",
    "👍🏽",
    "e\u{301}",
    "12",
    "A-1",
    "a@b.co",
    "a@b",
    "\"q q\"@ex.com",
    "a@[127.0.0.1]",
    "joe.bloggs@example.com",
    ".a@example.com",
    "te..st@example.com",
    "https://example.com/a?b#c",
    "http://[::1]/",
    "//a/b",
    "urn:a:b",
    "http://a b/",
    "example.com",
    "-a.com",
    "a_b",
    "192.0.2.1",
    "256.1.1.1",
    "01.2.3.4",
    "::1",
    "1::2::3",
    "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    "f81d4fae",
    "2024-02-29",
    "2023-02-29",
    "12:30:00Z",
    "2026-11-24T12:30:00Z",
    "1998-12-31T23:59:60Z",
];

fn text() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => proptest::sample::select(&TEXTS[..]).prop_map(Value::from),
        1 => "[aé👍1-]{0,5}".prop_map(Value::from),
    ]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (-5_i64..20).prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => proptest::sample::select(&[
            0.1, 0.3, 0.30000000000000004, 2.5, 7.5, -0.5, 1e20, 1e-7, 1.5, 9007199254740992.0,
        ][..]).prop_map(Value::from),
        1 => proptest::sample::select(&[9_007_199_254_740_993_i64, i64::MAX, i64::MIN][..])
            .prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        4 => text(),
        4 => number(),
    ];
    prop_oneof![
        6 => scalar.clone(),
        2 => proptest::collection::vec(scalar.clone(), 0..5).prop_map(Value::from),
        2 => proptest::collection::btree_map("[abc]", scalar, 0..4)
            .prop_map(|map: BTreeMap<String, Value>| Value::from_iter(map)),
    ]
}

type Drawn = proptest::strategy::BoxedStrategy<(&'static str, Value)>;

/// One of these words, with such a value.
fn drawn(words: &'static [&'static str], value: impl Strategy<Value = Value> + 'static) -> Drawn {
    (proptest::sample::select(words), value).boxed()
}

fn one_of<T: Into<Value> + Clone + std::fmt::Debug + 'static>(
    values: &'static [T],
) -> impl Strategy<Value = Value> {
    proptest::sample::select(values).prop_map(T::into)
}

/// A word with a value that it may have.
fn constraint() -> impl Strategy<Value = (&'static str, Value)> {
    let counts = &[
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
    ];
    let bounds = &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
    let patterns = &[
        "a",
        "^a",
        "b$",
        "^[a-z]+$",
        "[0-9]{2}",
        "^.$",
        "\\.",
        "^(a|é)*$",
    ];
    let formats = &[
        "email",
        "uri",
        "hostname",
        "ipv4",
        "ipv6",
        "uuid",
        "date",
        "date-time",
        "time",
    ];
    prop_oneof![
        2 => drawn(counts, (0_u64..5).prop_map(Value::from)),
        2 => drawn(bounds, number()),
        1 => drawn(&["multipleOf"], one_of(&[1.0, 3.0, 0.1, 2.5, 0.01])),
        1 => drawn(&["multipleOf"], one_of(&[1, 3, 7])),
        1 => drawn(&["pattern"], one_of(patterns)),
        2 => drawn(&["format"], one_of(formats)),
        1 => drawn(&["uniqueItems"], any::<bool>().prop_map(Value::from)),
        1 => drawn(&["enum"], proptest::collection::vec(value(), 1..6).prop_map(Value::from)),
        1 => drawn(&["const"], value()),
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    proptest::sample::select(
        &[
            Kind::Text,
            Kind::Int,
            Kind::Long,
            Kind::Double,
            Kind::Boolean,
            Kind::List,
            Kind::Map,
            Kind::Mixed,
        ][..],
    )
}

/// A type, a constraint, and a value that is mostly of the type.
fn pairs() -> impl Strategy<Value = (Kind, (&'static str, Value), Value)> {
    kind().prop_flat_map(|kind| {
        let fitting = match kind {
            Kind::Text => text().boxed(),
            Kind::Int | Kind::Long | Kind::Double => number().boxed(),
            Kind::Boolean => any::<bool>().prop_map(Value::from).boxed(),
            Kind::List => {
                let one = prop_oneof![Just(Value::Null), text(), number()];
                proptest::collection::vec(one, 0..5)
                    .prop_map(Value::from)
                    .boxed()
            }
            Kind::Map => proptest::collection::btree_map("[abc]", -3_i64..9, 0..5)
                .prop_map(|map| json!(map))
                .boxed(),
            Kind::Mixed => prop_oneof![Just(Value::Null), text(), number()].boxed(),
        };
        let value = || prop_oneof![4 => fitting.clone(), 1 => value()];
        let word = prop_oneof![
            6 => constraint(),
            1 => (Just("const"), value()),
            1 => (Just("enum"), proptest::collection::vec(value(), 1..9).prop_map(Value::from)),
        ];
        (Just(kind), word, value())
    })
}

fn ours(kind: Kind, word: &str, given: &Value, value: &Value) -> bool {
    let field = json!({"name": "v", "type": kind.avro(), word: given});
    let schema = json!({"type": "record", "name": "R", "fields": [field]});
    broken(&compiled(&schema.to_string()), &json!({"v": value})).is_empty()
}

fn theirs(kind: Kind, word: &str, given: &Value, value: &Value) -> bool {
    let mut constraint = Map::new();
    constraint.insert(word.to_owned(), given.clone());
    let schema = json!({"allOf": [kind.json(), constraint]});
    let validator = jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("a schema");
    validator.is_valid(value)
}

/// Why the two may differ on this pair.
fn reason(kind: Kind, word: &str, given: &Value, value: &Value) -> Option<&'static str> {
    let float = |value: &Value| value.is_f64();
    match word {
        "enum" | "const" if value.is_null() => Some("null"),
        "format" if given == "email" => Some("email"),
        "multipleOf" if float(given) || float(value) => Some("multiple"),
        _ if matches!(kind, Kind::Int | Kind::Long | Kind::Map) && holds_float(value) => {
            Some("integer")
        }
        _ if holds_inexact(value) => Some("inexact"),
        _ => None,
    }
}

fn holds_float(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.values().any(Value::is_f64),
        other => other.is_f64(),
    }
}

/// An integer that is no float of 64 bits, where a `double` is asked for: ours does not round.
fn holds_inexact(value: &Value) -> bool {
    match value {
        Value::Array(values) => values.iter().any(holds_inexact),
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            reason = "the question"
        )]
        other => other
            .as_i64()
            .is_some_and(|int| (int as f64) as i128 != i128::from(int)),
    }
}

#[test]
fn the_verdicts_are_the_same() {
    let config = Config {
        rng_seed: RngSeed::Fixed(20_261_124),
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let pairs = pairs();
    let mut valid = BTreeMap::<&str, [u32; 2]>::new();
    let mut differences = BTreeMap::<&str, u32>::new();
    for _ in 0..10_000 {
        let (kind, (word, given), value) = pairs.new_tree(&mut runner).expect("a pair").current();
        let (ours, theirs) = (
            ours(kind, word, &given, &value),
            theirs(kind, word, &given, &value),
        );
        valid.entry(word).or_default()[usize::from(ours)] += 1;
        if ours != theirs {
            let reason = reason(kind, word, &given, &value);
            let reason = reason.unwrap_or_else(|| {
                panic!("{kind:?} {word} {given} of {value}: ours {ours}, theirs {theirs}")
            });
            *differences.entry(reason).or_default() += 1;
        }
    }
    println!("verdicts by word, refused and taken: {valid:?}\ndifferences: {differences:?}");
    assert_eq!(valid.len(), 16, "every word was drawn");
    assert!(
        valid
            .values()
            .all(|counts| counts[0] > 25 && counts[1] > 25),
        "{valid:?}"
    );
    assert!(differences.values().sum::<u32>() < 800, "{differences:?}");
}
