//! What comes field by field is written as what comes as a whole is, to the byte and to the word of
//! an error.

use huntsman_core::visit::{self, Visit, Visited};
use huntsman_core::{Bytes, FieldType, Item, Kind, Schema};
use huntsman_macros::Item;
use proptest::prelude::*;
use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};

use crate::data::{Any, Data};
use crate::judge::shapes;
use crate::random::Random;
use crate::write::{File, Schemas, Shape, record, shape};

/// An item with some of its fields, in any order; a number that is too high is a field that its
/// schema has not.
#[derive(Debug, Clone)]
struct Moved {
    schema: &'static Schema,
    values: Vec<Data>,
    order: Vec<usize>,
}

impl Serialize for Moved {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut fields = to.serialize_struct(self.schema.name, self.order.len())?;
        for number in &self.order {
            match self.schema.fields.get(*number) {
                Some(field) => fields.serialize_field(field.name, &self.values[*number])?,
                None => fields.serialize_field("no_such_field", &1)?,
            }
        }
        fields.end()
    }
}

impl Item for Moved {
    fn schemas() -> Schemas {
        &[]
    }

    fn schema(&self) -> &'static Schema {
        self.schema
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        self
    }

    fn visit(&self, visit: &mut dyn Visit) -> Visited {
        visit::fields(self, visit)
    }
}

/// The same, which does not come field by field.
struct Whole<I>(I);

impl<I: Item> Item for Whole<I> {
    fn schemas() -> Schemas {
        I::schemas()
    }

    fn schema(&self) -> &'static Schema {
        self.0.schema()
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        self.0.fields()
    }
}

/// What becomes of each item, in one file: nothing of one that is refused.
fn outcome<I: Item>(shape: &Shape, schemas: Schemas, items: Vec<I>) -> (Vec<u8>, Vec<String>) {
    let mut file = File::new(shape.encoder(schemas));
    let mut refused = Vec::new();
    for item in items {
        let before = file.bytes.len();
        match file.batch(&[record(item)]) {
            Ok(()) => refused.push(String::new()),
            Err(error) => {
                // The sink would end here.
                file.bytes.truncate(before);
                refused.push(error);
            }
        }
    }
    (file.bytes, refused)
}

/// Dialects in which numbers and bools may need quotes too.
fn all_shapes() -> Vec<Shape> {
    let odd = [
        shape("csv", &[("delimiter", "1")]),
        shape("csv", &[("delimiter", "e")]),
        shape("csv", &[("delimiter", "-"), ("escape_formulas", "true")]),
        shape("csv", &[("null", "0"), ("delimiter", ".")]),
        shape("csv", &[("null", "true")]),
        shape("csv", &[("escape_formulas", "true")]),
    ];
    let all = shapes().into_iter();
    all.filter(|shape| shape.format != "xml")
        .chain(odd)
        .collect()
}

fn order(random: &mut Random, count: usize) -> Vec<usize> {
    let mut order: Vec<_> = (0..count).collect();
    match random.below(8) {
        0 => order.reverse(),
        1 => order.truncate(random.below(count + 1)),
        2 => order.rotate_left(random.below(count)),
        3 => order.push(random.below(count + 1)),
        4 => drop(order.remove(random.below(count))),
        5 => order.swap(0, count - 1),
        _ => {}
    }
    order
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn fields_one_by_one_are_written_as_all_at_once(seed: u64) {
        let mut random = Random::new(seed);
        let schemas = random.schemas();
        let mut items = Vec::new();
        for _ in 0..random.below(6) {
            let Any { schema, value: Data::Struct(_, values) } = random.item(schemas) else {
                panic!("no struct")
            };
            let order = order(&mut random, values.len());
            items.push(Moved { schema, values, order });
        }
        for shape in all_shapes() {
            let whole = items.iter().cloned().map(Whole).collect();
            let expected = outcome(&shape, schemas, whole);
            prop_assert_eq!(outcome(&shape, schemas, items.clone()), expected, "{:?}", shape);
        }
    }
}

#[derive(Debug, Clone, Copy, Serialize)]
enum Size {
    Small,
    Tall(u8),
}

impl FieldType for Size {
    const KIND: Kind = Kind::Any;
}

#[derive(Debug, Clone, Serialize)]
struct Metres(f32);

impl FieldType for Metres {
    const KIND: Kind = Kind::Float(32);
}

#[derive(Debug, Clone, Serialize)]
struct Unit;

impl FieldType for Unit {
    const KIND: Kind = Kind::Any;
}

fn doubled<S: Serializer>(value: &i64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_i64(value * 2)
}

fn refused<S: Serializer>(value: &str, to: S) -> Result<S::Ok, S::Error> {
    match value {
        "" => Err(serde::ser::Error::custom("there is no name")),
        name => to.collect_str(&format_args!("{name}, {name}")),
    }
}

#[derive(Debug, Clone, Serialize, Item)]
#[item(crate = "crate::words")]
#[serde(rename_all = "camelCase")]
struct Every {
    letter: char,
    small: i8,
    large: u64,
    single: f32,
    nested_option: Option<Option<Box<str>>>,
    list: Option<Vec<i16>>,
    size: Size,
    length: Metres,
    unit: Unit,
    #[serde(skip)]
    #[expect(dead_code, reason = "it is never written")]
    hidden: u8,
    #[serde(rename = "twice", serialize_with = "doubled")]
    #[item(any)]
    once: i64,
    #[serde(serialize_with = "refused")]
    #[item(any)]
    name: String,
    #[item(logical = "date")]
    day: String,
    bytes: Bytes,
}

fn every(number: u8) -> Every {
    Every {
        letter: if number.is_multiple_of(2) { '"' } else { ',' },
        small: -1,
        large: if number == 3 { u64::MAX } else { 7 },
        single: if number == 4 { f32::NAN } else { 0.1 },
        nested_option: [None, Some(None), Some(Some("x".into()))][usize::from(number % 3)].clone(),
        list: (number.is_multiple_of(2)).then(|| vec![1, -2]),
        size: if number < 3 {
            Size::Small
        } else {
            Size::Tall(2)
        },
        length: Metres(1.5),
        unit: Unit,
        hidden: 0,
        once: i64::from(number),
        name: if number == 5 { "" } else { "a" }.to_owned(),
        day: if number == 6 { "no day" } else { "2026-11-24" }.to_owned(),
        bytes: Bytes::from_static(&[0, 255]),
    }
}

#[derive(Debug, Clone, Item)]
#[item(crate = "crate::words")]
enum Found {
    Every(Every),
    Other(Other),
}

#[derive(Debug, Clone, Serialize, Item)]
#[item(crate = "crate::words")]
struct Other {
    twice: i64,
    letter: Option<char>,
}

#[test]
fn attributes_of_serde_hold() {
    let items: Vec<_> = (0..8).map(every).collect();
    let found = |item: &Every| {
        [
            Found::Other(Other {
                twice: item.once,
                letter: None,
            }),
            Found::Every(item.clone()),
        ]
    };
    let found: Vec<_> = items.iter().flat_map(found).collect();
    for shape in all_shapes() {
        let whole = items.iter().cloned().map(Whole).collect();
        let expected = outcome(&shape, Every::schemas(), whole);
        assert!(!expected.1.iter().all(String::is_empty), "{shape:?}");
        assert_eq!(
            outcome(&shape, Every::schemas(), items.clone()),
            expected,
            "{shape:?}"
        );

        let whole = found.iter().cloned().map(Whole).collect();
        let expected = outcome(&shape, Found::schemas(), whole);
        assert_eq!(
            outcome(&shape, Found::schemas(), found.clone()),
            expected,
            "{shape:?}"
        );
    }
}
