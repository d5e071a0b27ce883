//! The Avro schema of a derived item.
#![expect(dead_code, reason = "only the schemas matter")]
#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]

mod words {
    pub(crate) use ::erased_serde;
    pub(crate) use huntsman_core::*;
}

use std::collections::BTreeMap;

use huntsman_contract::{avro_schema, avsc};
use huntsman_core::{Attribute, Field, FieldType as _, Item, Kind, Logical, Schema};
use huntsman_macros::{FieldType, Item};
use serde::Serialize;
use serde_json::{Value, json};

fn written<T: Item>() -> Value {
    let text = avsc(T::schemas()[0]).unwrap_or_else(|error| panic!("{error}"));
    serde_json::from_str(&text).unwrap()
}

fn refused(schema: Schema) -> String {
    avsc(Box::leak(Box::new(schema))).unwrap_err().to_string()
}

fn fields(list: impl Into<Vec<Field>>) -> &'static [Field] {
    Vec::leak(list.into())
}

struct Foreign;

impl Serialize for Foreign {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("")
    }
}

fn as_bytes<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Numbers {
    a: bool,
    b: i8,
    c: u16,
    d: i32,
    e: u32,
    f: i64,
    g: u64,
    h: f32,
    i: f64,
    j: char,
    k: huntsman_core::Url,
    l: Value,
    m: Vec<Option<u8>>,
    n: BTreeMap<String, Vec<String>>,
    o: Option<Value>,
}

#[test]
fn every_type_of_rust_has_one_of_avro() {
    let open = json!({ "type": "string", "contentMediaType": "application/json" });
    let types: Vec<_> = written::<Numbers>()["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["type"].clone())
        .collect();
    assert_eq!(
        json!(types),
        json!([
            "boolean", "int", "int", "int", "long", "long", "long", "float", "double", "string",
            "string", open,
            { "type": "array", "items": ["null", "int"] },
            { "type": "map", "values": { "type": "array", "items": "string" } },
            ["null", open],
        ])
    );
}

#[derive(Serialize, FieldType)]
#[item(crate = "words")]
#[serde(rename_all = "snake_case")]
/// What is paid.
enum Plan {
    #[item(default)]
    Free,
    PaidYearly,
}

#[derive(Serialize, FieldType)]
#[item(crate = "words")]
#[serde(untagged)]
enum Price {
    Number(f64),
    Text(Option<String>),
    Parts(Vec<u8>),
}

/// A city.
#[derive(Serialize, Item)]
#[item(crate = "words")]
struct City {
    #[item(min_length = 1)]
    name: String,
}

#[derive(Serialize, Item)]
#[item(crate = "words", namespace = "geo")]
struct Place {
    city: City,
    plan: Plan,
}

/// A shop.
#[derive(Serialize, Item)]
#[item(crate = "words", namespace = "com.example", alias = "Store", attribute("owner" = "us"))]
#[item(rule(name = "r", expr = "this.stars < 6"))]
struct Shop {
    /// How many.
    #[item(minimum = 0, maximum = 5, alias = "points", default = 3)]
    stars: i32,
    #[item(default = "none", max_length = 9)]
    note: Option<String>,
    #[item(min_items = 1, each(min_length = 2, pattern = "^a"))]
    tags: Vec<String>,
    #[item(each(each(minimum = 1)))]
    matrix: Option<BTreeMap<String, Vec<Option<u32>>>>,
    #[item(minimum = 0, each(maximum = 7))]
    price: Price,
    #[item(default = {"a": [1]})]
    open: Value,
    place: Place,
    city: City,
    cities: Vec<City>,
    plan: Option<Plan>,
    #[item(logical = "timestamp-micros")]
    at: Option<Foreign>,
    #[item(each(logical = "decimal", precision = 9, scale = 2, minimum = 0))]
    sums: Vec<Foreign>,
    #[item(fixed = "Md5", size = 16)]
    #[serde(serialize_with = "as_bytes")]
    digest: Vec<u8>,
    #[item(fixed = "com.example.Md5", size = 16)]
    digest2: huntsman_core::Bytes,
    #[item(each(fixed = "x.Md5", size = 4))]
    digest3: Vec<huntsman_core::Bytes>,
    #[item(attribute("order" = "descending"))]
    last: bool,
}

#[test]
fn all_that_a_derive_says_stands_in_the_schema() {
    let expected = json!({
        "type": "record", "name": "Shop", "namespace": "com.example", "doc": "A shop.",
        "aliases": ["Store"], "owner": "us",
        "confluent:rules": [{ "name": "r", "expr": "this.stars < 6" }],
        "fields": [
            { "name": "stars", "type": "int", "doc": "How many.", "aliases": ["points"],
              "default": 3, "minimum": 0, "maximum": 5 },
            { "name": "note", "type": ["string", "null"], "default": "none", "maxLength": 9 },
            { "name": "tags",
              "type": { "type": "array",
                        "items": { "type": "string", "minLength": 2, "pattern": "^a" } },
              "minItems": 1 },
            { "name": "matrix",
              "type": ["null", { "type": "map", "values":
                  { "type": "array", "items": ["null", { "type": "long", "minimum": 1 }] } }],
              "default": null },
            { "name": "price",
              "type": ["null", "double", "string",
                       { "type": "array", "items": { "type": "int", "maximum": 7 } }],
              "default": null, "minimum": 0 },
            { "name": "open",
              "type": { "type": "string", "contentMediaType": "application/json" },
              "default": "{\"a\":[1]}" },
            { "name": "place", "type": { "type": "record", "name": "Place", "namespace": "geo",
              "fields": [
                { "name": "city", "type": { "type": "record", "name": "City", "doc": "A city.",
                  "fields": [{ "name": "name", "type": "string", "minLength": 1 }] } },
                { "name": "plan", "type": { "type": "enum", "name": "Plan", "doc": "What is paid.",
                  "symbols": ["free", "paid_yearly"], "default": "free" } },
            ] } },
            { "name": "city", "type": { "type": "record", "name": "City", "doc": "A city.",
              "fields": [{ "name": "name", "type": "string", "minLength": 1 }] } },
            { "name": "cities", "type": { "type": "array", "items": "com.example.City" } },
            { "name": "plan",
              "type": ["null", { "type": "enum", "name": "Plan", "doc": "What is paid.",
                "symbols": ["free", "paid_yearly"], "default": "free" }],
              "default": null },
            { "name": "at",
              "type": ["null", { "type": "long", "logicalType": "timestamp-micros" }],
              "default": null },
            { "name": "sums", "type": { "type": "array", "items":
                { "type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2,
                  "minimum": 0 } } },
            { "name": "digest", "type": { "type": "fixed", "name": "Md5", "size": 16 } },
            { "name": "digest2", "type": "com.example.Md5" },
            { "name": "digest3", "type": { "type": "array", "items":
                { "type": "fixed", "name": "Md5", "namespace": "x", "size": 4 } } },
            { "name": "last", "type": "boolean", "order": "descending" },
        ]
    });
    let written = written::<Shop>();
    // As text, so that the order counts.
    assert_eq!(format!("{written:#}"), format!("{expected:#}"));
    let parsed = avro_schema(Shop::schemas()[0]).unwrap();
    assert_eq!(parsed.text(), avsc(Shop::schemas()[0]).unwrap());
    assert!(parsed.find("geo.City").is_some() && parsed.find("com.example.City").is_some());
}

const GIVEN: &str = r#" { "name": "Given", "type": "record",
  "fields": [ { "type": "int", "name": "n", "x": 1 } ] } "#;

#[derive(Serialize, Item)]
#[item(crate = "words", avro = GIVEN)]
struct Given {
    n: i32,
}

#[derive(Serialize, Item)]
#[item(crate = "words", namespace = "a.b")]
struct Holder {
    one: Given,
    two: Option<Given>,
}

#[test]
fn a_given_text_is_kept_word_for_word() {
    assert_eq!(avsc(Given::schemas()[0]).unwrap(), GIVEN);
    let parsed = avro_schema(Holder::schemas()[0]).unwrap();
    assert!(parsed.find("Given").is_some() && parsed.find("a.b.Given").is_none());
    let given = written::<Holder>()["fields"][0]["type"].clone();
    assert_eq!(given["fields"][0]["x"], 1);
}

impl City {
    const KIND_REF: &'static Kind = &Self::KIND;
}

#[test]
fn what_avro_forbids_is_refused_by_place() {
    #[derive(Serialize, Item)]
    #[item(crate = "words")]
    struct Book {
        #[serde(rename = "the price")]
        price: u8,
    }
    #[derive(Serialize, FieldType)]
    #[item(crate = "words")]
    #[serde(rename_all = "kebab-case")]
    enum Kebab {
        TwoWords,
    }
    assert_eq!(
        avsc(Book::schemas()[0]).unwrap_err().to_string(),
        "Book.the price: Avro has no field called `the price`: names start with A-Z, a-z or _, and \
         go on with these and 0-9; rename the field, or its `#[serde(rename = \"…\")]`"
    );
    let of = |kind| Schema::new("Book", fields([Field::new("f", kind)]));
    let told = refused(of(Kebab::KIND));
    assert!(
        told.contains("Book.f: Avro has no symbol called `two-words`"),
        "{told}"
    );
    assert!(told.contains("rename_all = \"snake_case\""), "{told}");
    let told = refused(Schema::new("Größe", fields([Field::new("f", Kind::Bool)])));
    assert!(told.contains("Avro has no type called `Größe`"), "{told}");
    let told = refused(of(Kind::Union(&[Kind::Int(8), Kind::UInt(16)])));
    assert!(
        told.contains("Book.f: two variants are both a `int` of Avro"),
        "{told}"
    );
    let with = |kind, word, value| {
        let attributes = Vec::leak(vec![Attribute { word, value }]);
        let field = Field {
            attributes,
            ..Field::new("f", kind)
        };
        refused(Schema::new("Book", fields([field])))
    };
    let told = with(Kind::List(City::KIND_REF), "items", r#"{"minLength":1}"#);
    let expected = "Book.f[]: `minLength` cannot stand at elements of the type `City`";
    assert!(told.contains(expected), "{told}");
    let told = with(Kind::Bool, "x", "{");
    assert!(
        told.starts_with("Book.f: `x` cannot be { here: not JSON"),
        "{told}"
    );
    let told = with(Kind::Bool, "type", "1");
    assert!(
        told.contains("`type` cannot be 1 here: the derive says it otherwise"),
        "{told}"
    );
    let told = with(Kind::List(&Kind::Bool), "items", "1");
    assert!(told.contains("it is an object of words"), "{told}");
}

#[test]
fn two_types_of_one_name_clash() {
    mod other {
        #[derive(serde::Serialize, huntsman_macros::Item)]
        #[item(crate = "crate::words")]
        pub(super) struct City {
            n: u8,
        }
    }
    #[derive(Serialize, Item)]
    #[item(crate = "words")]
    struct Both {
        one: City,
        two: Vec<other::City>,
    }
    assert_eq!(
        avsc(Both::schemas()[0]).unwrap_err().to_string(),
        "Both.two[]: two different types are called `City`: rename one by `#[item(name = \"…\")]`, \
         or set it apart by `#[item(namespace = \"…\")]`"
    );
}

#[test]
fn a_wrong_default_is_refused() {
    let kind = Kind::Logical(Logical::Date);
    let field = Field {
        default: Some("\"x\""),
        ..Field::new("f", kind)
    };
    let told = refused(Schema::new("Book", fields([field])));
    assert!(
        told.starts_with("the schema of `Book`: fields[0].default: \"x\""),
        "{told}"
    );
}
