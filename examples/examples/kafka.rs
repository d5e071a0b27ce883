//! How do items become messages of Kafka? With the address of a broker, whose topic `books` is made:
//! `KAFKA=localhost:9092 cargo run -p huntsman-examples --example kafka`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;

use huntsman::prelude::*;
use huntsman_export::{Catalog, Mode};
use huntsman_kafka::Kafka;
use huntsman_testkit::FakeWeb;

/// A book, as a shop has it.
#[derive(Serialize, Item)]
struct Book {
    title: String,
    #[item(logical = "decimal", precision = 6, scale = 2)]
    price: String,
    stock: Option<u32>,
}

struct Books;

impl Spider for Books {
    type Page = ();
    type Item = Book;
    const NAME: &'static str = "books";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://shop.example/", ());
    }

    fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        for book in page.css("li")?.elements() {
            let part = |css: &str| book.css(css).map(|found| found.text().unwrap_or_default());
            let (title, price) = (part("b")?, part("i")?);
            out.item(Book {
                title,
                price,
                stock: None,
            });
        }
        Ok(())
    }
}

fn shop() -> FakeWeb {
    let books = "<ul><li><b>Sapiens</b> <i>54.23</i><li><b>Emma, \"a novel\"</b> <i>9.50</i></ul>";
    FakeWeb::new().html("http://shop.example/", books)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Ok(broker) = std::env::var("KAFKA") else {
        println!("There is no KAFKA: nothing is done.");
        return Ok(());
    };
    let catalog = Catalog::default().connector(Kafka);
    // A key that is always the same puts the versions of a book into one partition, in order.
    let address = format!("kafka://{broker}/books?create=true&key=title&value=avro");
    let feed = catalog.feed(&address, Mode::Append, &BTreeMap::new())?;
    println!("{}", feed.name());
    let report = Crawl::new(Books, shop())
        .export("books", feed)
        .run(&Stop::new())
        .await?;
    println!("{} items", report.sinks[0].records);
    Ok(())
}
