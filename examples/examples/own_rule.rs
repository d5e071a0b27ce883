//! How are some links left alone? With an `Admit` rule, which sees each found request before it is
//! queued: `cargo run -p huntsman-examples --example own_rule`

use std::time::Duration;

use huntsman::prelude::*;
use huntsman::{Admit, Refusal, Request};
use huntsman_export::{Feed, Mode};
use huntsman_testkit::FakeWeb;

/// Lets no print version and no sorted list through: they show what other pages show.
struct NoRepeats;

impl Admit for NoRepeats {
    fn admit(&self, candidate: &Request) -> Result<(), Refusal> {
        let mut pairs = candidate.url.query_pairs();
        match pairs.find(|(name, _)| name == "print" || name == "sort") {
            Some((name, _)) => Err(Refusal::new("repeats", format!("has ?{name}="))),
            None => Ok(()),
        }
    }
}

struct Titles;

#[derive(Serialize, Item)]
struct Title {
    url: String,
    title: Option<String>,
}

impl Spider for Titles {
    type Page = ();
    type Item = Title;
    const NAME: &'static str = "titles";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://site.example/", ());
    }

    fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        out.item(Title {
            url: page.url().to_string(),
            title: page.css("title")?.text(),
        });
        out.visit_all(page.links(), ());
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let links =
        "<title>All</title><a href='/?sort=price'>1</a><a href=/a>2</a><a href=/a?print=1>3</a>";
    let web = FakeWeb::new()
        .html("http://site.example/", links)
        .html("http://site.example/a", "<title>One</title>");
    let visits = web.visits();
    let report = Crawl::new(Titles, web)
        .configure(|settings| settings.lease.delay = Some(Duration::ZERO))
        .admit(NoRepeats)
        .export("-", Feed::new("-", Mode::Append)?)
        .run(&Stop::new())
        .await?;
    assert_eq!(report.refused["repeats"], 2);
    assert_eq!(
        visits.urls(),
        ["http://site.example/", "http://site.example/a"]
    );
    Ok(())
}
