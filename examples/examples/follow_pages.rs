//! How does one spider read several kinds of page? With an enum that says which page it is, and
//! carries what the next page needs: `cargo run -p huntsman-examples --example follow_pages`

use std::time::Duration;

use huntsman::prelude::*;
use huntsman_export::{Feed, Mode};
use huntsman_testkit::FakeWeb;

struct Shop;

/// Stored with the request as JSON; `match` in `parse` is the router.
#[derive(Serialize, Deserialize)]
enum Page {
    List,
    Product { price: f64 },
}

#[derive(Serialize, Item)]
struct Product {
    name: String,
    price: f64,
    url: String,
}

impl Spider for Shop {
    type Page = Page;
    type Item = Product;
    const NAME: &'static str = "shop";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://shop.example/", Page::List);
    }

    fn parse(&self, kind: Page, page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        match kind {
            Page::List => {
                for row in page.css("li.product")? {
                    let price = row.css("b::text")?.get().ok_or("no price")?.parse()?;
                    let link = row.css("a::attr(href)")?.get().ok_or("no link")?;
                    out.visit(link, Page::Product { price });
                }
                out.visit_all(page.css("a.next::attr(href)")?.getall(), Page::List);
            }
            Page::Product { price } => out.item(Product {
                name: page.css("h1::text")?.get().ok_or("no name")?,
                price,
                url: page.url().to_string(),
            }),
        }
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let row = |n: u32| format!("<li class=product><a href=/p/{n}>more</a> <b>{n}.50</b></li>");
    let first = format!(
        "<ul>{}{}</ul><a class=next href=/2>next</a>",
        row(1),
        row(2)
    );
    let web = FakeWeb::new()
        .html("http://shop.example/", &first)
        .html("http://shop.example/2", &row(3))
        .html("http://shop.example/p/1", "<h1>Lamp</h1>")
        .html("http://shop.example/p/2", "<h1>Chair</h1>")
        .html("http://shop.example/p/3", "<h1>Table</h1>");
    let report = Crawl::new(Shop, web)
        .configure(|settings| settings.lease.delay = Some(Duration::ZERO))
        .export("-", Feed::new("-", Mode::Append)?)
        .run(&Stop::new())
        .await?;
    assert_eq!((report.pages, report.items), (5, 3));
    Ok(())
}
