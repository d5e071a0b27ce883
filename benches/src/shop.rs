//! The shop of the peer benchmark: every in-site link once, eight fields of each product.

use std::process::ExitCode;

use huntsman::Url;
use huntsman::prelude::*;

/// Crawls the shop at `-a start=URL`.
#[derive(Deserialize)]
struct Shop {
    start: Url,
}

/// One product.
#[derive(Serialize, Item)]
struct Product {
    title: String,
    price: String,
    availability: String,
    upc: String,
    category: String,
    rating: String,
    description: String,
    image: String,
}

impl Spider for Shop {
    type Page = ();
    type Item = Product;
    const NAME: &'static str = "shop";

    fn start(&self, out: &mut Output<Self>) {
        out.visit(self.start.as_str(), ());
    }

    fn configure(&self, settings: &mut Settings) {
        let host = self.start.host_str().unwrap_or_default();
        let port = self.start.port_or_known_default().unwrap_or_default();
        settings.admit.hosts = vec![format!("{host}:{port}")];
    }

    fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        out.visit_all(page.links(), ());
        if page.css("article.product_page")?.is_empty() {
            return Ok(());
        }
        let text = |css: &str| page.css(css).map(|found| found.text().unwrap_or_default());
        let rating = page
            .css("div.product_main p.star-rating")?
            .attr("class")
            .unwrap_or_default();
        let image = page
            .css("#product_gallery img")?
            .attr("src")
            .unwrap_or_default();
        out.item(Product {
            title: text("div.product_main h1")?,
            price: text("div.product_main p.price_color")?,
            availability: text("div.product_main p.availability")?,
            upc: text("table.table-striped tr:nth-child(1) td")?,
            category: text("ul.breadcrumb li:nth-child(3) a")?,
            rating: rating
                .split_whitespace()
                .find(|class| *class != "star-rating")
                .unwrap_or_default()
                .to_owned(),
            description: text("#product_description + p")?,
            image: page.join(&image).map(String::from).unwrap_or_default(),
        });
        Ok(())
    }
}

fn main() -> ExitCode {
    huntsman_cli::main(huntsman_cli::spiders![Shop])
}
