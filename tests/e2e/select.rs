//! `crawl select`: a selector tried on a URL, a file, or standard input.

use crate::scratch::Scratch;

const PAGE: &str = "<title>A page</title><ul><li><a href=/one>One &amp; only</a>\
    <li><a href=\"/two\">Two</a></ul>";

fn with_page() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("page.html", PAGE);
    scratch
}

#[tokio::test]
async fn a_file_is_searched_by_css() {
    let scratch = with_page();
    let words = "select page.html a::attr(href)";
    let done = scratch.crawl(words).run().await.succeeded();
    assert_eq!((&*done.out, &*done.err), ("/one\n/two\n", ""));
    let crawl = scratch.crawl("select page.html").word("li > a::text");
    assert_eq!(crawl.run().await.succeeded().out, "One & only\nTwo\n");
    let elements = scratch.crawl("select page.html title").run().await;
    assert_eq!(elements.succeeded().out, "<title>A page</title>\n");
}

#[tokio::test]
async fn a_file_is_searched_by_xpath() {
    let scratch = with_page();
    let words = "select page.html --xpath //li[2]/a/@href";
    assert_eq!(scratch.crawl(words).run().await.succeeded().out, "/two\n");
    let crawl = scratch
        .crawl("select page.html --xpath")
        .word("count(//li)");
    let count = crawl.run().await.succeeded().out;
    assert!(["2\n", "2.0\n"].contains(&&*count), "{count}");
}

#[tokio::test]
async fn matches_can_be_json() {
    let scratch = with_page();
    let words = "select page.html a::text --json";
    let done = scratch.crawl(words).run().await.succeeded();
    let matches: Vec<String> = serde_json::from_str(&done.out).unwrap();
    assert_eq!(matches, ["One & only", "Two"]);
}

#[tokio::test]
async fn standard_input_is_searched() {
    let scratch = Scratch::new();
    let crawl = scratch.crawl("select - a::text").stdin(PAGE);
    assert_eq!(crawl.run().await.succeeded().out, "One & only\nTwo\n");
}

#[tokio::test]
async fn the_encoding_that_a_file_declares_counts() {
    let scratch = Scratch::new();
    scratch.write(
        "page.html",
        b"<meta charset=windows-1251><p>\xcf\xf0\xe8\xe2\xe5\xf2",
    );
    let done = scratch.crawl("select page.html p::text").run().await;
    assert_eq!(done.succeeded().out, "Привет\n");
}

#[tokio::test]
async fn a_url_is_fetched_and_searched() {
    let scratch = Scratch::new();
    let words = "select --demo http://quotes.toscrape.com/page/10/ small.author::text";
    let done = scratch.crawl(words).run().await.succeeded();
    assert_eq!(done.out.lines().count(), 10);
    let words = "select --demo http://quotes.toscrape.com/ --xpath //li[@class='next']/a/@href";
    let done = scratch.crawl(words).run().await.succeeded();
    assert_eq!(done.out, "/page/2/\n");
}

#[tokio::test]
async fn no_match_has_the_code_2() {
    let scratch = with_page();
    let plain = scratch.crawl("select page.html table").run().await;
    insta::assert_snapshot!(plain.complaint(2), @"nothing matched on page.html");
    let json = scratch.crawl("select page.html table --json").run().await;
    assert_eq!(json.ended(2).out, "[]\n", "an array all the same");
}

#[tokio::test]
async fn a_bad_selector_or_page_is_one_line() {
    let scratch = with_page();
    let mut lines = Vec::new();
    for words in [
        "page.html a[",
        "page.html a::atr(href)",
        "page.html --xpath //a[",
        "page.html --xpath foo:bar()",
        "page.html",
        "missing.html a",
        "page.html a --xpath //a",
    ] {
        let crawl = scratch.crawl(&format!("select {words}"));
        lines.push(crawl.run().await.complaint(1));
    }
    insta::assert_snapshot!(lines.join("\n"), @"
    css selector `a[`: it ends too early
    css selector `a::atr(href)`: unknown pseudo-element `::atr(href)`
    xpath expression `//a[`: unexpected end of input, expected an expression at byte 4
    xpath expression `foo:bar()`: unknown function `foo:bar()`
    the following required arguments were not provided: <CSS>; see --help
    cannot read missing.html: No such file or directory (os error 2)
    the argument '[CSS]' cannot be used with '--xpath <EXPR>'; see --help
    ");
}
