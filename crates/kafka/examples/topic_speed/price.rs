//! The items.

use huntsman_avro::{AvroSchema, Encoder};
use huntsman_contract::ItemFields;
use huntsman_core::{Item, Record};
use huntsman_testkit::Price;

use crate::{Failed, Stopwatch};

/// So many different ones, over and over: as in a crawl, an item is sent while it is still in the
/// processor's cache.
const DIFFERENT: u32 = 1000;

/// The number is its time, too, by which a reader tells items apart.
pub(crate) fn record(number: u32) -> Record {
    let price = Price {
        crawled_at: i64::from(number),
        ..Price::numbered(number)
    };
    price.record(number)
}

fn avro() -> Result<AvroSchema, Failed> {
    let schema = Price::schemas().first().ok_or("no schema")?;
    Ok(huntsman_contract::avro_schema(schema)?)
}

/// The schema, in JSON.
pub(crate) fn schema() -> Result<String, Failed> {
    Ok(avro()?.text().to_owned())
}

/// So many records.
pub(crate) fn records(items: u32) -> Vec<Record> {
    let different: Vec<_> = (0..DIFFERENT).map(record).collect();
    let all = different.iter().cycle().take(items as usize);
    all.cloned().collect()
}

/// The different items as data of Avro, each behind the five bytes of an id.
pub(crate) fn encoded() -> Result<Vec<Vec<u8>>, Failed> {
    let encoder = Encoder::new(&avro()?);
    let mut all = Vec::new();
    for number in 0..DIFFERENT {
        let mut bytes = vec![0, 0, 0, 0, 1];
        encoder.encode(record(number).item.fields(), &mut bytes)?;
        all.push(bytes);
    }
    Ok(all)
}

pub(crate) fn encode(items: u32) -> Result<String, Failed> {
    let encoder = Encoder::new(&avro()?);
    let records = records(items);
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
