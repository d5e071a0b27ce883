//! A sample item with a field of each kind, for suites.

use std::collections::BTreeMap;
use std::sync::Arc;

use huntsman_core::{Field, FieldType, Fingerprint, Item, Kind, Record, RecordId, Schema};
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

static SAMPLE: Schema = Schema {
    name: "Sample",
    doc: "An item with a field of each kind.",
    fields: &[
        field("number", u64::KIND),
        field("text", String::KIND),
        field("price", f64::KIND),
        field("is_new", bool::KIND),
        field("note", <Option<String> as FieldType>::KIND),
        field("tags", <Vec<String> as FieldType>::KIND),
        field("facts", <BTreeMap<String, i64> as FieldType>::KIND),
    ],
};

static SCHEMAS: &[&Schema] = &[&SAMPLE];

const fn field(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        doc: "",
    }
}

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
