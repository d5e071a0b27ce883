//! Items that broke their contract, on their way to a feed of their own.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::item::{AnyItem, Item, Stream};
use crate::refine::Source;
use crate::schema::{Field, FieldType, Kind, Schema};
use crate::violation::Violation;

/// An item that was rejected, with all that is needed to find out why and to try it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rejected {
    /// The item's type, by name.
    pub kind: String,
    /// The item as JSON. What JSON cannot hold, such as NaN, is null.
    pub item: Value,
    /// Each rule that it breaks.
    pub violations: Vec<Violation>,
    /// The spider's name.
    pub spider: String,
    /// The page it was found on.
    pub url: String,
    /// The fingerprint of the request that brought the page.
    pub request: String,
    /// When the page was parsed, in milliseconds since 1970-01-01T00:00Z.
    pub time: u64,
    /// Which schema it was held to: its fingerprint (CRC-64-AVRO of the whole text, hexadecimal);
    /// empty if a step without a schema rejected it.
    pub schema: String,
}

impl Rejected {
    /// `item` with what is wrong with it.
    #[must_use]
    pub fn new(
        item: &dyn AnyItem,
        violations: Vec<Violation>,
        source: &Source,
        schema: &str,
    ) -> Self {
        Self {
            kind: item.schema().name.to_owned(),
            item: serde_json::to_value(item.fields()).unwrap_or(Value::Null),
            violations,
            spider: source.spider.to_owned(),
            url: source.url.to_string(),
            request: source.request.to_string(),
            time: source.time.0,
            schema: schema.to_owned(),
        }
    }

    /// The same as a record's item.
    #[must_use]
    pub fn erased(self) -> Arc<dyn AnyItem> {
        Arc::new(self)
    }
}

static VIOLATION: Schema = Schema::new(
    "Violation",
    &[
        Field::new("path", String::KIND),
        Field::new("rule", String::KIND),
        Field::new("message", String::KIND),
        Field::new("value", String::KIND),
    ],
);

static REJECTED: Schema = Schema::new(
    "Rejected",
    &[
        Field::new("kind", String::KIND),
        Field::new("item", Kind::Any),
        Field::new("violations", Kind::List(&Kind::Struct(&VIOLATION))),
        Field::new("spider", String::KIND),
        Field::new("url", String::KIND),
        Field::new("request", String::KIND),
        Field::new("time", u64::KIND),
        Field::new("schema", String::KIND),
    ],
)
.doc("An item that broke its contract.");

static SCHEMAS: &[&Schema] = &[&REJECTED];

impl Item for Rejected {
    fn schemas() -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn schema(&self) -> &'static Schema {
        &REJECTED
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        self
    }

    fn stream(&self) -> Stream {
        Stream::Quarantine
    }
}
