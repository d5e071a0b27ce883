//! What `#[item(…)]` says becomes words of the schema, and calls of functions.
#![expect(dead_code, reason = "fields are looked at by name alone")]

mod words {
    pub(crate) use ::erased_serde;
    pub(crate) use huntsman_core::*;
}

use std::collections::{BTreeMap, HashMap};

use huntsman_core::violation::Place;
use huntsman_core::{Field, FieldType as _, Item as _, Kind, Logical, Symbols, Violation};
use huntsman_macros::{FieldType, Item};
use serde::Serialize;

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Everything {
    #[item(min_length = 8, max_length = 64, pattern = "^a", format = "date-time")]
    text: String,
    #[item(minimum = -13, maximum = 1_000, multiple_of = 0.5)]
    #[item(doc = "A number.", alias = "count", alias = "amount")]
    number: Option<i64>,
    #[item(exclusive_minimum = 0, exclusive_maximum = 1e3)]
    #[serde(alias = "float", alias = "not-for-avro")]
    /// A comment.
    real: f32,
    #[item(one_of = ["a", "b"], default = "a", unique)]
    choice: Option<String>,
    #[item(min_items = 1, max_items = 9, unique_items)]
    #[item(each(min_length = 1, format = "uri"), default = [])]
    list: Vec<String>,
    #[item(min_properties = 1, max_properties = 2, each(each(minimum = 0)))]
    #[item(default = {"k": [1, 2]})]
    map: BTreeMap<String, Vec<u8>>,
    #[item(attribute("pii" = true), attribute("x" = {"a": null, "b": [-1.5, "t"]}))]
    marked: bool,
}

fn field<T: huntsman_core::Item>(name: &str) -> &'static Field {
    let fields = T::schemas()[0].fields;
    fields.iter().find(|field| field.name == name).expect(name)
}

fn words_of<T: huntsman_core::Item>(name: &str) -> Vec<(&'static str, &'static str)> {
    let attributes = field::<T>(name).attributes.iter();
    attributes
        .map(|attribute| (attribute.word, attribute.value))
        .collect()
}

#[test]
fn constraints_become_words_with_json() {
    let of = words_of::<Everything>;
    assert_eq!(
        of("text"),
        [
            ("minLength", "8"),
            ("maxLength", "64"),
            ("pattern", r#""^a""#),
            ("format", r#""date-time""#)
        ]
    );
    assert_eq!(
        of("number"),
        [
            ("minimum", "-13"),
            ("maximum", "1000"),
            ("multipleOf", "0.5")
        ]
    );
    assert_eq!(
        of("real"),
        [("exclusiveMinimum", "0"), ("exclusiveMaximum", "1000.0")]
    );
    assert_eq!(of("choice"), [("enum", r#"["a","b"]"#), ("unique", "true")]);
    assert_eq!(
        of("list"),
        [
            ("minItems", "1"),
            ("maxItems", "9"),
            ("uniqueItems", "true"),
            ("items", r#"{"minLength":1,"format":"uri"}"#)
        ]
    );
    assert_eq!(
        of("map"),
        [
            ("minProperties", "1"),
            ("maxProperties", "2"),
            ("items", r#"{"items":{"minimum":0}}"#)
        ]
    );
    assert_eq!(
        of("marked"),
        [("pii", "true"), ("x", r#"{"a":null,"b":[-1.5,"t"]}"#)]
    );
}

#[test]
fn defaults_docs_and_aliases_are_kept() {
    let of = field::<Everything>;
    assert_eq!(
        (of("number").doc, of("number").aliases),
        ("A number.", &["count", "amount"][..])
    );
    assert_eq!(
        (of("real").doc, of("real").aliases),
        ("A comment.", &["float"][..])
    );
    assert_eq!(of("text").default, None);
    assert_eq!(of("choice").default, Some(r#""a""#));
    assert_eq!(of("list").default, Some("[]"));
    assert_eq!(of("map").default, Some(r#"{"k":[1,2]}"#));
}

struct Foreign;

impl Serialize for Foreign {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("2026-11-24")
    }
}

fn as_bytes<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Replaced {
    #[item(logical = "date")]
    day: Foreign,
    #[item(logical = "local-timestamp-micros")]
    perhaps: Option<Foreign>,
    #[item(logical = "decimal", precision = 10, scale = 2, minimum = 0)]
    price: Foreign,
    #[item(logical = "decimal", precision = 4)]
    whole: String,
    #[item(bytes)]
    #[serde(serialize_with = "as_bytes")]
    bytes: Vec<u8>,
    #[item(fixed = "Digest", size = 16)]
    #[serde(serialize_with = "as_bytes")]
    digest: Vec<u8>,
    #[item(each(logical = "time-millis"))]
    times: Vec<Option<Foreign>>,
    #[item(each(logical = "uuid"))]
    ids: HashMap<String, Foreign>,
    #[item(any)]
    open: Vec<Foreign>,
}

#[test]
fn a_word_can_say_what_a_foreign_type_is() {
    let kinds: Vec<_> = Replaced::schemas()[0]
        .fields
        .iter()
        .map(|field| field.kind)
        .collect();
    let decimal = |precision, scale| Kind::Logical(Logical::Decimal { precision, scale });
    assert_eq!(
        kinds,
        [
            Kind::Logical(Logical::Date),
            Kind::Optional(&Kind::Logical(Logical::LocalTimestampMicros)),
            decimal(10, 2),
            decimal(4, 0),
            Kind::Bytes,
            Kind::Fixed {
                name: "Digest",
                size: 16
            },
            Kind::List(&Kind::Optional(&Kind::Logical(Logical::TimeMillis))),
            Kind::Map(&Kind::Logical(Logical::Uuid)),
            Kind::Any,
        ]
    );
}

/// A user.
#[derive(Serialize, Item)]
#[item(
    crate = "words",
    namespace = "com.example",
    name = "Person",
    alias = "Customer"
)]
#[item(rule(name = "adult", expr = "this.age > 17", doc = "why"), attribute("owner" = "us"))]
#[item(avro = concat!("{", "}"))]
struct User {
    age: u8,
}

#[test]
fn a_struct_has_words_too() {
    let schema = User::schemas()[0];
    assert_eq!((schema.name, schema.namespace), ("Person", "com.example"));
    assert_eq!(
        (schema.aliases, schema.avro),
        (&["Customer"][..], Some("{}"))
    );
    let words: Vec<_> = schema
        .attributes
        .iter()
        .map(|a| (a.word, a.value))
        .collect();
    assert_eq!(
        words,
        [
            ("owner", r#""us""#),
            (
                "confluent:rules",
                r#"[{"name":"adult","expr":"this.age > 17","doc":"why"}]"#
            )
        ]
    );
}

mod rules {
    use super::Inner;

    pub(super) fn even(n: &i8) -> Result<(), String> {
        if n % 2 == 0 {
            Ok(())
        } else {
            Err(format!("{n} is odd"))
        }
    }

    pub(super) fn short(text: &str) -> Result<(), &'static str> {
        if text.len() < 100 {
            Ok(())
        } else {
            Err("too long")
        }
    }

    pub(super) fn ordered(inner: &Inner) -> Result<(), std::fmt::Error> {
        if inner.n >= inner.least {
            Ok(())
        } else {
            Err(std::fmt::Error)
        }
    }
}

#[derive(Serialize, Item, Default)]
#[item(crate = "words", check = rules::ordered)]
struct Inner {
    #[item(check = rules::even)]
    n: i8,
    #[serde(skip)]
    #[item(check = rules::even)]
    least: i8,
    #[item(check = rules::short)]
    text: String,
}

#[derive(Serialize, FieldType)]
#[item(crate = "words")]
#[serde(untagged)]
enum Either {
    Inner(Inner),
    Text(String),
    Bytes(
        #[item(bytes)]
        #[serde(serialize_with = "as_bytes")]
        Vec<u8>,
    ),
}

#[derive(Serialize, Item, Default)]
#[item(crate = "words")]
struct Outer {
    one: Inner,
    two: Vec<Option<Inner>>,
    three: BTreeMap<String, Box<Inner>>,
    four: Option<Either>,
}

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Plain {
    number: u8,
    texts: Vec<Option<String>>,
    url: Option<huntsman_core::Url>,
}

#[derive(Item)]
#[item(crate = "words")]
enum Found {
    Outer(Outer),
    Plain(Plain),
}

fn inner(n: i8) -> Inner {
    Inner {
        n,
        ..Inner::default()
    }
}

fn violations(item: &dyn huntsman_core::AnyItem) -> Vec<String> {
    let mut found: Vec<Violation> = Vec::new();
    item.check(&mut found);
    found
        .iter()
        .map(|v| format!("{}|{}|{}|{}", v.path, v.rule, v.message, v.value))
        .collect()
}

#[test]
fn functions_are_called_wherever_the_struct_is() {
    let outer = Outer {
        one: inner(1),
        two: vec![None, Some(inner(0)), Some(inner(3))],
        three: BTreeMap::from([("k".to_owned(), Box::new(inner(5)))]),
        four: Some(Either::Inner(inner(7))),
    };
    let expected = [
        "one.n|even|1 is odd|1",
        "two[2].n|even|3 is odd|3",
        "three[\"k\"].n|even|5 is odd|5",
        "four.n|even|7 is odd|7",
    ];
    assert_eq!(violations(&outer), expected);
    assert_eq!(violations(&Found::Outer(outer)), expected);
}

#[test]
fn a_violation_shows_the_value_shortened() {
    let item = Inner {
        n: -2,
        least: 1,
        text: "é".repeat(100),
    };
    let shown = format!("\"{}…", "é".repeat(79));
    assert_eq!(
        violations(&item),
        [
            "least|even|1 is odd|".to_owned(),
            format!("text|short|too long|{shown}"),
            format!(
                "|ordered|an error occurred when formatting an argument|{}",
                huntsman_core::violation::shortened(&serde_json::json!(item).to_string())
            ),
        ]
    );
}

#[test]
fn what_has_no_functions_has_no_checks() {
    let checks = [Inner::CHECKS, Outer::CHECKS, Either::CHECKS, Plain::CHECKS];
    assert_eq!(checks, [true, true, true, false]);
    let mut found = Vec::new();
    let plain = Plain {
        number: 1,
        texts: Vec::new(),
        url: None,
    };
    huntsman_core::FieldType::check(&plain, &Place::ITEM, &mut found);
    assert!(found.is_empty() && violations(&Found::Plain(plain)).is_empty());
}

#[test]
fn an_untagged_enum_is_a_union() {
    let Kind::Union(kinds) = Either::KIND else {
        panic!("not a union")
    };
    assert_eq!(kinds, [Inner::KIND, Kind::Text, Kind::Bytes]);
}

macro_rules! symbols {
    ($($case:literal),+) => {$({
        /// Names.
        #[derive(Serialize, FieldType)]
        #[item(crate = "words", name = "Name")]
        #[serde(rename_all = $case)]
        enum Names {
            One,
            #[item(default)]
            TwoWords,
            #[serde(rename = "3")]
            Three,
            HTTPStatus2,
            GrößeM,
            #[serde(skip)]
            Hidden,
        }
        use Names::{GrößeM, HTTPStatus2, Hidden, One, Three, TwoWords};
        let written: Vec<_> = [One, TwoWords, Three, HTTPStatus2, GrößeM]
            .map(|name| serde_json::to_value(name).unwrap())
            .to_vec();
        let Kind::Enum(Symbols { name: "Name", doc: "Names.", symbols, default }) = Names::KIND
        else {
            panic!("not an enum of names")
        };
        assert_eq!(serde_json::json!(symbols), serde_json::json!(written), $case);
        assert_eq!(default.unwrap(), symbols[1]);
        let _unused = Hidden;
    })+};
}

#[test]
fn an_enum_of_names_has_those_that_serde_writes() {
    symbols!(
        "lowercase",
        "UPPERCASE",
        "PascalCase",
        "camelCase",
        "snake_case",
        "SCREAMING_SNAKE_CASE",
        "kebab-case",
        "SCREAMING-KEBAB-CASE"
    );
}
