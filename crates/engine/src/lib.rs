//! An async web-crawling framework: typed items, every record once.
//!
//! A request lives through seven verbs, and each is a module:
//!
//! ```text
//! admit → lease → fetch → parse → refine → settle → deliver
//!   ↑                                │
//!   └──────── found requests ←───────┘
//! ```
//!
//! A [`Spider`] says where to start and what to make of a page; [`Crawl`] puts it together with a
//! transport and sinks, and runs it. A whole crawl, over a scripted site:
//!
//! ```
//! use huntsman::prelude::*;
//! use huntsman_testkit::{Collect, FakeWeb};
//!
//! #[derive(Deserialize)]
//! struct Titles;
//!
//! #[derive(Serialize, Item)]
//! struct Title { title: String }
//!
//! impl Spider for Titles {
//!     type Page = ();
//!     type Item = Title;
//!     const NAME: &'static str = "titles";
//!
//!     fn start(&self, out: &mut Output<Self>) {
//!         out.visit("http://example.com/", ());
//!     }
//!
//!     fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
//!         out.item(Title { title: page.css("title::text")?.get().unwrap_or_default() });
//!         out.visit_all(page.links(), ());
//!         Ok(())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let web = FakeWeb::new()
//!     .html("http://example.com/", "<title>One</title><a href=/two>")
//!     .html("http://example.com/two", "<title>Two</title>");
//! let items = Collect::default();
//! let report = Crawl::new(Titles, web)
//!     .configure(|settings| settings.lease.delay = Some(std::time::Duration::ZERO))
//!     .export("items", items.clone())
//!     .run(&Stop::new())
//!     .await
//!     .unwrap();
//! assert_eq!((report.pages, items.len()), (2, 2));
//! # }
//! ```

mod admit;
pub mod args;
mod caught;
mod clock;
mod crawl;
mod deliver;
mod driver;
mod erased;
mod fetch;
mod lastings;
mod lease;
mod observe;
mod output;
mod parse;
mod response;
mod run;
mod settle;
mod spider;
mod state;
mod yielded;

pub mod refine;
pub mod settings;

pub use admit::{Seed, Seeds, SeedsError};
pub use clock::now;
pub use crawl::{Crawl, CrawlError};
pub use driver::{Stop, StopLevel};
pub use observe::{Finish, Gate, HostReport, LastFindings, LastRun, Report, SinkReport};
pub use output::{Draft, Output};
pub use response::Response;
pub use settings::Settings;
pub use spider::{ParseError, Spider};
pub use state::{SpiderState, State};

pub use huntsman_core as core;
pub use huntsman_core::nearest;
pub use huntsman_core::{
    Admit, Event, Export, ExportError, Fetch, FetchError, Frontier, HeaderMap, HeaderName,
    HeaderValue, Lasting, Layer, Method, Next, Observe, Opening, RawResponse, Record, Refine,
    RefineError, Refusal, Request, Sequence, Source, StatusCode, Url, Verdict, Violation,
};
pub use huntsman_core::{Contract, FieldType, Item, Schema};
pub use huntsman_macros::{FieldType, Item, include_schema};
pub use huntsman_select as select;
pub use huntsman_select::{Document, Element, Selection};

/// What a spider's file needs.
pub mod prelude {
    pub use crate::{
        Crawl, Draft, FetchError, FieldType, Item, Lasting, Output, ParseError, Response, Settings,
        Spider, SpiderState, State, Stop, include_schema,
    };
    pub use serde::{Deserialize, Serialize};
}

/// For the derive macros.
#[doc(hidden)]
pub mod __private {
    pub use erased_serde;
    pub use huntsman_core::*;
}

/// Runs `parse` on one page, as the crawl would: for tests of spiders.
///
/// # Errors
/// What `parse` said.
pub fn parse<S: Spider>(
    spider: &S,
    page: S::Page,
    response: &Response,
) -> Result<Output<S>, ParseError> {
    let mut out = Output::new();
    spider.parse(page, response, &mut out)?;
    Ok(out)
}
