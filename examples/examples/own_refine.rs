//! How are items cleaned or dropped on their way out? With a `Refine` step, which sees each item
//! with its type: `cargo run -p huntsman-examples --example own_refine`

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use huntsman::prelude::*;
use huntsman::{Refine, RefineError, Source, Verdict};
use huntsman_export::{Feed, Mode};
use huntsman_testkit::FakeWeb;

#[derive(Serialize, Item)]
struct Offer {
    name: String,
    pence: Option<u64>,
}

/// Takes the white space off names.
struct Trim;

#[async_trait]
impl Refine<Offer> for Trim {
    async fn refine(&self, mut item: Offer, _: &Source) -> Result<Verdict<Offer>, RefineError> {
        item.name = item.name.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Verdict::Keep(item))
    }
}

/// Drops what has no price, and what was there already.
#[derive(Default)]
struct Sellable(Mutex<HashSet<String>>);

#[async_trait]
impl Refine<Offer> for Sellable {
    async fn refine(&self, item: Offer, _: &Source) -> Result<Verdict<Offer>, RefineError> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(match item.pence {
            None => Verdict::Drop("no price".to_owned()),
            Some(_) if !seen.insert(item.name.clone()) => Verdict::Drop("repeated".to_owned()),
            Some(_) => Verdict::Keep(item),
        })
    }
}

struct Shop;

impl Spider for Shop {
    type Page = ();
    type Item = Offer;
    const NAME: &'static str = "shop";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://shop.example/", ());
    }

    fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        for row in page.css("li")? {
            let name = row.css("::text")?.get().ok_or("no name")?;
            let pence = row.attr("data-pence").and_then(|text| text.parse().ok());
            out.item(Offer { name, pence });
        }
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows = "<li data-pence=1250>  Desk \n lamp<li data-pence=1250>Desk lamp<li>Chair";
    let report = Crawl::new(Shop, FakeWeb::new().html("http://shop.example/", rows))
        .refine(Trim)
        .refine(Sellable::default())
        .export("-", Feed::new("-", Mode::Append)?)
        .run(&Stop::new())
        .await?;
    assert_eq!((report.items_yielded, report.items), (3, 1));
    assert_eq!(report.dropped["no price"] + report.dropped["repeated"], 2);
    Ok(())
}
