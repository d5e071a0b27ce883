//! What a job has kept from a run without a sink is shown to that sink when it comes.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use huntsman::prelude::*;
use huntsman::{Finish, Report};
use huntsman_core::{Export, ExportError, Opening, Record, Sequence, Violation};
use huntsman_store::{Options, Store};
use huntsman_testkit::{Collect, FakeWeb};

#[derive(Serialize, Item)]
struct Page {
    path: String,
}

/// Five pages in a row.
struct Row;

impl Spider for Row {
    type Page = u32;
    type Item = Page;
    const NAME: &'static str = "row";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://row.example/1", 1);
    }

    fn parse(&self, n: u32, response: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        out.item(Page {
            path: response.url().path().to_owned(),
        });
        if n < 5 {
            out.visit(format!("/{}", n + 1), n + 1);
        }
        Ok(())
    }
}

/// Has something against the second page, and fails with it.
struct Picky(Collect);

#[async_trait]
impl Export for Picky {
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        self.0.open(opening).await
    }

    fn refuses(&self, record: &Record) -> Option<Violation> {
        record.url.ends_with("/2").then(|| Violation {
            path: String::new(),
            rule: "size".to_owned(),
            message: "it is too large".to_owned(),
            value: String::new(),
        })
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        match batch.iter().any(|record| self.refuses(record).is_some()) {
            true => Err(ExportError::Other("too large".to_owned())),
            false => self.0.export(batch).await,
        }
    }

    async fn close(&self) -> Result<(), ExportError> {
        self.0.close().await
    }
}

async fn run(dir: &Path, sink: impl Export, other: &Collect) -> Report {
    let options = Options::new("row", "1", huntsman::now()).schemas(Page::schemas());
    let store = Arc::new(Store::open(dir, options).expect("a store"));
    let web = (1..=5).fold(FakeWeb::new(), |web, n| {
        web.html(&format!("http://row.example/{n}"), "<p>")
    });
    let report = Crawl::new(Row, web)
        .configure(|settings| settings.lease.delay = Some(Duration::ZERO))
        .frontier(Arc::clone(&store) as Arc<dyn huntsman::Frontier>)
        .export("sink", sink)
        .export("other", other.clone())
        .run(&Stop::new())
        .await
        .expect("it runs");
    store.close().await.expect("it closes");
    report
}

#[tokio::test]
async fn a_record_of_an_earlier_run_that_a_sink_refuses_is_left_out_and_counted() {
    let dir = tempfile::tempdir().expect("a folder");
    let (taken, other) = (Collect::default(), Collect::default());
    // It takes nothing: what is settled stays in the outbox.
    let first = run(dir.path(), Collect::failing_after(0), &other).await;
    assert!(matches!(first.finish, Finish::SinkFailed { .. }));
    let second = run(dir.path(), Picky(taken.clone()), &other).await;
    assert_eq!(second.finish, Finish::Finished, "{second:?}");
    assert_eq!(second.rejected.get("size"), Some(&1), "{second:?}");
    let records: Vec<_> = second.sinks.iter().map(|sink| sink.records).collect();
    assert_eq!(records[0], 4, "{second:?}");
    let mut paths: Vec<_> = taken
        .records()
        .iter()
        .map(|one| one.url.to_string())
        .collect();
    paths.sort();
    let expected = [1, 3, 4, 5].map(|n| format!("http://row.example/{n}"));
    assert_eq!(paths, expected);
}
