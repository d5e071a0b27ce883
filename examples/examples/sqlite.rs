//! How do items become rows of SQLite, each once however often it is crawled? With a key:
//! `cargo run -p huntsman-examples --example sqlite`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;

use huntsman::prelude::*;
use huntsman_export::{Catalog, Mode};
use huntsman_sql::Sqlite;
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
    let file = folder.path().join("shop.db");
    let catalog = Catalog::default().connector(Sqlite);
    let address = format!("sqlite:{}?table=books&key=title", file.display());
    for _ in 0..2 {
        let feed = catalog.feed(&address, Mode::Append, &BTreeMap::new())?;
        let report = Crawl::new(Books, shop())
            .export("books", feed)
            .run(&Stop::new())
            .await?;
        println!("{} items", report.sinks[0].records);
    }
    // sqlite3 shop.db 'SELECT count(*) FROM books' says 2.
    println!(
        "{}: {} bytes",
        file.display(),
        std::fs::metadata(&file)?.len()
    );
    Ok(())
}
