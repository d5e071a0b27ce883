//! How fast formats are beside a bare loop of the libraries that users know. Run it by
//! `cargo test --release -p huntsman-export --test formats speed -- --ignored --nocapture`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use huntsman_core::{Item, Record};
use huntsman_macros::Item;
use serde::Serialize;

use crate::write::{File, record, shape};

#[derive(Serialize, Item, Clone)]
#[item(crate = "crate::words")]
struct Book {
    title: String,
    url: String,
    price: f64,
    stock: u32,
    rating: Option<u8>,
    available: bool,
    tags: Vec<String>,
    description: String,
}

/// The same, for a format that has no lists.
#[derive(Serialize, Item, Clone)]
#[item(crate = "crate::words")]
struct Flat {
    title: String,
    url: String,
    price: f64,
    stock: u32,
    rating: Option<u8>,
    available: bool,
    description: String,
}

const COUNT: usize = 1000;

fn book(n: usize) -> Book {
    Book {
        title: format!("A Light in the \"Attic\", {n}"),
        url: format!("https://books.toscrape.com/catalogue/a-light-in-the-attic_{n}/index.html"),
        price: n as f64 / 100.0,
        stock: u32::try_from(n % 30).unwrap(),
        rating: (!n.is_multiple_of(3)).then_some(4),
        available: n.is_multiple_of(2),
        tags: vec!["poetry".into(), "humor".into(), format!("shelf {}", n % 7)],
        description: "It's hard to imagine a world without it, “now” celebrating its 20th \
            anniversary with this special edition, and so on until the end of the page. "
            .repeat(3),
    }
}

fn flat(book: Book) -> Flat {
    Flat {
        title: book.title,
        url: book.url,
        price: book.price,
        stock: book.stock,
        rating: book.rating,
        available: book.available,
        description: book.description,
    }
}

/// The shortest of many short runs, for one item: one of them is not disturbed.
fn best(mut run: impl FnMut() -> usize) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..500 {
        #[expect(clippy::disallowed_methods, reason = "what is measured is real time")]
        let start = Instant::now();
        black_box(run());
        best = best.min(start.elapsed());
    }
    best / u32::try_from(COUNT).unwrap()
}

fn ours<I: Item>(
    format: &'static str,
    words: &[(&'static str, &'static str)],
    records: &[Record],
) -> Duration {
    let shape = shape(format, words);
    best(|| {
        let mut file = File::new(shape.encoder(I::schemas()));
        let mut length = 0;
        for batch in records.chunks(1000) {
            file.batch(batch).unwrap();
            length += file.bytes.len();
            file.bytes.clear();
        }
        length
    })
}

fn told(what: &str, ours: Duration, bare: Duration) {
    let share = bare.as_secs_f64() / ours.as_secs_f64() * 100.0;
    println!("{what}: {ours:?} an item, bare {bare:?}: {share:.0} %");
}

#[test]
#[ignore = "a benchmark"]
fn speed() {
    let books: Vec<Book> = (0..COUNT).map(book).collect();
    let records: Vec<Record> = books.iter().cloned().map(record).collect();
    json_and_xml(&books, &records);
    csv(&books);
    avro(&books, &records);
}

fn json_and_xml(books: &[Book], records: &[Record]) {
    let bare = best(|| {
        let mut out = Vec::new();
        let mut length = 0;
        for batch in books.chunks(1000) {
            for book in batch {
                serde_json::to_writer(&mut out, book).unwrap();
                out.push(b'\n');
            }
            length += out.len();
            out.clear();
        }
        length
    });
    let erased = best(|| {
        let mut out = Vec::new();
        let mut length = 0;
        for batch in records.chunks(1000) {
            for record in batch {
                serde_json::to_writer(&mut out, record.item.fields()).unwrap();
                out.push(b'\n');
            }
            length += out.len();
            out.clear();
        }
        length
    });
    told("a loop over records", erased, bare);
    told("jsonl", ours::<Book>("jsonl", &[], records), bare);
    told("json", ours::<Book>("json", &[], records), bare);
    told("xml (beside JSON)", ours::<Book>("xml", &[], records), bare);
}

fn csv(books: &[Book]) {
    let flats: Vec<Flat> = books.iter().cloned().map(flat).collect();
    let records: Vec<Record> = flats.iter().cloned().map(record).collect();
    let bare = best(|| {
        let mut out = Vec::new();
        let mut length = 0;
        for batch in flats.chunks(1000) {
            let mut writer = csv::Writer::from_writer(&mut out);
            for flat in batch {
                writer.serialize(flat).unwrap();
            }
            drop(writer);
            length += out.len();
            out.clear();
        }
        length
    });
    told("csv", ours::<Flat>("csv", &[], &records), bare);
}

fn avro(books: &[Book], records: &[Record]) {
    let schema = huntsman_contract::avsc(Book::schemas()[0]).unwrap();
    let schema = apache_avro::Schema::parse_str(&schema).unwrap();
    for (codec, theirs) in [
        ("null", apache_avro::Codec::Null),
        (
            "deflate",
            apache_avro::Codec::Deflate(apache_avro::DeflateSettings::default()),
        ),
    ] {
        let bare = best(|| {
            let mut writer = apache_avro::Writer::with_codec(&schema, Vec::new(), theirs).unwrap();
            for book in books {
                writer.append_ser(book).unwrap();
            }
            writer.into_inner().unwrap().len()
        });
        told(
            &format!("avro, {codec}"),
            ours::<Book>("avro", &[("codec", codec)], records),
            bare,
        );
    }
}
