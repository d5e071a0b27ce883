//! How do items reach a bucket? By its address, with credentials in the environment:
//! `BUCKET=s3://my-bucket/books cargo run -p huntsman-examples --example s3`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;

use huntsman::prelude::*;
use huntsman_bucket::S3;
use huntsman_export::{Catalog, Mode};
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

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Ok(bucket) = std::env::var("BUCKET") else {
        println!("There is no BUCKET: nothing is done.");
        return Ok(());
    };
    // Another store than Amazon's: AWS_ENDPOINT_URL, or the word `endpoint`.
    let catalog = Catalog::default().place(S3::from_env());
    let address = format!("{bucket}/%(time)s.jsonl.gz");
    let feed = catalog.feed(&address, Mode::Replace, &BTreeMap::new())?;
    let report = Crawl::new(Books, shop())
        .export("books", feed)
        .run(&Stop::new())
        .await?;
    println!("{} items", report.sinks[0].records);
    Ok(())
}
