//! The server itself: hosts, counts, failures to bind, and its end.

use huntsman_site::{SiteError, Sites, demo_hosts, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{BOOKS, FAULTY, QUOTES, get, practice, send};

#[tokio::test]
async fn the_host_header_chooses_the_site() {
    let server = practice().await;
    let addr = server.addr();
    assert_eq!(demo_hosts(), [QUOTES, BOOKS]);
    assert_eq!(
        get(addr, QUOTES, "/").await.texts("title"),
        ["Quotes to Scrape"]
    );
    assert!(get(addr, BOOKS, "/").await.texts("title")[0].ends_with("Books to Scrape - Sandbox"));
    assert_eq!(
        get(addr, FAULTY, "/").await.texts("title"),
        ["The faulty site"]
    );
    assert_eq!(
        get(addr, "QUOTES.toscrape.com:8080", "/")
            .await
            .count("div.quote"),
        10
    );
    let other = get(addr, &addr.to_string(), "/").await;
    assert_eq!(other.texts("a.site"), [QUOTES, BOOKS, FAULTY]);
    assert!(other.text().contains("--resolve"));
    assert_eq!(get(addr, "unknown.test", "/page/1/").await.status, 404);
}

#[tokio::test]
async fn a_target_in_absolute_form_outranks_the_host_header() {
    let server = practice().await;
    let request =
        format!("GET http://{BOOKS}/ HTTP/1.1\r\nhost: {QUOTES}\r\nconnection: close\r\n\r\n");
    assert_eq!(
        send(server.addr(), &request)
            .await
            .count("article.product_pod"),
        20
    );
}

#[tokio::test]
async fn requests_are_counted_by_host_and_path() {
    let server = practice().await;
    for target in ["/", "/?again", "/page/2/"] {
        get(server.addr(), QUOTES, target).await;
    }
    get(server.addr(), BOOKS, "/").await;
    assert_eq!(server.requests(), 4);
    assert_eq!(server.hits(QUOTES, "/"), 2);
    assert_eq!(server.hits(QUOTES, "/page/2/"), 1);
    assert_eq!(server.hits(BOOKS, "/"), 1);
    assert_eq!(server.hits(BOOKS, "/page/2/"), 0);
}

#[tokio::test]
async fn a_taken_address_is_an_error_that_names_it() {
    let server = practice().await;
    let error = serve(Sites::Practice, server.addr()).await.unwrap_err();
    assert!(matches!(error, SiteError::Bind { addr, .. } if addr == server.addr()));
    let message = error.to_string();
    assert!(
        message.starts_with(&format!("cannot listen on {}: ", server.addr())),
        "{message}"
    );
    assert!(message.to_lowercase().contains("in use"), "{message}");
}

#[tokio::test]
async fn stopping_closes_the_socket_and_open_connections() {
    let server = practice().await;
    let addr = server.addr();
    let mut kept = TcpStream::connect(addr).await.unwrap();
    kept.write_all(format!("GET /random HTTP/1.1\r\nhost: {QUOTES}\r\n\r\n").as_bytes())
        .await
        .unwrap();
    assert_eq!(
        kept.read(&mut [0; 4]).await.unwrap(),
        4,
        "the connection is in use"
    );
    server.stop().await;
    let mut rest = Vec::new();
    // Either a clean end or a reset: what counts is that it does not stay open.
    drop(kept.read_to_end(&mut rest).await);
    assert!(TcpStream::connect(addr).await.is_err());
}

#[tokio::test]
async fn dropping_stops_as_well() {
    let server = practice().await;
    let addr = server.addr();
    drop(server);
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
    assert!(TcpStream::connect(addr).await.is_err());
}

#[tokio::test]
async fn one_connection_serves_several_requests_and_sites() {
    let server = practice().await;
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    let requests = format!(
        "HEAD / HTTP/1.1\r\nhost: {QUOTES}\r\n\r\nGET /robots.txt HTTP/1.1\r\nhost: {FAULTY}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(requests.as_bytes()).await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2);
    assert!(!answers.contains("<html"), "HEAD has no body");
    assert!(answers.ends_with("Disallow: /private/\n"));
}
