//! Login and logout on the site of quotations.

use std::net::SocketAddr;

use crate::client::{Answer, QUOTES, get, get_with, post, practice};

/// The token of a fresh form and the cookie that belongs to it.
async fn form(addr: SocketAddr) -> (String, String) {
    let page = get(addr, QUOTES, "/login").await;
    let inputs = page.attributes("form[action='/login'][method=post] input[name]", "name");
    assert_eq!(inputs, ["csrf_token", "username", "password"]);
    assert_eq!(page.count("input[type=submit]"), 1);
    (
        page.attributes("input[type=hidden]", "value")[0].clone(),
        page.cookie().to_owned(),
    )
}

async fn login(addr: SocketAddr, cookie: &str, token: &str, username: &str) -> Answer {
    let fields = [
        ("csrf_token", token),
        ("username", username),
        ("password", "secret"),
    ];
    post(addr, QUOTES, "/login", cookie, &fields).await
}

#[tokio::test]
async fn the_right_token_logs_in_and_logout_ends_it() {
    let server = practice().await;
    let addr = server.addr();
    let (token, cookie) = form(addr).await;
    let answer = login(addr, &cookie, &token, "ada").await;
    assert_eq!((answer.status, answer.header("location")), (302, Some("/")));

    let session = format!("cookie: other=1; {}\r\n", answer.cookie());
    let home = get_with(addr, QUOTES, "/", &session).await;
    assert_eq!(home.texts("div.header-box a[href='/logout']"), ["Logout"]);
    assert_eq!(
        home.texts("div.quote > span > a:nth-of-type(2)"),
        ["(Goodreads page)"; 10]
    );
    let again = get_with(addr, QUOTES, "/login", &session).await;
    assert_eq!(
        again.count("a[href='/logout']"),
        1,
        "the form does not log out"
    );

    let out = get_with(addr, QUOTES, "/logout", &session).await;
    assert_eq!(
        (out.status, out.header("location"), out.cookie()),
        (302, Some("/"), "session=")
    );
    let home = get_with(addr, QUOTES, "/", "cookie: session=\r\n").await;
    assert_eq!(home.texts("div.header-box a[href='/login']"), ["Login"]);
    assert!(!home.text().contains("Goodreads page"));
}

#[tokio::test]
async fn a_wrong_token_a_missing_one_or_no_username_is_an_error() {
    let server = practice().await;
    let addr = server.addr();
    let (token, cookie) = form(addr).await;
    let (other, _) = form(addr).await;
    let wrong = [
        login(addr, &cookie, &other, "ada").await,
        login(addr, &cookie, "", "ada").await,
        login(addr, "", &token, "ada").await,
        login(addr, "", "", "ada").await,
        login(addr, &cookie, &token, "").await,
        post(addr, QUOTES, "/login", &cookie, &[]).await,
    ];
    for answer in wrong {
        assert_eq!(
            (answer.status, answer.count("p.error"), answer.count("form")),
            (200, 1, 1)
        );
        let home = get_with(
            addr,
            QUOTES,
            "/",
            &format!("cookie: {}\r\n", answer.cookie()),
        )
        .await;
        assert_eq!(home.count("a[href='/logout']"), 0);
    }
}

#[tokio::test]
async fn a_cookie_that_was_tampered_with_is_no_session() {
    let server = practice().await;
    let addr = server.addr();
    let (_, cookie) = form(addr).await;
    let forged = cookie.replacen(".0.", ".1.", 1);
    assert_ne!(cookie, forged);
    let home = get_with(addr, QUOTES, "/", &format!("cookie: {forged}\r\n")).await;
    assert_eq!(home.count("a[href='/logout']"), 0);
}
