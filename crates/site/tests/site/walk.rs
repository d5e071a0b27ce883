//! Every link of the two sites leads to a page.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;

use url::Url;

use crate::client::{BOOKS, QUOTES, get, practice};

/// The links and images of a page, found by their attribute alone.
fn links(page: &str) -> impl Iterator<Item = &str> {
    let values = |name| {
        page.split(name)
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
    };
    values(" href=\"").chain(values(" src=\""))
}

/// Follows everything on `host` from `/` and `more` on; the paths that were pages.
async fn walk(addr: SocketAddr, host: &str, more: &[&str]) -> BTreeSet<String> {
    let home = Url::parse(&format!("http://{host}/")).unwrap();
    let mut seen = BTreeSet::from([home.clone()]);
    seen.extend(more.iter().map(|path| home.join(path).unwrap()));
    let mut queue: VecDeque<Url> = seen.iter().cloned().collect();
    let mut pages = BTreeSet::new();
    while let Some(url) = queue.pop_front() {
        let answer = get(addr, host, url.path()).await;
        let found: Vec<Url> = match answer.status {
            200 if answer
                .header("content-type")
                .unwrap()
                .starts_with("text/html") =>
            {
                pages.insert(url.path().to_owned());
                let text = answer.text();
                links(&text).map(|link| url.join(link).unwrap()).collect()
            }
            200 => Vec::new(),
            302 | 308 => vec![url.join(answer.header("location").unwrap()).unwrap()],
            status => panic!("{url} is {status}"),
        };
        for next in found {
            assert!(next.host_str() == Some(host), "{url} leads away, to {next}");
            if seen.insert(next.clone()) {
                queue.push_back(next);
            }
        }
    }
    pages
}

fn with_prefix(pages: &BTreeSet<String>, prefix: &str) -> usize {
    pages.iter().filter(|path| path.starts_with(prefix)).count()
}

#[tokio::test]
async fn every_link_of_the_quotations_leads_to_a_page() {
    let server = practice().await;
    let entrances = [
        "/scroll",
        "/js/",
        "/js-delayed/",
        "/js-onclick/",
        "/tableful/",
        "/search.aspx",
        "/random",
    ];
    let pages = walk(server.addr(), QUOTES, &entrances).await;
    assert_eq!(with_prefix(&pages, "/author/"), 50);
    assert_eq!(with_prefix(&pages, "/page/"), 10);
    assert_eq!(with_prefix(&pages, "/js/page/"), 10);
    assert_eq!(with_prefix(&pages, "/js-delayed/page/"), 10);
    assert_eq!(with_prefix(&pages, "/tableful/page/"), 10);
    let tags = |pages: &BTreeSet<String>, prefix: &str| {
        pages
            .iter()
            .filter(|path| path.starts_with(prefix) && !path.contains("/page/"))
            .count()
    };
    assert!(tags(&pages, "/tag/") > 40);
    assert_eq!(tags(&pages, "/tag/"), tags(&pages, "/tableful/tag/"));
}

#[tokio::test]
async fn every_link_of_the_books_leads_to_a_page() {
    let server = practice().await;
    let pages = walk(server.addr(), BOOKS, &[]).await;
    let books = pages
        .iter()
        .filter(|path| path.ends_with("/index.html") && path.matches('/').count() == 3);
    assert_eq!(books.count(), 1000);
    let categories = pages.iter().filter(|path| {
        path.starts_with("/catalogue/category/books/") && path.ends_with("index.html")
    });
    assert_eq!(categories.count(), 50);
    let lists = pages
        .iter()
        .filter(|path| path.starts_with("/catalogue/page-"));
    assert_eq!(lists.count(), 50);
}
