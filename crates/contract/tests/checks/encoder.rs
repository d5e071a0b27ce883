//! What the checks take for a value of its type, the encoder writes; and the other way round.

use std::collections::BTreeMap;

use huntsman_avro::{AvroSchema, Encoder};
use huntsman_contract::Checks;
use proptest::prelude::*;
use serde::{Serialize, Serializer};

use crate::broken;

/// What serde can deliver.
#[derive(Debug, Clone)]
enum Delivered {
    Null,
    Bool(bool),
    Int(i64),
    Huge(u64),
    Single(f32),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Self>),
    Map(BTreeMap<String, Self>),
    Struct(Box<Self>, Box<Self>),
    Unit,
    Newtype(Box<Self>),
    Tuple(Box<Self>),
    Fields(Box<Self>),
}

impl Serialize for Delivered {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        use serde::ser::{SerializeStruct, SerializeStructVariant, SerializeTupleVariant};
        match self {
            Self::Null => to.serialize_none(),
            Self::Bool(value) => to.serialize_bool(*value),
            Self::Int(value) => to.serialize_i64(*value),
            Self::Huge(value) => to.serialize_u128(u128::from(*value) << 64),
            Self::Single(value) => to.serialize_f32(*value),
            Self::Double(value) => to.serialize_f64(*value),
            Self::Text(value) => to.serialize_str(value),
            Self::Bytes(value) => to.serialize_bytes(value),
            Self::List(values) => values.serialize(to),
            Self::Map(values) => values.serialize(to),
            Self::Struct(x, y) => {
                let mut fields = to.serialize_struct("B", 2)?;
                fields.serialize_field("x", x)?;
                fields.serialize_field("y", y)?;
                fields.end()
            }
            Self::Unit => to.serialize_unit_variant("V", 0, "X"),
            Self::Newtype(value) => to.serialize_newtype_variant("V", 1, "x", value),
            Self::Tuple(value) => {
                let mut fields = to.serialize_tuple_variant("V", 2, "array", 1)?;
                fields.serialize_field(value)?;
                fields.end()
            }
            Self::Fields(value) => {
                let mut fields = to.serialize_struct_variant("V", 3, "A", 1)?;
                fields.serialize_field("x", value)?;
                fields.end()
            }
        }
    }
}

const TEXTS: [&str; 22] = [
    "",
    "a",
    "X",
    "NaN",
    "-Infinity",
    "12",
    "-1.50",
    "+3",
    "1e3",
    "1.",
    "2026-11-24",
    "12:30",
    "12:30:00.25",
    "24:00:00",
    "2026-11-24T12:30:00Z",
    "2026-11-24 12:30:00+01:00",
    "2026-11-24T12:30:00",
    "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    "P1D",
    "Ā",
    "ÿÿ",
    "0000000000000001",
];

/// What JSON can say: parts of a tuple or struct variant that is no type by its name are kept as
/// JSON until the variant is whole.
fn plain() -> impl Strategy<Value = Box<Delivered>> {
    let plain = prop_oneof![
        Just(Delivered::Null),
        (-3_i64..300).prop_map(Delivered::Int),
        proptest::sample::select(&TEXTS[..]).prop_map(|t| Delivered::Text(t.to_owned())),
        Just(Delivered::List(vec![Delivered::Int(1)])),
    ];
    plain.prop_map(Box::new)
}

fn delivered() -> impl Strategy<Value = Delivered> {
    let int = prop_oneof![
        -3_i64..300,
        any::<i64>(),
        Just(i64::from(i32::MAX) + 1),
        Just(1 << 24),
        Just((1 << 24) + 1),
        Just((1 << 53) + 1),
    ];
    let leaf = prop_oneof![
        Just(Delivered::Null),
        any::<bool>().prop_map(Delivered::Bool),
        int.prop_map(Delivered::Int),
        any::<u64>().prop_map(Delivered::Huge),
        any::<f32>().prop_map(Delivered::Single),
        prop_oneof![
            any::<f64>(),
            Just(f64::NAN),
            Just(12.25),
            Just(1e30),
            Just(1e300)
        ]
        .prop_map(Delivered::Double),
        proptest::sample::select(&TEXTS[..]).prop_map(|t| Delivered::Text(t.to_owned())),
        proptest::collection::vec(any::<u8>(), 0..18).prop_map(Delivered::Bytes),
        Just(Delivered::Unit),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Delivered::List),
            proptest::collection::btree_map("[xyz]", inner.clone(), 0..3).prop_map(Delivered::Map),
            (boxed(), boxed()).prop_map(|(x, y)| Delivered::Struct(x, y)),
            boxed().prop_map(Delivered::Newtype),
            plain().prop_map(Delivered::Tuple),
            plain().prop_map(Delivered::Fields),
        ]
    })
}

const TYPES: [&str; 27] = [
    r#""null""#,
    r#""boolean""#,
    r#""int""#,
    r#""long""#,
    r#""float""#,
    r#""double""#,
    r#""bytes""#,
    r#""string""#,
    r#"{"type":"string","logicalType":"uuid"}"#,
    r#"{"type":"int","logicalType":"date"}"#,
    r#"{"type":"int","logicalType":"time-millis"}"#,
    r#"{"type":"long","logicalType":"time-micros"}"#,
    r#"{"type":"long","logicalType":"timestamp-millis"}"#,
    r#"{"type":"long","logicalType":"local-timestamp-nanos"}"#,
    r#"{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}"#,
    r#"{"type":"bytes","logicalType":"big-decimal"}"#,
    r#"{"type":"fixed","name":"F","size":2}"#,
    r#"{"type":"fixed","name":"U","size":16,"logicalType":"uuid"}"#,
    r#"{"type":"fixed","name":"D","size":12,"logicalType":"duration"}"#,
    r#"{"type":"fixed","name":"M","size":2,"logicalType":"decimal","precision":3,"scale":1}"#,
    r#"{"type":"enum","name":"E","symbols":["X","a"]}"#,
    r#"{"type":"array","items":"int"}"#,
    r#"{"type":"map","values":["null","int","string"]}"#,
    r#"{"type":"record","name":"A","fields":[{"name":"x","type":["null","int"]}]}"#,
    r#"{"type":"record","name":"B","fields":[{"name":"x","type":"int","default":0},
        {"name":"y","type":["string","null"],"default":""}]}"#,
    r#"{"type":"record","name":"C","fields":[{"name":"x","type":{"type":"array","items":"string"}}]}"#,
    r#"{"type":"map","values":{"type":"array","items":"double"}}"#,
];

/// A type, or a union of several.
fn schema() -> impl Strategy<Value = AvroSchema> {
    let types = proptest::sample::subsequence(&TYPES[..], 1..9).prop_shuffle();
    prop_oneof![
        1 => proptest::sample::select(&TYPES[..]).prop_map(str::to_owned),
        4 => types.prop_map(|types| union(&types)),
    ]
    .prop_map(|text| AvroSchema::parse(&text).expect("a schema"))
}

/// The union of those types that are not alike.
fn union(types: &[&str]) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for kind in types {
        kept.push(kind);
        if AvroSchema::parse(&format!("[{}]", kept.join(","))).is_err() {
            kept.pop();
        }
    }
    format!("[{}]", kept.join(","))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn checks_and_encoder_agree(schema in schema(), item in delivered()) {
        let checks = Checks::compile(&schema).expect("checks");
        let found = broken(&checks, &item);
        let written = Encoder::new(&schema).encode(&item, &mut Vec::new());
        prop_assert_eq!(
            found.is_empty(), written.is_ok(),
            "{:?} {:?} as {}", found, written, schema.text()
        );
    }
}

/// Random pairs mean little if none of them fits.
#[test]
fn many_of_the_pairs_fit() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let pairs = (schema(), delivered());
    let fitting = (0..2000).filter(|_| {
        let (schema, item) = pairs.new_tree(&mut runner).expect("a pair").current();
        broken(&Checks::compile(&schema).expect("checks"), &item).is_empty()
    });
    let fitting = fitting.count();
    assert!((100..1900).contains(&fitting), "{fitting} of 2000");
}
