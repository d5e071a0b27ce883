//! That a stored item says what the item said, call for call.

use std::cell::Cell;
use std::collections::BTreeMap;

use huntsman_core::{AnyItem, Item, Rejected, Schema, Sequence, Source, Stream, Violation};
use huntsman_testkit::Sample;
use proptest::prelude::*;
use serde::ser::{Serialize, SerializeMap as _, SerializeStruct as _, Serializer};

use super::names::Names;
use super::node::{Field, Node, Variant};
use super::write::Tape;
use super::{Stored, decode, encode};
use crate::bytes::Reader;

static ANY: Schema = Schema::new("Any", &[]);

/// An item that says what a node says; nodes are what serde's data model can say at all.
struct Says<T>(T);

impl<T: Serialize + Send + Sync + 'static> Item for Says<T> {
    fn schemas() -> &'static [&'static Schema] {
        &[]
    }

    fn schema(&self) -> &'static Schema {
        &ANY
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        &self.0
    }
}

/// What a value says, written down.
fn said(value: &dyn erased_serde::Serialize, human_readable: bool) -> (Vec<u8>, Vec<&'static str>) {
    let (mut out, mut names, asked) = (Vec::new(), Names::default(), Cell::new(false));
    let mut tape = Tape {
        out: &mut out,
        names: &mut names,
        depth: 0,
        human_readable,
        asked: &asked,
    };
    value.serialize(&mut tape).unwrap();
    let names = names.unstored().map(|(_, name)| name).collect();
    (out, names)
}

/// The item after a restart: with names that were read back.
fn restarted(item: &dyn AnyItem) -> Stored {
    let (mut names, mut row) = (Names::default(), Vec::new());
    encode(item, &mut names, &mut row).unwrap();
    let mut again = Names::default();
    for (_, name) in names.unstored() {
        again.restore(&String::from(name)).unwrap();
    }
    let mut reader = Reader(&row);
    let stored = decode(&mut reader, &again, item.schema()).unwrap();
    reader.end().unwrap();
    stored
}

fn assert_same(item: &dyn AnyItem) {
    let stored = restarted(item);
    for human_readable in [true, false] {
        let (mine, its) = (
            said(Item::fields(&stored), human_readable),
            said(item.fields(), human_readable),
        );
        assert_eq!(mine, its);
    }
    assert_eq!(AnyItem::stream(&stored), item.stream());
    assert_eq!(AnyItem::schema(&stored), item.schema());
    assert_eq!(
        serde_json::to_string(&Item::fields(&stored)).map_err(|error| error.to_string()),
        serde_json::to_string(&item.fields()).map_err(|error| error.to_string()),
    );
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        "Book",
        "price",
        "é",
        "",
        "$serde_json::private::Number",
    ])
}

fn variant() -> impl Strategy<Value = Variant> {
    (name(), any::<u32>(), name()).prop_map(|(of, index, name)| Variant { of, index, name })
}

fn leaf() -> impl Strategy<Value = Node> {
    prop_oneof![
        any::<bool>().prop_map(Node::Bool),
        any::<i8>().prop_map(Node::I8),
        any::<i16>().prop_map(Node::I16),
        any::<i32>().prop_map(Node::I32),
        any::<i64>().prop_map(Node::I64),
        any::<i128>().prop_map(Node::I128),
        any::<u8>().prop_map(Node::U8),
        any::<u16>().prop_map(Node::U16),
        any::<u32>().prop_map(Node::U32),
        any::<u64>().prop_map(Node::U64),
        any::<u128>().prop_map(Node::U128),
        any::<u32>().prop_map(|bits| Node::F32(f32::from_bits(bits))),
        any::<u64>().prop_map(|bits| Node::F64(f64::from_bits(bits))),
        any::<char>().prop_map(Node::Char),
        any::<String>().prop_map(|text| Node::Text(text.into())),
        any::<Vec<u8>>().prop_map(|bytes| Node::Bytes(bytes.into())),
        Just(Node::None),
        Just(Node::Unit),
        name().prop_map(Node::UnitStruct),
        variant().prop_map(Node::UnitVariant),
    ]
}

fn fields(value: impl Strategy<Value = Node>) -> impl Strategy<Value = Vec<Field>> {
    let field = (name(), prop::option::of(value)).prop_map(|(name, value)| Field { name, value });
    prop::collection::vec(field, 0..4)
}

fn node() -> impl Strategy<Value = Node> {
    leaf().prop_recursive(5, 40, 4, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        let many = prop::collection::vec(inner.clone(), 0..4);
        let hint = prop::option::of(0_usize..9);
        prop_oneof![
            boxed.clone().prop_map(Node::Some),
            (name(), boxed.clone()).prop_map(|(name, value)| Node::NewtypeStruct(name, value)),
            (variant(), boxed).prop_map(|(variant, value)| Node::NewtypeVariant(variant, value)),
            (hint.clone(), many.clone()).prop_map(|(hint, parts)| Node::Seq(hint, parts)),
            (0_usize..9, many.clone()).prop_map(|(length, parts)| Node::Tuple(length, parts)),
            (name(), 0_usize..9, many.clone())
                .prop_map(|(name, length, parts)| Node::TupleStruct(name, length, parts)),
            (variant(), 0_usize..9, many)
                .prop_map(|(variant, length, parts)| Node::TupleVariant(variant, length, parts)),
            (
                hint,
                prop::collection::vec((inner.clone(), inner.clone()), 0..4)
            )
                .prop_map(|(hint, entries)| Node::Map(hint, entries)),
            (name(), 0_usize..9, fields(inner.clone()))
                .prop_map(|(name, length, fields)| Node::Struct(name, length, fields)),
            (variant(), 0_usize..9, fields(inner))
                .prop_map(|(variant, length, fields)| Node::StructVariant(variant, length, fields)),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_serde_can_say_is_said_again(node in node()) {
        let item = Says(node);
        let (mut names, mut row) = (Names::default(), Vec::new());
        encode(&item, &mut names, &mut row).unwrap();
        let stored = restarted(&item);
        prop_assert_eq!(said(&stored, true), said(&item.0, true));
        prop_assert_eq!(said(&stored, false), said(&item.0, false));
    }

    #[test]
    fn damage_is_an_error_and_never_a_panic(node in node(), at in any::<prop::sample::Index>(), to: u8) {
        let (mut names, mut row) = (Names::default(), Vec::new());
        encode(&Says(node), &mut names, &mut row).unwrap();
        let at = at.index(row.len());
        row[at] = to;
        // The checksum comes before this in a store; here any answer will do but a panic.
        let _any = decode(&mut Reader(&row), &names, &ANY);
        let _any = decode(&mut Reader(&row[..at]), &names, &ANY);
    }
}

#[test]
fn samples_come_back() {
    for number in 0..7 {
        assert_same(&Sample::numbered(number));
    }
}

#[test]
fn the_quarantine_comes_back() {
    let source = Source {
        spider: "books",
        url: huntsman_core::Url::parse("http://a.example/").unwrap(),
        base: huntsman_core::Url::parse("http://a.example/").unwrap(),
        request: huntsman_core::Fingerprint(7),
        time: huntsman_core::Timestamp(9),
    };
    let violation = Violation {
        path: "price".into(),
        rule: "minimum".into(),
        message: "too small".into(),
        value: "-1".into(),
    };
    let rejected = Rejected::new(&Sample::numbered(3), vec![violation], &source, "00ff");
    assert_eq!(Item::stream(&rejected), Stream::Quarantine);
    assert_same(&rejected);
}

/// An item as derive macros write them, with what serde has for them.
#[derive(serde::Serialize)]
struct Derived {
    unit: (),
    newtype: Sequence,
    kind: Kind,
    kinds: Vec<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<u8>,
    #[serde(flatten)]
    more: BTreeMap<String, f32>,
    small: f32,
    large: u128,
    letter: char,
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    numbers: Vec<u8>,
    nested: Option<Option<Box<Self>>>,
    json: serde_json::Value,
    address: std::net::IpAddr,
}

#[derive(serde::Serialize)]
enum Kind {
    Unit,
    Newtype(i8),
    Tuple(u8, f64),
    Struct { a: f64 },
}

fn derived() -> Derived {
    Derived {
        unit: (),
        newtype: Sequence(7),
        kind: Kind::Unit,
        kinds: vec![
            Kind::Newtype(-1),
            Kind::Tuple(1, -0.0),
            Kind::Struct { a: f64::NAN },
        ],
        absent: None,
        more: BTreeMap::from([("x".to_owned(), 0.1)]),
        small: 0.1,
        large: u128::MAX,
        letter: '漢',
        bytes: vec![0, 255],
        numbers: vec![0, 255],
        nested: None,
        json: serde_json::json!({"a": [1, null, 1.5, "b"], "n": 18_446_744_073_709_551_615_u64}),
        address: std::net::IpAddr::from([127, 0, 0, 1]),
    }
}

#[test]
fn derived_items_come_back_for_people_and_for_machines() {
    let inner = Box::new(derived());
    let item = Says(Derived {
        nested: Some(Some(inner)),
        ..derived()
    });
    assert_same(&item);
    // An address is text to JSON, and numbers to others: both were stored.
    assert!(restarted(&item).compact.is_some());
    assert!(restarted(&Sample::numbered(1)).compact.is_none());
}

/// A struct of which a field is left out by hand.
struct Skips;

impl Serialize for Skips {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Skips", 1)?;
        fields.skip_field("first")?;
        fields.serialize_field("second", &Entry)?;
        fields.end()
    }
}

/// A map whose key and value come one after the other.
struct Entry;

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_key("k")?;
        map.serialize_value(&1_i128)?;
        map.end()
    }
}

#[test]
fn fields_that_are_left_out_stay_so() {
    assert_same(&Says(Skips));
}

/// So deep that no type is.
struct Deep(u32);

impl Serialize for Deep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            0 => serializer.serialize_unit(),
            left => serializer.serialize_some(&Self(left - 1)),
        }
    }
}

#[test]
fn what_is_nested_too_deep_is_refused_and_never_misread() {
    assert_same(&Says(Deep(super::tag::DEEPEST)));
    let deeper = Says(Deep(super::tag::DEEPEST + 1));
    let error = encode(&deeper, &mut Names::default(), &mut Vec::new()).unwrap_err();
    assert_eq!(error, "it is nested more than 200 deep");
}

#[test]
fn an_item_that_fails_to_serialize_says_why() {
    struct Fails;
    impl Serialize for Fails {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no price"))
        }
    }
    let error = encode(&Says(Fails), &mut Names::default(), &mut Vec::new()).unwrap_err();
    assert_eq!(error, "no price");
}
