//! A whole crawl on a store that has a size already: the engine, with pages that are simulated.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use huntsman::core::{
    Export, ExportError, Fetch, FetchError, Opening, RawResponse, Record, Request, Sequence,
};
use huntsman::{Crawl, Frontier, Output, ParseError, Response, Settings, Spider, Stop};
use huntsman_store::Store;
use huntsman_testkit::Sample;
use serde::{Deserialize, Serialize};

use crate::web::{Web, host_of};
use crate::{MEASURED_PAGES, Measured, clock, cpu};

#[derive(Serialize, Deserialize)]
enum Kind {
    Item,
}

/// Follows every link, and has one item of each page.
struct Everything;

impl Spider for Everything {
    type Page = Kind;
    type Item = Sample;
    const NAME: &'static str = "speed";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://shop-0.example/", Kind::Item);
    }

    fn configure(&self, settings: &mut Settings) {
        settings.admit.robots = false;
        settings.lease.delay = Some(Duration::ZERO);
        settings.lease.per_host = 8;
        settings.lease.max_pages = Some(MEASURED_PAGES as u64);
        settings.fetch.concurrency = 64;
    }

    fn parse(&self, _: Kind, page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        for link in page.links() {
            out.visit(link, Kind::Item);
        }
        out.item(Sample::numbered(1));
        Ok(())
    }
}

/// Pages of 8 KB: text, a link to a new page, and links to known ones.
struct Pages(Arc<Mutex<Web>>);

#[async_trait]
impl Fetch for Pages {
    async fn fetch(&self, request: Request) -> Result<RawResponse, FetchError> {
        let mut page = String::from("<!doctype html><title>A page</title>");
        let from: Arc<str> = request.url.as_str().into();
        let mut web = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for link in web.links(host_of(&request.url), &from, 1) {
            let url = link.request.url;
            let text = "Some text that says what the page behind the link is about. ".repeat(12);
            write!(page, "<p>{text}<a href=\"{url}\">more</a></p>").unwrap_or_default();
        }
        Ok(RawResponse::ok(request.url, page))
    }
}

/// A sink that keeps nothing, and has all up to here.
struct Nowhere(Sequence);

#[async_trait]
impl Export for Nowhere {
    async fn open(&self, _: Opening) -> Result<Sequence, ExportError> {
        Ok(self.0)
    }

    async fn export(&self, _: Vec<Record>) -> Result<(), ExportError> {
        Ok(())
    }

    async fn close(&self) -> Result<(), ExportError> {
        Ok(())
    }
}

pub(crate) async fn crawl(store: &Arc<Store>, web: &mut Web) -> Measured {
    let pages = Arc::new(Mutex::new(std::mem::replace(web, Web::new(0))));
    let has = store.job().map_or(Sequence(0), |job| job.last);
    let (begun, cpu_before) = (clock(), cpu());
    let report = Crawl::new(Everything, Pages(Arc::clone(&pages)))
        .frontier(Arc::clone(store) as Arc<dyn Frontier>)
        .export("nowhere", Nowhere(has))
        .run(&Stop::new())
        .await
        .expect("it runs");
    let measured = Measured {
        pages: usize::try_from(report.pages).expect("few pages"),
        took: begun.elapsed(),
        cpu: cpu() - cpu_before,
        settles: Vec::new(),
    };
    let mut pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
    *web = std::mem::replace(&mut *pages, Web::new(0));
    measured
}
