//! Chosen fields have the values that picking from the item's JSON has, for any item; and the new
//! schema describes them, down to the bytes of Avro.

use huntsman_avro::Encoder;
use huntsman_contract::{avro_schema, avsc};
use huntsman_core::{Field, Kind, Schema};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value as Json;

use crate::items::{Made, Value, given, record, schema};

/// A field's type without names, which are given when all is known.
#[derive(Debug, Clone)]
enum Shape {
    Bool,
    Int,
    Float,
    Text,
    List(Box<Self>),
    Optional(Box<Self>),
    Struct(Vec<Self>),
}

fn shapes() -> impl Strategy<Value = Vec<Shape>> {
    let leaf = prop_oneof![
        Just(Shape::Bool),
        Just(Shape::Int),
        Just(Shape::Float),
        Just(Shape::Text)
    ];
    let any = leaf.prop_recursive(3, 24, 4, |inner| {
        let optional = inner.clone().prop_map(|shape| match shape {
            Shape::Optional(_) => shape,
            other => Shape::Optional(Box::new(other)),
        });
        prop_oneof![
            inner.clone().prop_map(|shape| Shape::List(Box::new(shape))),
            optional,
            prop::collection::vec(inner, 1..4).prop_map(Shape::Struct),
        ]
    });
    prop::collection::vec(any, 1..8)
}

/// Gives names: each struct has one of its own.
#[derive(Default)]
struct Names(usize);

impl Names {
    fn text(&mut self, prefix: &str) -> &'static str {
        self.0 += 1;
        String::leak(format!("{prefix}{}", self.0))
    }

    fn schema(&mut self, shapes: &[Shape]) -> &'static Schema {
        let fields = shapes.iter().map(|shape| {
            let kind = self.kind(shape);
            Field::new(self.text("f"), kind).doc("Said of it.")
        });
        let fields = fields.collect();
        schema(self.text("T"), fields)
    }

    fn kind(&mut self, shape: &Shape) -> Kind {
        match shape {
            Shape::Bool => Kind::Bool,
            Shape::Int => Kind::Int(64),
            Shape::Float => Kind::Float(64),
            Shape::Text => Kind::Text,
            Shape::List(inner) => Kind::List(Box::leak(Box::new(self.kind(inner)))),
            Shape::Optional(inner) => Kind::Optional(Box::leak(Box::new(self.kind(inner)))),
            Shape::Struct(fields) => Kind::Struct(self.schema(fields)),
        }
    }
}

/// A value of a type, from a stream of numbers.
fn value(kind: &Kind, draws: &mut impl FnMut() -> u32) -> Value {
    match kind {
        Kind::Bool => Value::Bool(draws().is_multiple_of(2)),
        Kind::Int(_) => Value::Int(i64::from(draws()) - 1000),
        Kind::Float(_) => Value::Float(f64::from(draws()) / 8.0),
        Kind::Text => Value::Text(format!("text {}", draws())),
        Kind::List(inner) => Value::List((0..draws() % 3).map(|_| value(inner, draws)).collect()),
        Kind::Optional(_) if draws().is_multiple_of(3) => Value::Null,
        Kind::Optional(inner) => value(inner, draws),
        Kind::Struct(schema) => Value::Struct(schema, values(schema, draws)),
        other => panic!("no such type here: {other:?}"),
    }
}

fn values(schema: &'static Schema, draws: &mut impl FnMut() -> u32) -> Vec<Value> {
    let fields = schema.fields.iter();
    fields.map(|field| value(&field.kind, draws)).collect()
}

/// Every path into a type: to its fields, and into its structs.
fn paths(schema: &'static Schema, before: &[&'static str], out: &mut Vec<Vec<&'static str>>) {
    for field in schema.fields {
        let path = [before, &[field.name]].concat();
        let mut kind = &field.kind;
        while let Kind::Optional(inner) = kind {
            kind = inner;
        }
        if let Kind::Struct(inner) = kind {
            paths(inner, &path, out);
        }
        out.push(path);
    }
}

fn picked<'a>(item: &'a Json, path: &[&str]) -> &'a Json {
    path.iter().fold(item, |value, name| &value[*name])
}

/// The schema of the same fields, its text said.
fn with_text(schema: &'static Schema) -> &'static Schema {
    Box::leak(Box::new(Schema {
        avro: Some(String::leak(avsc(schema).expect("it works in this test"))),
        ..*schema
    }))
}

proptest! {
    #[test]
    fn fields_are_those_of_the_items_json(
        shapes in shapes(),
        choices in prop::collection::vec((any::<Index>(), any::<bool>()), 1..8),
        draws in prop::collection::vec(0..5000_u32, 64),
        as_map: bool,
        text: bool,
    ) {
        let mut schema = Names::default().schema(&shapes);
        let mut all = Vec::new();
        paths(schema, &[], &mut all);
        if text {
            schema = with_text(schema);
        }
        let mut number = draws.iter().cycle();
        let mut draw = || *number.next().unwrap();
        let item = Made { schema, values: values(schema, &mut draw), as_map };
        let json = serde_json::to_value(&item).unwrap();

        let mut fields: Vec<(Vec<&str>, String)> = Vec::new();
        for (place, (index, renamed)) in choices.iter().enumerate() {
            let path = index.get(&all).clone();
            let last = *path.last().unwrap();
            let name = if *renamed { format!("name{place}") } else { last.to_owned() };
            if fields.iter().all(|(_, other)| *other != name) {
                fields.push((path, name));
            }
        }
        let written = fields.iter().map(|(path, name)| format!("{}:{name}", path.join(".")));
        let written = written.collect::<Vec<_>>().join(", ");
        let mut expected = serde_json::Map::new();
        for (path, name) in &fields {
            expected.insert(name.clone(), picked(&json, path).clone());
        }

        let records = vec![record(item, 0)];
        let (kept, sink) = given(&[("fields", &written)], &[schema], records).unwrap();
        let expected = Json::from(expected);
        prop_assert_eq!(kept.json(), [expected.to_string()]);
        prop_assert_eq!(huntsman_core::Export::skipped(&sink), 0);

        let new = kept.schemas.lock().unwrap()[0];
        let record = kept.records.lock().unwrap()[0].clone();
        prop_assert!(std::ptr::eq(record.item.schema(), new));
        prop_assert_eq!((new.name, new.avro.is_some()), (schema.name, text));
        let names: Vec<_> = new.fields.iter().map(|field| (field.name, field.doc)).collect();
        let said: Vec<_> = fields.iter().map(|(_, name)| (name.as_str(), "Said of it.")).collect();
        prop_assert_eq!(names, said);
        let avro = avro_schema(new).unwrap();
        let mut bytes = Vec::new();
        Encoder::new(&avro).encode(&record.item.fields(), &mut bytes).unwrap();
        let decoded = avro.view(&avro.decode(&bytes).unwrap()).to_string();
        let decoded: Json = serde_json::from_str(&decoded).unwrap();
        prop_assert_eq!(decoded, expected);
    }
}
