//! How is a long export cut into files, compressed, and split by what the items are? By words of
//! feeds: `cargo run -p huntsman-examples --example export_batches`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;

use huntsman::prelude::*;
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

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let mut crawl = Crawl::new(Books, shop());
    for address in [
        "%(spider)s-%(batch)03d.jsonl.zst?batch_items=1",
        "%(shop)s/cheap.csv?filter=this.price < '5'&fields=price:cost,title",
        "titles.txt?format=csv&fields=title",
    ] {
        std::fs::create_dir_all(folder.path().join("example"))?;
        let place = folder.path().join(address);
        // `-a shop=example` on the command line.
        let variables = BTreeMap::from([("shop".to_owned(), "example".to_owned())]);
        let feed = Catalog::default().feed(&place.to_string_lossy(), Mode::Append, &variables)?;
        crawl = crawl.export(address, feed);
    }
    let report = crawl.run(&Stop::new()).await?;
    for sink in report.sinks {
        println!(
            "{}: {} items, {} left out",
            sink.name, sink.records, sink.skipped
        );
    }
    for entry in std::fs::read_dir(folder.path())? {
        println!("{}", entry?.file_name().to_string_lossy());
    }
    Ok(())
}
