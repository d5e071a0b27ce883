//! What a crawl knows outlives each run of its job: counters, robots.txt, cookies, keys seen,
//! unique values, a spider's own state.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use huntsman::prelude::*;
use huntsman::refine::Dedupe;
use huntsman::{Finish, Report};
use huntsman_contract::policy::{ItemContract, Policy};
use huntsman_core::Timestamp;
use huntsman_http::Cookies;
use huntsman_store::{Options, Store};
use huntsman_testkit::{Answer, Collect, FakeWeb};

#[derive(Default, Serialize, Deserialize)]
struct Pages {
    parsed: u64,
}

impl SpiderState for Pages {
    const VERSION: u32 = 1;
}

/// The same under a later version.
#[derive(Default, Serialize, Deserialize)]
struct Later {
    pages: String,
}

impl SpiderState for Later {
    const VERSION: u32 = 2;

    fn migrate(version: u32, old: serde_json::Value) -> Result<Self, String> {
        let pages = format!("{} of version {version}", old["parsed"]);
        Ok(Self { pages })
    }
}

#[derive(Serialize, Item)]
#[item(namespace = "com.example")]
struct Book {
    title: String,
    #[item(unique)]
    isbn: String,
}

/// Ten pages in a row, each with two books: one of its own, and one with the key of the first.
#[derive(Default)]
struct Books<T> {
    state: State<T>,
}

impl<T: SpiderState> Spider for Books<T> {
    type Page = u32;
    type Item = Book;
    const NAME: &'static str = "books";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://books.example/1", 1);
    }

    fn parse(&self, n: u32, _: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        let book = |title: String, isbn: u32| Book {
            title,
            isbn: isbn.to_string(),
        };
        out.item(book(format!("own {n}"), n));
        // The same title again, on every page.
        out.item(book("common".to_owned(), 1000 + n));
        // Another title with a number that the first page has.
        out.item(book(format!("thief {n}"), 1));
        if n < PAGES {
            out.visit(format!("/{}", n + 1), n + 1);
        }
        if let Some(pages) = (&self.state as &dyn std::any::Any).downcast_ref::<State<Pages>>() {
            out.change(pages, |pages| pages.parsed += 1);
        }
        Ok(())
    }

    fn state(&self) -> Option<&dyn Lasting> {
        Some(&self.state)
    }
}

const PAGES: u32 = 10;

fn web() -> FakeWeb {
    let page = |_: u32| {
        let again = Answer::html("<p>");
        // The first response of a run sets a cookie of the session.
        [again.header("set-cookie", "session=abc; Path=/")]
    };
    let robots = "User-agent: *\nDisallow: /private\nCrawl-delay: 0";
    (1..=PAGES).fold(
        FakeWeb::new().robots("http://books.example", robots),
        |web, n| web.page(&format!("http://books.example/{n}"), page(n)),
    )
}

/// A run of the job in this folder, for so many pages.
async fn run<T: SpiderState>(
    dir: &Path,
    web: FakeWeb,
    items: &Collect,
    pages: u64,
) -> (Result<Report, huntsman::CrawlError>, State<T>) {
    let books = Books::<T>::default();
    let state = books.state.clone();
    let options = Options::new("books", "1", huntsman::now()).schemas(Book::schemas());
    let store = Arc::new(Store::open(dir, options).expect("a store"));
    let crawl = Crawl::new(books, web)
        .configure(|settings| {
            settings.lease.max_pages = (pages > 0).then_some(pages);
            settings.lease.delay = Some(Duration::ZERO);
        })
        .layer(Cookies::new())
        .refine(Dedupe::by(|book: &Book| book.title.clone()))
        .contract(Arc::new(ItemContract::derived(Policy::default())))
        .frontier(Arc::clone(&store) as Arc<dyn huntsman::Frontier>)
        .export("items", items.clone());
    let report = crawl.run(&Stop::new()).await;
    store.close().await.expect("it closes");
    (report, state)
}

#[tokio::test]
async fn a_resumed_crawl_knows_what_earlier_runs_knew() {
    let dir = tempfile::tempdir().unwrap();
    let items = Collect::default();
    let mut asked = Vec::new();
    for (nth, pages) in [(1, 3), (2, 4), (3, 0)] {
        let web = web();
        let visits = web.visits();
        let (report, state) = run::<Pages>(dir.path(), web, &items, pages).await;
        let report = report.unwrap();
        assert_eq!(report.runs, nth);
        let done = u64::from([3, 7, PAGES][usize::try_from(nth - 1).unwrap()]);
        assert_eq!(report.pages, done, "of all runs");
        assert_eq!(report.hosts["books.example"].pages, done);
        assert_eq!(state.read(|pages| pages.parsed), done);
        // Of each page its own book; of all pages one common one; no thief.
        assert_eq!(report.items, done + 1);
        assert_eq!(report.dropped["duplicate"], done - 1);
        assert_eq!(report.rejected["unique"], done);
        let findings = report.findings.as_ref().unwrap();
        assert_eq!(findings.checked, 2 * done + 1);
        assert_eq!(findings.coverage["Book"].items, 2 * done + 1);
        assert_eq!(report.sinks[0].records, done + 1);
        if nth == 3 {
            assert_eq!(report.finish, Finish::Finished);
        }
        asked.push(visits.all());
    }
    assert_eq!(items.len(), 11);
    let robots = |run: &Vec<huntsman_testkit::Visit>| {
        let of = |visit: &&huntsman_testkit::Visit| visit.request.url.path() == "/robots.txt";
        run.iter().filter(of).count()
    };
    let robots: Vec<_> = asked.iter().map(robots).collect();
    assert_eq!(robots, [1, 0, 0], "it is believed for a day");
    let cookie = |run: &Vec<huntsman_testkit::Visit>| {
        let first = run
            .iter()
            .find(|visit| visit.request.url.path() != "/robots.txt");
        first.unwrap().request.headers.get("cookie").cloned()
    };
    assert_eq!(cookie(&asked[0]), None);
    assert_eq!(
        cookie(&asked[1]).unwrap(),
        "session=abc",
        "the session goes on"
    );
}

#[tokio::test]
async fn a_state_of_an_older_version_is_migrated_and_a_strange_one_refused() {
    let dir = tempfile::tempdir().unwrap();
    let items = Collect::default();
    let (report, _) = run::<Pages>(dir.path(), web(), &items, 3).await;
    report.unwrap();
    let (report, state) = run::<Later>(dir.path(), web(), &items, 1).await;
    report.unwrap();
    assert_eq!(state.read(|later| later.pages.clone()), "3 of version 1");
    // What was not changed since is still as version 1 left it.
    let options = Options::new("books", "1", Timestamp(0)).schemas(Book::schemas());
    let store = Store::open(dir.path(), options).unwrap();
    let strange = br#"{"version": 9, "value": null}"#.to_vec();
    let saved = huntsman_core::frontier::Saved {
        name: "spider/".into(),
        value: strange,
    };
    huntsman::Frontier::save(&store, vec![saved]).await.unwrap();
    store.close().await.unwrap();
    drop(store);
    let (report, _) = run::<Pages>(dir.path(), web(), &items, 1).await;
    let error = report.unwrap_err().to_string();
    assert!(
        error.contains("what the job kept as `spider` cannot be used: it is of version 9"),
        "{error}"
    );
}

#[tokio::test]
async fn two_steps_of_one_name_are_refused_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options::new("books", "1", Timestamp(0)).schemas(Book::schemas());
    let store = Arc::new(Store::open(dir.path(), options).unwrap());
    let crawl = || Crawl::new(Books::<Pages>::default(), web());
    let by_title = || Dedupe::by(|book: &Book| book.title.clone());
    let twice = crawl().refine(by_title()).refine(by_title());
    let error = twice.frontier(store.clone()).run(&Stop::new()).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("keep their state as `dedupe`"), "{error}");
    assert!(error.contains("by `named`"), "{error}");
    let named = crawl()
        .refine(by_title())
        .refine(by_title().named("titles"));
    named.frontier(store).run(&Stop::new()).await.unwrap();
}
