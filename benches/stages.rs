//! Benchmarks of the stages, without network: `cargo bench -p huntsman-benches`.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huntsman::core::canonical::canonical;
use huntsman::core::frontier::{MemoryFrontier, Settlement, Supply};
use huntsman::core::pace::Pace;
use huntsman::core::request::Candidate;
use huntsman::core::robots::Robots;
use huntsman::core::{Export, HostKey, Item as _, Opening, Timestamp};
use huntsman::prelude::*;
use huntsman::{Document, Frontier, Request, Url};
use huntsman_export::{Feed, Mode};
use huntsman_testkit::{FakeWeb, Sample, sample_records};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

fn page() -> String {
    let quote = r#"<div class="quote"><span class="text">Be brief.</span><small class="author">Nobody</small>
        <div class="tags"><a class="tag" href="/tag/x/">x</a><a class="tag" href="/tag/y/?b=2&a=1">y</a></div></div>"#;
    format!(
        "<html><head><title>t</title></head><body>{}</body></html>",
        quote.repeat(60)
    )
}

fn rules(c: &mut Criterion) {
    let plain = Url::parse("http://example.com/catalogue/some-book_12/index.html").expect("a URL");
    let query = Url::parse("http://example.com/a%7eb?z=1&y=%c3%a9&x=3").expect("a URL");
    c.bench_function("canonical/plain", |b| {
        b.iter(|| canonical(black_box(&plain)).len())
    });
    c.bench_function("canonical/query", |b| {
        b.iter(|| canonical(black_box(&query)).len())
    });
    let request = Request::get(plain.clone());
    c.bench_function("fingerprint", |b| {
        b.iter(|| black_box(&request).fingerprint())
    });
    let lines: String = (0..5000)
        .map(|n| format!("Disallow: /private/{n}/*.html\n"))
        .collect();
    let robots = Robots::parse(format!("User-agent: *\n{lines}").as_bytes(), "huntsman");
    c.bench_function("robots/5000 rules", |b| {
        b.iter(|| robots.allows(black_box(&plain)))
    });
}

fn parse(c: &mut Criterion) {
    let html = page();
    let mut group = c.benchmark_group("parse");
    group.throughput(Throughput::Bytes(html.len() as u64));
    group.bench_function("scraper alone", |b| {
        b.iter(|| scraper::Html::parse_document(black_box(&html)))
    });
    group.bench_function("Document::html", |b| {
        b.iter(|| Document::html(black_box(&html)))
    });
    let document = Document::html(&html);
    group.bench_function("css", |b| {
        b.iter(|| {
            document
                .css("div.quote span.text::text")
                .expect("a selector")
                .getall()
                .len()
        });
    });
    group.bench_function("xpath", |b| {
        b.iter(|| {
            document
                .xpath("//div[@class='quote']/span/text()")
                .expect("an expression")
                .getall()
                .len()
        });
    });
    group.finish();
}

fn frontier(c: &mut Criterion) {
    const URLS: usize = 100_000;
    let candidates: Vec<Candidate> = (0..URLS)
        .map(|n| {
            let url = format!("http://h{}.example/catalogue/item-{n}/index.html", n % 100);
            Candidate::from(Request::get(Url::parse(&url).expect("a URL")))
        })
        .collect();
    let runtime = runtime();
    let mut group = c.benchmark_group("frontier");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(URLS as u64));
    group.bench_function("offer, lease, settle", |b| {
        b.iter(|| runtime.block_on(drain(candidates.clone())));
    });
    group.finish();
}

async fn drain(candidates: Vec<Candidate>) {
    let pace = Pace {
        concurrency: 8,
        ..Pace::default()
    };
    let frontier = MemoryFrontier::new(move |_: &HostKey| pace);
    let now = Timestamp(0);
    frontier.offer(candidates, now).await.expect("offer");
    let at_most = NonZeroUsize::new(32).expect("not zero");
    while let Supply::Ready(leases) = frontier.lease(at_most, now).await.expect("lease") {
        let done = |lease: huntsman::core::frontier::Lease| Settlement::done(lease.id);
        frontier
            .settle(leases.into_iter().map(done).collect(), now)
            .await
            .expect("settle");
    }
}

#[derive(Serialize, Item)]
struct Title {
    url: String,
}

struct Walk;

impl Spider for Walk {
    type Page = ();
    type Item = Title;
    const NAME: &'static str = "walk";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://a.example/0", ());
    }

    fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        out.item(Title {
            url: page.url().to_string(),
        });
        out.visit_all(page.text().split(' ').filter(|link| !link.is_empty()), ());
        Ok(())
    }
}

/// What the engine itself costs: pages without HTML, a transport without network.
fn engine(c: &mut Criterion) {
    const PAGES: usize = 5000;
    let runtime = runtime();
    let mut group = c.benchmark_group("engine");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(PAGES as u64));
    group.bench_function("5000 pages of 10 links", |b| {
        b.iter(|| {
            let web = (0..PAGES).fold(FakeWeb::new(), |web, n| {
                let links: Vec<String> = (1..=10)
                    .map(|k| format!("/{}", (n * 10 + k) % PAGES))
                    .collect();
                web.html(&format!("http://a.example/{n}"), &links.join(" "))
            });
            let crawl = Crawl::new(Walk, web).configure(|settings| {
                settings.lease.delay = Some(Duration::ZERO);
                settings.lease.per_host = 32;
            });
            let report = runtime
                .block_on(crawl.run(&Stop::new()))
                .expect("the crawl runs");
            assert_eq!(report.pages, PAGES as u64);
        });
    });
    group.finish();
}

fn export(c: &mut Criterion) {
    const RECORDS: u64 = 10_000;
    let runtime = runtime();
    let mut group = c.benchmark_group("export");
    group
        .sample_size(20)
        .throughput(Throughput::Elements(RECORDS));
    for format in ["jsonl", "json", "csv"] {
        let path =
            std::env::temp_dir().join(format!("huntsman-bench-{}.{format}", std::process::id()));
        let place = path.display().to_string();
        group.bench_function(format, |b| {
            b.iter(|| {
                runtime.block_on(async {
                    let feed = Feed::new(&place, Mode::Replace).expect("a place");
                    feed.open(Opening::new(Sample::schemas()))
                        .await
                        .expect("open");
                    for start in (0..RECORDS).step_by(500) {
                        feed.export(sample_records(start..start + 500))
                            .await
                            .expect("export");
                    }
                    feed.close().await.expect("close");
                });
            });
        });
        std::fs::remove_file(&path).unwrap_or_default();
    }
    group.finish();
}

criterion_group!(benches, rules, parse, frontier, engine, export);
criterion_main!(benches);
