//! Whole crawls over scripted webs, in paused time. A file for each verb, and `sim` for seeded webs.

mod admit;
mod contract;
mod deliver;
mod fetch;
mod history;
mod lease;
mod parse;
mod refine;
mod settle;
mod sim;
mod stop;

use std::time::Duration;

use huntsman::prelude::*;
use huntsman::{FetchError, Report};
use huntsman_testkit::{Collect, FakeWeb, Visits};

/// Follows every link, and yields the URL of each page; `failed` yields too.
#[derive(Default)]
pub(crate) struct Walk {
    pub(crate) start: Vec<String>,
}

#[derive(Debug, Serialize, Item)]
pub(crate) struct Seen {
    pub(crate) url: String,
    pub(crate) error: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct At {
    from: String,
}

impl Spider for Walk {
    type Page = At;
    type Item = Seen;
    const NAME: &'static str = "walk";

    fn start(&self, out: &mut Output<Self>) {
        for url in &self.start {
            out.visit(url, At { from: url.clone() });
        }
    }

    fn parse(
        &self,
        page: At,
        response: &Response,
        out: &mut Output<Self>,
    ) -> Result<(), ParseError> {
        assert!(!page.from.is_empty());
        let url = response.url().to_string();
        if response.text().contains("PANIC") {
            panic!("the page said so");
        }
        if response.text().contains("REFUSE") {
            out.item(Seen {
                url: url.clone(),
                error: None,
            });
            out.visit("/from-a-failed-page", At { from: url });
            return Err("the page is not what it should be".into());
        }
        out.visit_all(response.links(), At { from: url.clone() });
        out.item(Seen { url, error: None });
        Ok(())
    }

    fn failed(&self, page: At, error: &FetchError, out: &mut Output<Self>) {
        out.item(Seen {
            url: page.from,
            error: Some(error.kind()),
        });
    }
}

/// A crawl over `web` without delay, from `start`: its report, what was asked for, what came out.
pub(crate) async fn walk(
    web: FakeWeb,
    start: &str,
    configure: impl FnOnce(&mut Settings),
) -> (Report, Visits, Collect) {
    let (visits, items) = (web.visits(), Collect::default());
    let report = Crawl::new(
        Walk {
            start: vec![start.to_owned()],
        },
        web,
    )
    .configure(|settings| {
        settings.lease.delay = Some(Duration::ZERO);
        configure(settings);
    })
    .export("items", items.clone())
    .run(&Stop::new())
    .await
    .expect("the crawl runs");
    (report, visits, items)
}

/// The URLs of the pages in `items`, without those that failed.
pub(crate) fn urls(items: &Collect) -> Vec<String> {
    let json = items.json();
    let fine = json.iter().filter(|item| item["error"].is_null());
    fine.map(|item| item["url"].as_str().unwrap_or_default().to_owned())
        .collect()
}
