//! The schema says what serde writes.
#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]

mod words {
    pub(crate) use ::erased_serde;
    pub(crate) use huntsman_core::*;
}

use std::collections::BTreeMap;

use huntsman_core::{AnyItem, Field, FieldType, Item as _, Kind, Schema};
use huntsman_macros::Item;
use serde::{Serialize, Serializer};

/// The keys of `item` in the order in which serde_json writes them.
fn written(item: &dyn AnyItem) -> Vec<String> {
    struct Keys(Vec<String>);
    impl<'de> serde::Deserialize<'de> for Keys {
        fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
            struct Visit;
            impl<'de> serde::de::Visitor<'de> for Visit {
                type Value = Keys;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(
                    self,
                    mut map: A,
                ) -> Result<Keys, A::Error> {
                    let mut keys = Vec::new();
                    while let Some((key, serde::de::IgnoredAny)) = map.next_entry()? {
                        keys.push(key);
                    }
                    Ok(Keys(keys))
                }
            }
            input.deserialize_map(Visit)
        }
    }
    let json = serde_json::to_string(item.fields()).unwrap();
    serde_json::from_str::<Keys>(&json).unwrap().0
}

fn columns(schema: &Schema) -> Vec<&str> {
    schema.fields.iter().map(|field| field.name).collect()
}

#[derive(Serialize, Item, Default)]
#[item(crate = "words")]
struct Inner {
    n: i8,
}

/// A book.
///
/// With two paragraphs.
#[derive(Serialize, Item, Default)]
#[item(crate = "words")]
#[serde(deny_unknown_fields, bound(serialize = ""), rename = "Other")]
struct Book {
    /// Its title.
    title: String,
    r#type: Option<u16>,
    #[serde(rename = "the price")]
    price: f64,
    #[serde(rename(serialize = "out", deserialize = "in"), default)]
    sides: Vec<Inner>,
    #[serde(rename(deserialize = "only_in"), alias = "x")]
    kept: bool,
    #[serde(skip)]
    #[expect(dead_code, reason = "only here to be skipped")]
    hidden: std::ops::RangeFull,
    #[serde(skip_serializing)]
    secret: std::marker::PhantomData<()>,
    #[serde(skip_deserializing)]
    shown: BTreeMap<String, char>,
    #[item(any)]
    open: (u8, u8),
    #[serde(serialize_with = "as_text")]
    shaped: u64,
    inner: Inner,
}

fn as_text<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

#[test]
fn a_struct_is_described_as_serde_writes_it() {
    let book = Book::default();
    assert_eq!(columns(Book::schemas()[0]), written(&book));
    let inner = Kind::Struct(Inner::schemas()[0]);
    let field = |name, kind, doc| Field::new(name, kind).doc(doc);
    assert_eq!(
        *huntsman_core::Item::schema(&book),
        Schema {
            doc: "A book.\n\nWith two paragraphs.",
            ..Schema::new(
                "Book",
                Box::leak(Box::new([
                    field("title", Kind::Text, "Its title."),
                    field("type", Kind::Optional(&Kind::UInt(16)), ""),
                    field("the price", Kind::Float(64), ""),
                    field("out", <Vec<Inner>>::KIND, ""),
                    Field {
                        aliases: &["x"],
                        ..field("kept", Kind::Bool, "")
                    },
                    field("shown", Kind::Map(&Kind::Text), ""),
                    field("open", Kind::Any, ""),
                    field("shaped", Kind::Any, ""),
                    field("inner", inner, ""),
                ]))
            )
        }
    );
}

macro_rules! cased {
    ($($name:ident = $case:literal),+) => {$(
        #[test]
        fn $name() {
            #[derive(Serialize, Item, Default)]
            #[item(crate = "super::words")]
            #[serde(rename_all = $case)]
            #[expect(non_snake_case, reason = "two underscores are a case of their own")]
            struct Cased {
                one: u8,
                two_words: u8,
                _led: u8,
                double__under: u8,
                trailing_: u8,
                größe_in_m: u8,
                r#match: u8,
                x2_y3: u8,
                #[serde(rename = "As_It_is")]
                renamed: u8,
            }
            let columns = columns(Cased::schemas()[0]);
            assert_eq!(columns, written(&Cased::default()));
            assert_eq!(columns.len(), 9);
        }
    )+};
}

mod cases {
    use super::*;
    cased! {
        lower = "lowercase", upper = "UPPERCASE", pascal = "PascalCase", camel = "camelCase",
        snake = "snake_case", screaming_snake = "SCREAMING_SNAKE_CASE", kebab = "kebab-case",
        screaming_kebab = "SCREAMING-KEBAB-CASE"
    }

    #[test]
    fn a_case_for_reading_only_changes_nothing() {
        #[derive(Serialize, Item, Default)]
        #[item(crate = "super::words")]
        #[serde(rename_all(deserialize = "camelCase"))]
        struct Read {
            two_words: u8,
        }
        assert_eq!(columns(Read::schemas()[0]), written(&Read::default()));
    }

    #[test]
    fn a_case_for_writing_counts() {
        #[derive(Serialize, Item, Default)]
        #[item(crate = "super::words")]
        #[serde(rename_all(serialize = "camelCase", deserialize = "UPPERCASE"))]
        struct Write {
            two_words: u8,
        }
        assert_eq!(columns(Write::schemas()[0]), ["twoWords"]);
        assert_eq!(columns(Write::schemas()[0]), written(&Write::default()));
    }
}

macro_rules! an_enum {
    ($name:ident($type:ty)) => {
        #[derive(Item)]
        #[item(crate = "words")]
        enum $name {
            Only($type),
        }
    };
}

an_enum!(ByMacro(Inner));

#[test]
fn an_enum_may_come_from_a_macro() {
    let found = ByMacro::Only(Inner { n: 3 });
    assert_eq!(written(&found), ["n"]);
}

#[derive(Item)]
#[item(crate = "words")]
enum Found {
    Book(Box2),
    Inner(Inner),
    Again(Inner),
    More(Deeper),
}

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Box2 {
    side: u32,
}

#[derive(Item)]
#[item(crate = "words")]
enum Deeper {
    Tree(Tree),
}

#[derive(Serialize, Item, Default)]
#[item(crate = "words")]
struct Tree {
    #[item(any)]
    children: Vec<Self>,
}

#[test]
fn an_enum_has_the_schemas_of_its_variants_each_once() {
    let names: Vec<_> = Found::schemas().iter().map(|schema| schema.name).collect();
    assert_eq!(names, ["Box2", "Inner", "Tree"]);
    for found in [
        Found::Book(Box2 { side: 2 }),
        Found::Inner(Inner { n: 2 }),
        Found::Again(Inner { n: 1 }),
    ] {
        let schema = huntsman_core::Item::schema(&found);
        assert!(
            Found::schemas()
                .iter()
                .any(|known| std::ptr::eq(*known, schema))
        );
        assert_eq!(columns(schema), written(&found));
    }
}

#[test]
fn an_enum_is_written_as_what_it_holds() {
    let deep = Found::More(Deeper::Tree(Tree {
        children: vec![Tree::default()],
    }));
    let json = serde_json::to_string(huntsman_core::Item::fields(&deep)).unwrap();
    assert_eq!(json, r#"{"children":[{"children":[]}]}"#);
    assert_eq!(huntsman_core::Item::schema(&deep).name, "Tree");
}

#[test]
fn a_recursive_field_is_left_open() {
    assert_eq!(Tree::schemas()[0].fields[0].kind, Kind::Any);
}
