//! Writes so many products to a file of Parquet, or only makes them: `write N [FILE]`. What it
//! costs is measured around it, by `peer.py`, which has pyarrow write the same products.

use std::error::Error;
use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;

use huntsman_core::{Fingerprint, Item as _, Record, RecordId};
use huntsman_export::{Format as _, Words};
use huntsman_macros::Item;
use huntsman_parquet::Parquet;
use serde::Serialize;

/// Where the derive finds the traits.
mod words {
    pub(crate) use ::erased_serde;
    pub(crate) use huntsman_core::*;
}

#[derive(Serialize, Item)]
#[item(crate = "crate::words")]
struct Product {
    url: String,
    title: String,
    description: String,
    price: f64,
    stock: i32,
    category: Option<&'static str>,
    tags: Vec<&'static str>,
    crawled_at: i64,
}

const WORDS: [&str; 16] = [
    "light", "attic", "velvet", "soup", "sapiens", "requiem", "secrets", "the", "of", "coming",
    "boys", "black", "maria", "starving", "hearts", "olio",
];

/// The product of a number; `peer.py` makes the same.
fn product(n: u32) -> Product {
    let mix = |by: u32| usize::try_from(n.wrapping_mul(by) >> 16).unwrap_or_default();
    let word = |by: u32| WORDS[mix(by) % 16];
    let description: Vec<_> = (0..24).map(|k| word(2_654_435_761 + 40_503 * k)).collect();
    Product {
        url: format!("http://shop.example/catalogue/product-{n}/index.html"),
        title: format!("{} {} & Other Stories", word(40_503), mix(48_271)),
        description: description.join(" "),
        price: f64::from(n.wrapping_mul(7919) % 100_000) / 100.0,
        stock: i32::try_from(n % 50).unwrap_or_default(),
        category: (!n.is_multiple_of(5)).then(|| word(69_621)),
        tags: (0..n % 4).map(|k| word(16_807 + k)).collect(),
        crawled_at: 1_766_400_000_000 + i64::from(n) * 137,
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo adds words of its own.
    let words = std::env::args().skip(1);
    let words: Vec<_> = words.filter(|word| !word.starts_with('-')).collect();
    // Without any, as under `cargo test --benches`, a few are enough.
    let count = words.first().map_or(Ok(1000), |count| count.parse())?;
    let mut file = words.get(1).map(File::create).transpose()?;
    let mut encode = Parquet.encoder(Product::schemas(), &Words::default())?;
    let mut out = Vec::new();
    encode.begin(&mut out)?;
    for n in 0..count {
        let item = Arc::new(product(n));
        let Some(file) = &mut file else { continue };
        let id = RecordId {
            request: Fingerprint(7),
            ordinal: n,
        };
        let url = "http://shop.example/".into();
        encode.record(&Record { id, item, url }, &mut out)?;
        if !out.is_empty() {
            file.write_all(&out)?;
            out.clear();
        }
    }
    encode.end(count == 0, &mut out)?;
    if let Some(mut file) = file {
        file.write_all(&out)?;
    }
    Ok(())
}
