//! What do the same items look like in each format? One crawl, a feed for each:
//! `cargo run -p huntsman-examples --example export_formats`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;

use huntsman::prelude::*;
use huntsman_export::{Catalog, Mode};
use huntsman_parquet::Parquet;
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
    let folder = tempfile::tempdir()?;
    let catalog = Catalog::default().format(Parquet);
    let mut crawl = Crawl::new(Books, shop());
    for ending in ["json", "jsonl", "csv", "xml", "avro", "parquet"] {
        let address = folder.path().join(format!("books.{ending}"));
        let feed = catalog.feed(&address.to_string_lossy(), Mode::Append, &BTreeMap::new())?;
        crawl = crawl.export(ending, feed);
    }
    crawl.run(&Stop::new()).await?;
    for entry in std::fs::read_dir(folder.path())? {
        let path = entry?.path();
        let bytes = std::fs::read(&path)?;
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|binary| format!("{} bytes\n", binary.as_bytes().len()));
        println!("{}\n{text}", path.display());
    }
    Ok(())
}
