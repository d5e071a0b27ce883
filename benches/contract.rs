//! Benchmarks of the contract: encoding and checking one item. `benches/contract.sh` runs them
//! beside fastavro and pydantic.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use huntsman::core::{AnyItem, Contract, Request, Source, Timestamp};
use huntsman::prelude::*;
use huntsman::{Item, Url};
use huntsman_avro::{AvroSchema, Encoder};
use huntsman_contract::policy::{ItemContract, Policy};
use huntsman_contract::{Checks, Sight};

/// The record that `contract.py` has fastavro write.
const PRICE: &str = r#"{"type": "record", "name": "Price", "fields": [
    {"name": "url", "type": "string"}, {"name": "title", "type": "string"},
    {"name": "price", "type": "double"}, {"name": "stock", "type": "int"},
    {"name": "category", "type": ["null", "string"]}, {"name": "crawled_at", "type": "long"}]}"#;

#[derive(Serialize, Item)]
struct Price {
    url: String,
    title: String,
    price: f64,
    stock: i32,
    category: Option<String>,
    crawled_at: i64,
}

/// The same with eight constraints; `contract.py` has them in pydantic's words.
#[derive(Serialize, Item)]
struct Strict {
    #[item(format = "uri")]
    url: String,
    #[item(min_length = 3, max_length = 200)]
    title: String,
    #[item(minimum = 0.01, maximum = 10000)]
    price: f64,
    #[item(minimum = 0)]
    stock: i32,
    #[item(pattern = "^[A-Z][a-z ]+$")]
    category: Option<String>,
    #[item(minimum = 1_600_000_000_000)]
    crawled_at: i64,
}

fn price() -> Price {
    Price {
        url: "http://shop.example/catalogue/some-product-name_12345/index.html".to_owned(),
        title: "Some Product & Other Stories".to_owned(),
        price: 51.77,
        stock: 22,
        category: Some("Poetry".to_owned()),
        crawled_at: 1_766_400_000_000,
    }
}

fn strict() -> Strict {
    let Price {
        url,
        title,
        price,
        stock,
        category,
        crawled_at,
    } = price();
    Strict {
        url,
        title,
        price,
        stock,
        category,
        crawled_at,
    }
}

fn encode(c: &mut Criterion) {
    let item: Arc<dyn AnyItem> = Arc::new(price());
    let encoder = Encoder::new(&AvroSchema::parse(PRICE).expect("a schema"));
    let mut out = Vec::new();
    c.bench_function("avro/encode, 6 fields and a header of 5 bytes", |b| {
        b.iter(|| {
            out.clear();
            out.extend_from_slice(&[0, 0, 0, 0, 42]);
            let done = encoder.encode(black_box(item.fields()), &mut out);
            done.expect("it fits");
            out.len()
        });
    });
    let theirs = apache_avro::Schema::parse_str(PRICE).expect("a schema");
    let writer = apache_avro::writer::datum::GenericDatumWriter::builder(&theirs)
        .build()
        .expect("a writer");
    let plain = price();
    c.bench_function("avro/the same by apache-avro's write_ser", |b| {
        b.iter(|| {
            out.clear();
            out.extend_from_slice(&[0, 0, 0, 0, 42]);
            let done = writer.write_ser(&mut out, black_box(&plain));
            done.expect("it fits");
            out.len()
        });
    });
}

fn check(c: &mut Criterion) {
    let text = huntsman_contract::avsc(Strict::schemas()[0]).expect("a schema");
    let schema = AvroSchema::parse(&text).expect("a schema");
    let checks = Checks::compile(&schema).expect("constraints");
    let item: Arc<dyn AnyItem> = Arc::new(strict());
    let mut sight = Sight::default();
    c.bench_function("contract/check, 8 constraints", |b| {
        b.iter(|| {
            checks.check(black_box(item.fields()), &mut sight);
            assert!(sight.violations.is_empty());
        });
    });
    let contract = ItemContract::derived(Policy::default());
    contract.bind(Strict::schemas()).expect("a contract");
    let url = Url::parse("http://shop.example/").expect("a URL");
    let source = Source {
        spider: "shop",
        base: url.clone(),
        request: Request::get(url.clone()).fingerprint(),
        url,
        time: Timestamp(0),
    };
    c.bench_function("contract/judge, 8 constraints", |b| {
        b.iter(|| contract.judge(Arc::clone(black_box(&item)), &source, 0));
    });
}

criterion_group!(benches, encode, check);
criterion_main!(benches);
