//! Private addresses.

use huntsman_core::{Fetch, FetchError, Request, Url};
use huntsman_http::{Http, HttpError, HttpSettings};

use crate::wire::{Wire, found, http, response};

fn allowing(entry: &str) -> Http {
    let settings = HttpSettings {
        allow_private: vec![entry.to_owned()],
        ..HttpSettings::default()
    };
    Http::new(settings).unwrap()
}

/// The URL of `wire` by the name `localhost`, which has to be looked up.
fn by_name(wire: &Wire) -> Url {
    Url::parse(&format!("http://localhost:{}/", wire.address.port())).unwrap()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, FetchError>) -> String {
    match result {
        Err(FetchError::PrivateAddress(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_link_to_a_private_address_is_refused() {
    let wire = Wire::keeping(response("", b"x"));
    let http = http();
    assert_eq!(refusal(http.fetch(found(wire.url("/"))).await), "127.0.0.1");
    let text = refusal(http.fetch(found(by_name(&wire))).await);
    assert!(text.starts_with("localhost ("), "{text}");
    let port = wire.address.port();
    for host in [
        "127.1",
        "0x7f000001",
        "2130706433",
        "[::ffff:127.0.0.1]",
        "0177.0.0.1",
    ] {
        let url = Url::parse(&format!("http://{host}:{port}/")).unwrap();
        refusal(http.fetch(found(url)).await);
    }
    assert_eq!(wire.connections(), 0);
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused() {
    let wire = Wire::keeping(response("", b"x"));
    for url in [wire.url("/"), by_name(&wire)] {
        let mut request = Request::get(url);
        request
            .redirects
            .push(Url::parse("http://example.com/").unwrap());
        refusal(http().fetch(request).await);
    }
    assert_eq!(wire.connections(), 0);
}

#[tokio::test]
async fn a_seed_opens_its_own_port_for_links() {
    let (wire, other) = (
        Wire::keeping(response("", b"x")),
        Wire::keeping(response("", b"x")),
    );
    for url in [Wire::url, |wire: &Wire, _: &str| by_name(wire)] {
        let http = http();
        let (own, foreign) = (url(&wire, "/"), url(&other, "/"));
        refusal(http.fetch(found(own.clone())).await);
        http.fetch(Request::get(own.clone())).await.unwrap();
        http.fetch(found(own.clone())).await.unwrap();
        http.fetch(found(own.join("/deeper").unwrap()))
            .await
            .unwrap();
        refusal(http.fetch(found(foreign)).await);
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn an_open_name_does_not_open_its_address() {
    let wire = Wire::keeping(response("", b"x"));
    let http = http();
    http.fetch(Request::get(by_name(&wire))).await.unwrap();
    refusal(http.fetch(found(wire.url("/"))).await);
}

#[tokio::test]
async fn the_settings_may_name_hosts() {
    let wire = Wire::keeping(response("", b"x"));
    let port = wire.address.port();
    allowing("localhost")
        .fetch(found(by_name(&wire)))
        .await
        .unwrap();
    let one_port = format!("localhost:{port}");
    allowing(&one_port)
        .fetch(found(by_name(&wire)))
        .await
        .unwrap();
    allowing("127.0.0.1")
        .fetch(found(wire.url("/")))
        .await
        .unwrap();
    refusal(allowing("localhost:1").fetch(found(by_name(&wire))).await);
    refusal(allowing("localhost").fetch(found(wire.url("/"))).await);
}

#[test]
fn a_bad_entry_is_named() {
    let settings = HttpSettings {
        allow_private: vec!["host:port".to_owned()],
        ..HttpSettings::default()
    };
    let error = Http::new(settings).unwrap_err();
    assert_eq!(error, HttpError::AllowPrivate("host:port".to_owned()));
}
