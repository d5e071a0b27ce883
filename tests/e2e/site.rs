//! `crawl site --dir` and the `site` spider on it: the set of pages is that of a plain
//! breadth-first search over the same files.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;

use tokio::io::{AsyncBufReadExt, BufReader};
use url::Url;

use crate::scratch::{Scratch, finished};
use crate::stop::signal;

const PAGES: usize = 200;

/// Two hundred pages in a tree of folders, each with links to a few others, written in every way,
/// and among them links that lead nowhere and files that are no pages.
fn pages() -> BTreeMap<String, String> {
    let path = |n: usize| match n {
        0 => "index.html".to_owned(),
        n if n % 7 == 0 => format!("part/{n}/index.html"),
        n if n % 3 == 0 => format!("part/{}/page-{n}.html", n / 10),
        n if n % 3 == 1 => format!("deep/a/b/{n}.html"),
        n => format!("page {n}.html"),
    };
    let mut files = BTreeMap::new();
    for n in 0..PAGES {
        let here = path(n);
        let up = "../".repeat(here.matches('/').count());
        let mut links = String::new();
        for to in [2 * n + 1, 2 * n + 2, n / 2, (n * 37 + 11) % (PAGES / 2)] {
            let to = path(to.min(PAGES - 1)).replace(' ', "%20");
            // From the root, relative to here, or with a fragment.
            match to.len() % 3 {
                0 => writeln!(links, "<a href=\"/{to}\">a</a>").expect("a string grows"),
                1 => writeln!(links, "<a href=\"{up}{to}\">b</a>").expect("a string grows"),
                _ => writeln!(links, "<a href='{up}./{to}#part'>c</a>").expect("a string grows"),
            }
        }
        let odd = match n % 10 {
            0 => "<a href=\"/missing/one.html\">gone</a>",
            1 => "<a href=\"data.json\">data</a><a href=\"/files/note.txt\">note</a>",
            2 => "<a href=\"http://elsewhere.test/\">away</a><a href=\"mailto:a@b.test\">mail</a>",
            3 => "<a href=\"http://[broken\">broken</a><a href=\"javascript:void(0)\">js</a>",
            4 => "<a href=\"/part/7\">a folder without its slash</a>",
            5 => "<a href=\"?q=2&amp;p=1\">a</a><a href=\"?p=1&amp;q=2\">the same</a>",
            _ => "",
        };
        files.insert(
            here,
            format!("<!doctype html><title>{n}</title>{links}{odd}"),
        );
    }
    files.insert("unlinked.html".to_owned(), "<a href=index.html>".to_owned());
    files
}

/// The `href`s of a page of [`pages`], whose attributes are all in quotation marks.
fn links(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rest in page.split("href=").skip(1) {
        let mark = rest.chars().next().expect("a quotation mark");
        let end = rest[1..].find(mark).expect("its pair");
        found.push(rest[1..=end].replace("&amp;", "&"));
    }
    found
}

/// The two forms of the one query that there is are one page.
fn one_form(url: &Url) -> String {
    url.as_str().replace("?q=2&p=1", "?p=1&q=2")
}

/// What a visitor who follows every link of this host sees, but for redirects: URL and status.
fn search(start: &Url, files: &BTreeMap<String, String>) -> BTreeMap<String, u64> {
    let mut seen = BTreeMap::new();
    let mut queue = VecDeque::from([start.clone()]);
    let mut known: BTreeSet<String> = BTreeSet::from([one_form(start)]);
    while let Some(url) = queue.pop_front() {
        let mut path = url.path().trim_start_matches('/').replace("%20", " ");
        if path.is_empty() || path.ends_with('/') {
            path.push_str("index.html");
        }
        let folder = format!("{path}/index.html");
        let Some(content) = files.get(&path) else {
            if files.contains_key(&folder) {
                queue.push_back(url.join(&format!("{}/", url.path())).expect("a path"));
                continue;
            }
            seen.insert(one_form(&url), 404);
            continue;
        };
        seen.insert(one_form(&url), 200);
        if !path.ends_with(".html") {
            continue;
        }
        for link in links(content) {
            let Ok(mut to) = url.join(&link) else {
                continue;
            };
            to.set_fragment(None);
            let here = to.origin() == start.origin();
            if here && known.insert(one_form(&to)) {
                queue.push_back(to);
            }
        }
    }
    seen
}

#[tokio::test]
async fn the_site_spider_visits_what_a_plain_search_visits() {
    let scratch = Scratch::new();
    let mut files = pages();
    for name in ["deep/a/b/data.json", "files/note.txt"] {
        files.insert(name.to_owned(), "<a href=\"/unlinked.html\">".to_owned());
    }
    for (path, content) in &files {
        scratch.write(&format!("www/{path}"), content);
    }
    let mut server = scratch.crawl("site --dir www --port 0").start();
    let mut said = BufReader::new(server.stdout.take().unwrap()).lines();
    let line = said.next_line().await.unwrap().unwrap();
    let (_, url) = line.split_once(" at ").unwrap();
    let start = Url::parse(url.split(' ').next().unwrap()).unwrap();

    let words = format!("site -a start={start} -o pages.json --report report.json");
    scratch.crawl(&words).run().await.succeeded();
    let visited: Vec<(String, u64)> = scratch
        .items("pages.json")
        .iter()
        .map(|page| {
            let url = Url::parse(page["url"].as_str().unwrap()).unwrap();
            (one_form(&url), page["status"].as_u64().unwrap())
        })
        .collect();
    let expected = search(&start, &files);
    let found = expected.values().filter(|status| **status == 200).count();
    assert!(found > PAGES, "{found}: the test's own web is too small");
    let set: BTreeMap<_, _> = visited.iter().cloned().collect();
    let lost: Vec<_> = expected
        .iter()
        .filter(|(url, _)| !set.contains_key(*url))
        .collect();
    let surplus: Vec<_> = set
        .iter()
        .filter(|(url, _)| !expected.contains_key(*url))
        .collect();
    assert!(
        lost.is_empty() && surplus.is_empty(),
        "lost {lost:?}, surplus {surplus:?}"
    );
    assert_eq!(set, expected);
    assert_eq!(visited.len(), set.len(), "each page once");
    let report = scratch.json("report.json");
    assert!(report["bad_links"].as_u64().unwrap() >= 10, "{report}");
    assert!(
        report["refused"]["scope"].as_u64().unwrap() >= 10,
        "{report}"
    );

    signal("INT", &server);
    finished(server, "").await.succeeded();
}

#[tokio::test]
async fn below_keeps_to_a_folder() {
    let scratch = Scratch::new();
    for (path, content) in pages() {
        scratch.write(&format!("www/{path}"), content);
    }
    let server = crate::servers::folder(&scratch, "www").await;
    let start = format!("http://{}/deep/a/b/1.html", server.addr());
    let words = format!("site -a start={start} -a below=/deep/ -o pages.jsonl");
    scratch.crawl(&words).run().await.succeeded();
    let text = scratch.read("pages.jsonl");
    assert!(text.lines().count() > 5, "{text}");
    assert!(text.lines().all(|line| line.contains("/deep/")), "{text}");
}

#[tokio::test]
async fn crawl_site_serves_the_practice_sites_and_says_how_to_crawl_them() {
    let scratch = Scratch::new();
    let mut server = scratch.crawl("site --port 0").start();
    let mut said = BufReader::new(server.stdout.take().unwrap()).lines();
    let mut lines = Vec::new();
    for _ in 0..3 {
        lines.push(said.next_line().await.unwrap().unwrap());
    }
    let addr = lines[0].split("http://").nth(1).unwrap();
    let addr = addr.split('/').next().unwrap();
    insta::assert_snapshot!(lines.join("\n").replace(addr, "[addr]"), @"
    the practice sites at http://[addr]/ until Ctrl-C; crawl them under their names:
      crawl quotes --resolve quotes.toscrape.com=[addr] -s lease.delay=0s -o quotes.json
      crawl books --resolve books.toscrape.com=[addr] -s lease.delay=0s -o books.csv
    ");
    let words = lines[1].trim_start().strip_prefix("crawl ").unwrap();
    scratch.crawl(words).run().await.succeeded();
    assert_eq!(scratch.items("quotes.json").len(), 100);
    signal("INT", &server);
    finished(server, "").await.succeeded();
}

#[tokio::test]
async fn a_folder_or_port_that_cannot_be_served_is_one_line() {
    let scratch = Scratch::new();
    let missing = scratch.crawl("site --dir nowhere --port 0").run().await;
    insta::assert_snapshot!(missing.complaint(1), @"cannot serve the folder nowhere: No such file or directory (os error 2)");
    let server = crate::servers::practice().await;
    let taken = scratch
        .crawl(&format!("site --port {}", server.addr().port()))
        .run()
        .await;
    let taken = taken.complaint(1);
    insta::assert_snapshot!(taken.replace(&server.addr().to_string(), "[addr]"), @"cannot listen on [addr]: Address already in use (os error 98)");
}
