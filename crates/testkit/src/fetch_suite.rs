//! What every transport promises. Run [`all`] in a test of your own, with a way to have a page
//! served:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use huntsman_testkit::{FakeWeb, fetch_suite};
//!
//! fetch_suite::all(|path, answer| async move {
//!     let base = "http://a.example/".to_owned();
//!     (FakeWeb::new().page(&format!("http://a.example{path}"), [answer]), base)
//! }).await;
//! # }
//! ```

use huntsman_core::{Fetch, Request, Url};

use crate::answer::Answer;

/// Runs the whole suite. `serve` has one answer given at one path, and returns the transport and
/// the URL at which the path begins.
///
/// # Panics
/// When a promise is broken; the message says which.
pub async fn all<F: Fetch, S: Future<Output = (F, String)>>(
    serve: impl Fn(&'static str, Answer) -> S,
) {
    a_page_arrives_whole(&serve).await;
    redirects_are_not_followed(&serve).await;
    an_error_status_is_a_response(&serve).await;
    repeated_header_fields_are_kept(&serve).await;
    an_empty_body_is_a_body(&serve).await;
}

async fn fetch<F: Fetch, S: Future<Output = (F, String)>>(
    serve: &impl Fn(&'static str, Answer) -> S,
    path: &'static str,
    answer: Answer,
) -> huntsman_core::RawResponse {
    let (transport, base) = serve(path, answer).await;
    let url = Url::parse(&base)
        .and_then(|base| base.join(path))
        .expect("the suite's URL is valid");
    let response = transport
        .fetch(Request::get(url.clone()))
        .await
        .expect("a response");
    assert_eq!(
        response.url, url,
        "the response bears the URL that was asked for"
    );
    response
}

async fn a_page_arrives_whole<F: Fetch, S: Future<Output = (F, String)>>(
    serve: &impl Fn(&'static str, Answer) -> S,
) {
    let body: Vec<u8> = (0..200_000u32)
        .map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[1])
        .collect();
    let response = fetch(serve, "/page?q=1", Answer::status(200).body(body.clone())).await;
    assert_eq!(response.status, 200);
    assert!(
        response.body == body,
        "the body is what was served, byte for byte"
    );
}

async fn redirects_are_not_followed<F: Fetch, S: Future<Output = (F, String)>>(
    serve: &impl Fn(&'static str, Answer) -> S,
) {
    let response = fetch(serve, "/from", Answer::redirect(302, "/to")).await;
    assert_eq!(response.status, 302);
    assert_eq!(
        response.headers.get("location").map(|to| to.as_bytes()),
        Some(&b"/to"[..])
    );
}

async fn an_error_status_is_a_response<F: Fetch, S: Future<Output = (F, String)>>(
    serve: &impl Fn(&'static str, Answer) -> S,
) {
    for status in [404, 410, 429, 500, 503] {
        let response = fetch(serve, "/x", Answer::status(status).body("why")).await;
        assert_eq!(
            (response.status.as_u16(), &response.body[..]),
            (status, &b"why"[..])
        );
    }
}

async fn repeated_header_fields_are_kept<F: Fetch, S: Future<Output = (F, String)>>(
    serve: &impl Fn(&'static str, Answer) -> S,
) {
    let answer = Answer::status(200)
        .header("x-many", "1")
        .header("x-many", "2");
    let response = fetch(serve, "/h", answer).await;
    let values: Vec<_> = response.headers.get_all("x-many").iter().collect();
    assert_eq!(values, ["1", "2"]);
}

async fn an_empty_body_is_a_body<F: Fetch, S: Future<Output = (F, String)>>(
    serve: &impl Fn(&'static str, Answer) -> S,
) {
    let response = fetch(serve, "/empty", Answer::status(204)).await;
    assert_eq!((response.status.as_u16(), response.body.len()), (204, 0));
}
