//! A page of the web cannot send the crawler to private addresses; the user can.

use huntsman_site::Server;

use crate::scratch::Scratch;
use crate::servers::folder;

/// A site whose page links to another server on this machine.
async fn two(scratch: &Scratch) -> (Server, Server) {
    scratch.write("other/index.html", "<title>other</title>");
    let other = folder(scratch, "other").await;
    let link = format!(
        "<title>start</title><a href=\"http://{}/\">x</a>",
        other.addr()
    );
    scratch.write("start/index.html", link);
    (folder(scratch, "start").await, other)
}

#[tokio::test]
async fn a_link_to_a_private_address_is_refused_where_a_start_url_is_not() {
    let scratch = Scratch::new();
    let (start, other) = two(&scratch).await;
    let words = format!(
        "site -a start=http://{}/ -s admit.hosts= -o pages.json --report report.json",
        start.addr()
    );
    scratch.crawl(&words).run().await.succeeded();
    let pages = scratch.items("pages.json");
    assert_eq!(pages.len(), 1);
    assert_eq!(pages[0]["title"], "start");
    assert_eq!(other.requests(), 0);
    let report = scratch.json("report.json");
    assert_eq!(report["failed"]["private address"], 1, "{report}");
}

#[tokio::test]
async fn allow_private_lets_the_link_through() {
    let scratch = Scratch::new();
    let (start, other) = two(&scratch).await;
    for allowed in ["127.0.0.1".to_owned(), other.addr().to_string()] {
        let words = format!(
            "site -a start=http://{}/ -s admit.hosts= -s fetch.allow_private={allowed} -O pages.json",
            start.addr()
        );
        scratch.crawl(&words).run().await.succeeded();
        let pages = scratch.items("pages.json");
        let titles: Vec<_> = pages.iter().map(|page| &page["title"]).collect();
        assert_eq!(titles, ["start", "other"], "{allowed}");
    }
}

/// The page of a host that was resolved by hand is as public as any other.
#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused() {
    let scratch = Scratch::new();
    let (_, other) = two(&scratch).await;
    let server = crate::servers::Slow::redirecting(other.addr()).await;
    let words = format!(
        "site -a start=http://{}/ -s admit.hosts= --report report.json",
        server.addr
    );
    let done = scratch.crawl(&words).run().await.ended(2);
    assert!(done.err.contains("private address"), "{}", done.err);
    assert_eq!(other.requests(), 0);
}
