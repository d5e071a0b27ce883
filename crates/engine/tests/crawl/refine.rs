//! Refinement: steps in order, each item's fate counted.

use std::time::Duration;

use async_trait::async_trait;
use huntsman::prelude::*;
use huntsman::{Refine, RefineError, Source, Verdict};
use huntsman_testkit::{Collect, FakeWeb};

use crate::{Seen, Walk, urls};

struct Shorten;

#[async_trait]
impl Refine<Seen> for Shorten {
    async fn refine(&self, mut item: Seen, _: &Source) -> Result<Verdict<Seen>, RefineError> {
        tokio::time::sleep(Duration::from_millis(10)).await;
        item.url = item.url.replace("http://a.example", "");
        Ok(Verdict::Keep(item))
    }
}

struct Choose;

#[async_trait]
impl Refine<Seen> for Choose {
    async fn refine(&self, item: Seen, _: &Source) -> Result<Verdict<Seen>, RefineError> {
        match item.url.as_str() {
            "/drop" => Ok(Verdict::Drop("not wanted".to_owned())),
            "/fail" => Err(RefineError("the database is away".to_owned())),
            "/panic" => panic!("a bug in the step"),
            _ => Ok(Verdict::Keep(item)),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn steps_change_drop_and_fail_items() {
    let paths = ["/drop", "/fail", "/panic", "/keep"];
    let links: String = paths
        .iter()
        .map(|path| format!("<a href='{path}'>x</a>"))
        .collect();
    let web = paths
        .iter()
        .fold(
            FakeWeb::new().html("http://a.example/", &links),
            |web, path| {
                web.html(
                    &format!("http://a.example{path}"),
                    "<a href='/behind'>x</a>",
                )
            },
        )
        .html("http://a.example/behind", "");
    let (visits, items) = (web.visits(), Collect::default());
    let report = Crawl::new(
        Walk {
            start: vec!["http://a.example/".to_owned()],
        },
        web,
    )
    .configure(|s| s.lease.delay = Some(Duration::ZERO))
    .refine(Shorten)
    .refine(Choose)
    .export("items", items.clone())
    .run(&Stop::new())
    .await
    .unwrap();
    let mut kept = urls(&items);
    kept.sort();
    assert_eq!(kept, ["/", "/behind", "/keep"]);
    assert_eq!(
        (
            report.dropped["not wanted"],
            report.dropped["the database is away"]
        ),
        (1, 1)
    );
    assert_eq!(report.parse_failures["panicked: a bug in the step"], 1);
    assert_eq!((report.items, report.items_yielded), (3, 6));
    assert_eq!(
        visits.count("http://a.example/behind"),
        1,
        "links are kept where items are dropped"
    );
}
