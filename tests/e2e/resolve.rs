//! `--resolve`: the address of a host from the command line.

use crate::scratch::Scratch;
use crate::servers::practice;

#[tokio::test]
async fn a_host_is_found_at_the_address_given() {
    let scratch = Scratch::new();
    let server = practice().await;
    let words = format!(
        "quotes --resolve quotes.toscrape.com={} -s lease.delay=0s -o quotes.json",
        server.addr()
    );
    scratch.crawl(&words).run().await.succeeded();
    assert_eq!(scratch.items("quotes.json").len(), 100);
    assert_eq!(server.hits("quotes.toscrape.com", "/"), 1);
    assert_eq!(server.hits("quotes.toscrape.com", "/page/10/"), 1);
}

/// The port is part of the URL then, and stays what it is.
#[tokio::test]
async fn the_form_of_curl_is_understood() {
    let scratch = Scratch::new();
    let server = practice().await;
    let port = server.addr().port();
    let words = format!(
        "fetch http://quotes.toscrape.com:{port}/ --resolve quotes.toscrape.com:{port}:127.0.0.1"
    );
    let done = scratch.crawl(&words).run().await.succeeded();
    assert!(done.out.contains("Quotes to Scrape"), "{}", done.out);
    assert_eq!(server.hits("quotes.toscrape.com", "/"), 1);
}

#[tokio::test]
async fn the_setting_does_the_same() {
    let scratch = Scratch::new();
    let server = practice().await;
    let words = format!(
        "quotes -a tag=life -s fetch.resolve=quotes.toscrape.com={} -s lease.delay=0s -o -",
        server.addr()
    );
    let done = scratch.crawl(&words).run().await.succeeded();
    assert_eq!(done.out.lines().count(), 15);
}

/// A proxy of the environment would send the requests elsewhere, to the real hosts even.
#[tokio::test]
async fn a_proxy_in_the_environment_is_not_asked() {
    let scratch = Scratch::new();
    let proxy = format!("http://{}", crate::servers::nobody().await);
    let mut crawl = scratch.crawl("quotes --demo -a tag=life -o -");
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        crawl = crawl.env(name, &proxy);
    }
    assert_eq!(crawl.run().await.succeeded().out.lines().count(), 15);
}

#[tokio::test]
async fn what_is_no_address_is_one_line() {
    let scratch = Scratch::new();
    let mut lines = Vec::new();
    for wrong in [
        "nonsense",
        "a.test=127.0.0.1",
        "a.test=b.test:80",
        "a.test:0:127.0.0.1",
    ] {
        let words = format!("quotes --resolve {wrong}");
        lines.push(scratch.crawl(&words).run().await.complaint(1));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    "nonsense" is no HOST=ADDR:PORT: "nonsense" is neither HOST=ADDR:PORT nor HOST:PORT:ADDR
    "a.test=127.0.0.1" is no HOST=ADDR:PORT: "127.0.0.1" is not an IP address with a port, as in 127.0.0.1:8080 or [::1]:8080
    "a.test=b.test:80" is no HOST=ADDR:PORT: "b.test:80" is not an IP address with a port, as in 127.0.0.1:8080 or [::1]:8080
    "a.test:0:127.0.0.1" is no HOST=ADDR:PORT: "0" is not a port from 1 to 65535
    "#);
}
