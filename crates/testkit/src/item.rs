//! A sample item with a field of each kind, for suites.

use std::collections::BTreeMap;
use std::sync::Arc;

use huntsman_core::{Field, FieldType, Fingerprint, Item, Record, RecordId, Schema};
use serde::Serialize;

/// An item with a field of each kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    /// A number that tells samples apart.
    pub number: u64,
    /// Text.
    pub text: String,
    /// A number with a fraction.
    pub price: f64,
    /// Whether or not.
    pub is_new: bool,
    /// Text or nothing.
    pub note: Option<String>,
    /// Several texts.
    pub tags: Vec<String>,
    /// Values by name.
    pub facts: BTreeMap<String, i64>,
}

static SAMPLE: Schema = Schema::new(
    "Sample",
    &[
        Field::new("number", u64::KIND),
        Field::new("text", String::KIND),
        Field::new("price", f64::KIND),
        Field::new("is_new", bool::KIND),
        Field::new("note", <Option<String> as FieldType>::KIND),
        Field::new("tags", <Vec<String> as FieldType>::KIND),
        Field::new("facts", <BTreeMap<String, i64> as FieldType>::KIND),
    ],
)
.doc("An item with a field of each kind.");

static SCHEMAS: &[&Schema] = &[&SAMPLE];

impl Item for Sample {
    fn schemas() -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn schema(&self) -> &'static Schema {
        &SAMPLE
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        self
    }
}

impl Sample {
    /// The sample of this number: the same each time, awkward characters included.
    #[must_use]
    pub fn numbered(number: u64) -> Self {
        let odd = number % 2 == 1;
        Self {
            number,
            text: format!("no. {number}: \"quoted\", comma, tab\t, line\nbreak, é, 漢, 🦀"),
            price: f64::from(u32::try_from(number % 1000).unwrap_or_default()) + 0.25,
            is_new: odd,
            note: odd.then(|| format!("note {number}")),
            tags: (0..number % 3).map(|tag| format!("tag {tag}")).collect(),
            facts: BTreeMap::from([("n".to_owned(), i64::try_from(number).unwrap_or_default())]),
        }
    }
}

/// An item of another shape: fewer fields, one of them of another type.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OtherSample {
    /// A number that tells them apart, as text.
    pub number: String,
    /// A number without a fraction.
    pub weight: i32,
}

static OTHER: Schema = Schema::new(
    "OtherSample",
    &[
        Field::new("number", String::KIND),
        Field::new("weight", i32::KIND),
    ],
)
.doc("An item of another shape.");

static OTHERS: &[&Schema] = &[&OTHER];

impl Item for OtherSample {
    fn schemas() -> &'static [&'static Schema] {
        OTHERS
    }

    fn schema(&self) -> &'static Schema {
        &OTHER
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        self
    }
}

/// The records of the samples with these numbers, as a crawl would make them.
#[must_use]
pub fn sample_records(numbers: std::ops::Range<u64>) -> Vec<Record> {
    let record = |number| Record {
        id: RecordId {
            request: Fingerprint(u128::from(number)),
            ordinal: 0,
        },
        item: Arc::new(Sample::numbered(number)),
        url: format!("http://sample.example/{number}").into(),
    };
    numbers.map(record).collect()
}
