//! An item as shops have it, for benchmarks: it is what `#[derive(Item)]` would make of it.

use std::sync::Arc;

use huntsman_core::visit::{self, Visit, Visited};
use huntsman_core::{AnyItem, Field, FieldType, Fingerprint, Item, Record, RecordId, Schema};
use serde::Serialize;

/// The price of a product: about 130 bytes in Avro.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Price {
    /// The product's page.
    pub url: String,
    /// What the product is called.
    pub title: String,
    /// In pounds.
    pub price: f64,
    /// How many there are.
    pub stock: i32,
    /// None for every fourth product.
    pub category: Option<String>,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub crawled_at: i64,
}

static PRICE: Schema = Schema::new(
    "Price",
    &[
        Field::new("url", String::KIND),
        Field::new("title", String::KIND),
        Field::new("price", f64::KIND),
        Field::new("stock", i32::KIND),
        Field::new("category", <Option<String> as FieldType>::KIND),
        Field::new("crawled_at", i64::KIND),
    ],
);

static SCHEMAS: &[&Schema] = &[&PRICE];

impl Item for Price {
    fn schemas() -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn schema(&self) -> &'static Schema {
        &PRICE
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        self
    }

    fn visit(&self, visit: &mut dyn Visit) -> Visited {
        visit::fields(self, visit)
    }
}

impl Price {
    /// That of the product of this number.
    ///
    /// ```
    /// let price = huntsman_testkit::Price::numbered(7);
    /// assert_eq!(price.title, "Some Product & Other Stories, no. 7");
    /// ```
    #[must_use]
    pub fn numbered(number: u32) -> Self {
        Self {
            url: format!("http://shop.example/catalogue/some-product-name_{number:06}/index.html"),
            title: format!("Some Product & Other Stories, no. {number}"),
            price: f64::from(number) + 0.75,
            stock: i32::try_from(number % 100).unwrap_or_default(),
            category: (!number.is_multiple_of(4)).then(|| "Poetry".to_owned()),
            crawled_at: 1_766_400_000_000 + i64::from(number),
        }
    }

    /// A record of it, the only one of its page.
    #[must_use]
    pub fn record(self, number: u32) -> Record {
        Record {
            id: RecordId {
                request: Fingerprint(u128::from(number)),
                ordinal: 0,
            },
            item: Arc::new(self) as Arc<dyn AnyItem>,
            url: "http://shop.example/".into(),
        }
    }
}
