//! The items.

use std::sync::Arc;

use huntsman_avro::{AvroSchema, Encoder};
use huntsman_contract::ItemFields;
use huntsman_core::{AnyItem, Fingerprint, Item, Record, RecordId};
use huntsman_macros::Item;
use serde::Serialize;

use crate::{Failed, Stopwatch};

#[derive(Serialize, Item)]
#[item(crate = "crate::words")]
pub(crate) struct Price {
    url: String,
    title: String,
    price: f64,
    stock: i32,
    category: Option<String>,
    crawled_at: i64,
}

pub(crate) fn record(number: u32) -> Record {
    let item = Price {
        url: format!("http://shop.example/catalogue/some-product-name_{number:06}/index.html"),
        title: format!("Some Product & Other Stories, no. {number}"),
        price: f64::from(number) + 0.75,
        stock: i32::try_from(number % 100).unwrap_or_default(),
        category: (!number.is_multiple_of(4)).then(|| "Poetry".to_owned()),
        crawled_at: i64::from(number),
    };
    Record {
        id: RecordId {
            request: Fingerprint(u128::from(number)),
            ordinal: 0,
        },
        item: Arc::new(item) as Arc<dyn AnyItem>,
        url: "http://shop.example/".into(),
    }
}

fn avro() -> Result<AvroSchema, Failed> {
    let schema = Price::schemas().first().ok_or("no schema")?;
    Ok(huntsman_contract::avro_schema(schema)?)
}

/// The schema, in JSON.
pub(crate) fn schema() -> Result<String, Failed> {
    Ok(avro()?.text().to_owned())
}

/// Items as data of Avro, each behind the five bytes of an id.
pub(crate) fn encoded(items: u32) -> Result<Vec<Vec<u8>>, Failed> {
    let encoder = Encoder::new(&avro()?);
    let mut all = Vec::new();
    for number in 0..items {
        let mut bytes = vec![0, 0, 0, 0, 1];
        encoder.encode(record(number).item.fields(), &mut bytes)?;
        all.push(bytes);
    }
    Ok(all)
}

pub(crate) fn encode(items: u32) -> Result<String, Failed> {
    let encoder = Encoder::new(&avro()?);
    let records: Vec<_> = (0..items).map(record).collect();
    let (mut bytes, mut fields) = (Vec::new(), ItemFields::default());
    let watch = Stopwatch::start();
    for record in &records {
        bytes.clear();
        bytes.extend([0, 0, 0, 0, 1]);
        let encoded =
            encoder.encode_fields(None, &mut bytes, |all| fields.write(&*record.item, all));
        assert!(encoded, "it comes in fields");
        std::hint::black_box(&bytes);
    }
    Ok(watch.told(items))
}
