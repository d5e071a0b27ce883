//! What becomes of pages that cannot be fetched? The spider hears of each in `failed`, and may
//! yield items there: `cargo run -p huntsman-examples --example failed_pages`

use std::time::Duration;

use huntsman::prelude::*;
use huntsman_export::{Feed, Mode};
use huntsman_testkit::{Answer, FakeWeb};

/// Finds the dead links of a site.
struct DeadLinks;

/// The page kind carries where the link stands.
#[derive(Serialize, Deserialize)]
struct LinkedFrom(Option<String>);

#[derive(Serialize, Item)]
struct DeadLink {
    on: Option<String>,
    reason: String,
}

impl Spider for DeadLinks {
    type Page = LinkedFrom;
    type Item = DeadLink;
    const NAME: &'static str = "dead_links";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://site.example/", LinkedFrom(None));
    }

    fn parse(
        &self,
        _: LinkedFrom,
        page: &Response,
        out: &mut Output<Self>,
    ) -> Result<(), ParseError> {
        out.visit_all(page.links(), LinkedFrom(Some(page.url().to_string())));
        Ok(())
    }

    /// Comes once for each request, after its last retry; a status outside of `parse.statuses`
    /// comes here too.
    fn failed(&self, from: LinkedFrom, error: &FetchError, out: &mut Output<Self>) {
        out.item(DeadLink {
            on: from.0,
            reason: error.to_string(),
        });
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let links = "<a href=/gone>1</a> <a href=/slow>2</a> <a href=/busy>3</a>";
    let timeout = FetchError::Timeout(Duration::from_secs(60));
    let web = FakeWeb::new()
        .html("http://site.example/", links)
        .page("http://site.example/gone", [Answer::status(404)])
        .page("http://site.example/slow", [Answer::error(timeout)])
        .page(
            "http://site.example/busy",
            [Answer::status(503), Answer::html("up again")],
        );
    let report = Crawl::new(DeadLinks, web)
        .configure(|settings| {
            settings.lease.delay = Some(Duration::ZERO);
            settings.fetch.backoff = Duration::from_millis(10);
        })
        .export("-", Feed::new("-", Mode::Append)?)
        .run(&Stop::new())
        .await?;
    assert_eq!((report.pages, report.items), (2, 2));
    Ok(())
}
