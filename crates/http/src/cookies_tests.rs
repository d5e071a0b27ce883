//! The jar by the rules of RFC 6265, and the layer around a transport.

use huntsman_core::Fetch;

use super::*;

/// Sets these cookies and answers with the `Cookie` field it got.
struct Setting(&'static [&'static str]);

#[async_trait]
impl Fetch for Setting {
    async fn fetch(&self, request: Request) -> Result<RawResponse, FetchError> {
        let got: Vec<_> = request.headers.get_all(header::COOKIE).iter().collect();
        assert!(got.len() < 2, "one field only: {got:?}");
        let body = got.first().map(|value| value.as_bytes().to_vec());
        let mut response = RawResponse::ok(request.url, body.unwrap_or_default());
        for cookie in self.0 {
            response.headers.append(
                header::SET_COOKIE,
                HeaderValue::from_bytes(cookie.as_bytes()).unwrap(),
            );
        }
        Ok(response)
    }
}

async fn set(cookies: &Cookies, url: &str, set: &'static [&'static str]) {
    let request = Request::get(Url::parse(url).unwrap());
    cookies
        .around(request, Next::new(&[], &Setting(set)))
        .await
        .unwrap();
}

async fn send(cookies: &Cookies, request: Request) -> String {
    let answer = cookies.around(request, Next::new(&[], &Setting(&[]))).await;
    String::from_utf8(answer.unwrap().body.to_vec()).unwrap()
}

async fn sent(cookies: &Cookies, url: &str) -> String {
    send(cookies, Request::get(Url::parse(url).unwrap())).await
}

#[tokio::test]
async fn a_cookie_stays_with_its_host() {
    let cookies = Cookies::new();
    set(
        &cookies,
        "http://a.example.com/",
        &["own=1", "all=2; Domain=example.com"],
    )
    .await;
    assert_eq!(
        sent(&cookies, "http://a.example.com/x").await,
        "all=2; own=1"
    );
    assert_eq!(sent(&cookies, "http://b.example.com/").await, "all=2");
    assert_eq!(sent(&cookies, "http://example.com/").await, "all=2");
    assert_eq!(sent(&cookies, "http://sub.a.example.com/").await, "all=2");
    for other in [
        "http://example.org/",
        "http://badexample.com/",
        "http://com/",
    ] {
        assert_eq!(sent(&cookies, other).await, "", "{other}");
    }
}

#[tokio::test]
async fn no_host_sets_cookies_for_another() {
    let cookies = Cookies::new();
    let evil = &[
        "a=1; Domain=other.com",
        "b=1; Domain=com",
        "c=1; Domain=.com.",
        "d=1; Domain=sub.evil.com",
    ];
    set(&cookies, "http://evil.com/", evil).await;
    set(&cookies, "http://evil.co.uk/", &["e=1; Domain=co.uk"]).await;
    set(&cookies, "http://10.0.0.1/", &["f=1; Domain=0.0.1"]).await;
    for url in [
        "http://other.com/",
        "http://evil.com/",
        "http://sub.evil.com/",
        "http://good.co.uk/",
        "http://evil.co.uk/",
        "http://10.0.0.1/",
        "http://9.0.0.1/",
    ] {
        assert_eq!(sent(&cookies, url).await, "", "{url}");
    }
    // A host that is itself like a suffix keeps its cookies to itself.
    set(&cookies, "http://localhost/", &["g=1; Domain=localhost"]).await;
    assert_eq!(sent(&cookies, "http://localhost/").await, "g=1");
    assert_eq!(sent(&cookies, "http://sub.localhost/").await, "");
}

#[tokio::test]
async fn addresses_have_cookies_too() {
    let cookies = Cookies::new();
    for host in ["http://127.0.0.1:8080/", "http://[::1]/"] {
        set(&cookies, host, &["a=1"]).await;
        assert_eq!(sent(&cookies, host).await, "a=1", "{host}");
    }
    assert_eq!(sent(&cookies, "http://1.0.0.1/").await, "");
}

#[tokio::test]
async fn path_secure_and_http_only() {
    let cookies = Cookies::new();
    let set_all = &[
        "p=1; Path=/shop",
        "s=1; Secure; Path=/",
        "h=1; HttpOnly; Path=/",
    ];
    set(&cookies, "https://a.example/", set_all).await;
    assert_eq!(sent(&cookies, "http://a.example/").await, "h=1");
    assert_eq!(sent(&cookies, "https://a.example/").await, "h=1; s=1");
    assert_eq!(sent(&cookies, "http://a.example/shop/x").await, "p=1; h=1");
    assert_eq!(sent(&cookies, "http://a.example/shopping").await, "h=1");
    set(&cookies, "http://b.example/dir/page", &["d=1"]).await;
    assert_eq!(sent(&cookies, "http://b.example/dir/other").await, "d=1");
    assert_eq!(sent(&cookies, "http://b.example/").await, "");
}

#[tokio::test]
async fn cookies_end() {
    let cookies = Cookies::new();
    let url = "http://a.example/";
    let set_all = &[
        "long=1; Max-Age=1000",
        "gone=1; Max-Age=0",
        "old=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "both=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=1000",
        "later=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT",
    ];
    set(&cookies, url, set_all).await;
    assert_eq!(sent(&cookies, url).await, "both=1; later=1; long=1");
    set(&cookies, url, &["long=; Max-Age=0", "both=2"]).await;
    assert_eq!(sent(&cookies, url).await, "both=2; later=1");
}

#[tokio::test]
async fn own_cookies_win() {
    let cookies = Cookies::new();
    set(&cookies, "http://a.example/", &["a=jar", "b=jar"]).await;
    let mut request = Request::get(Url::parse("http://a.example/").unwrap());
    request
        .headers
        .append(header::COOKIE, HeaderValue::from_static("a=own; c=own"));
    request
        .headers
        .append(header::COOKIE, HeaderValue::from_static("d=own"));
    assert_eq!(send(&cookies, request).await, "a=own; c=own; d=own; b=jar");
}

#[tokio::test]
async fn bad_cookies_are_passed_over() {
    let cookies = Cookies::new();
    let url = "http://a.example/";
    let bad = &[
        "",
        "=",
        ";;;",
        "no-value",
        "\u{fc}=\u{fc}; Path",
        "x=1; Max-Age=99999999999999999999",
        "y=1; Expires=never; Domain=..; Path=\u{fc}",
        "good=1",
    ];
    set(&cookies, url, bad).await;
    assert!(sent(&cookies, url).await.contains("good=1"));
    let mut headers = HeaderMap::new();
    for bytes in [&b"k=\xff\xfe"[..], &[b'k'; MAX_BYTES + 1]] {
        headers.append(header::SET_COOKIE, HeaderValue::from_bytes(bytes).unwrap());
    }
    let mut jar = Jar::default();
    jar.store(&Url::parse(url).unwrap(), &headers);
    assert!(jar.sites.is_empty());
}

#[test]
fn the_jar_has_an_end() {
    let mut jar = Jar::default();
    let url = Url::parse("http://a.example/").unwrap();
    let cookie = |text: String| Cookie::parse(text, &url).unwrap();
    for n in 0..MAX_PER_SITE {
        jar.insert(&url, cookie(format!("c{n}=1; Path=/")));
    }
    jar.insert(&url, cookie("more=1; Path=/".to_owned()));
    let names = |jar: &Jar| {
        let value = jar.header(&url, &HeaderMap::new()).unwrap();
        super::names(value.as_bytes())
            .map(<[u8]>::to_vec)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&jar).len(), MAX_PER_SITE);
    // What is known may change, and what has expired makes room.
    jar.insert(&url, cookie("c1=2; Path=/".to_owned()));
    jar.insert(&url, cookie("c0=; Path=/; Max-Age=0".to_owned()));
    jar.insert(&url, cookie("more=1; Path=/".to_owned()));
    assert!(names(&jar).contains(&b"more".to_vec()));
    for n in 0..MAX_SITES {
        let url = Url::parse(&format!("http://h{n}.example/")).unwrap();
        // One site per registered name, not per host.
        let url = Url::parse(&format!("http://x.{}/", url.host_str().unwrap())).unwrap();
        jar.insert(&url, Cookie::parse("a=1", &url).unwrap().into_owned());
    }
    assert_eq!(jar.sites.len(), MAX_SITES);
    assert_eq!(jar.order.len(), MAX_SITES);
    assert!(
        jar.header(&url, &HeaderMap::new()).is_none(),
        "the oldest site is forgotten"
    );
}

#[test]
fn a_site_is_two_labels() {
    let of = |text: &str| site(&Url::parse(text).unwrap()).map(str::to_owned);
    assert_eq!(
        of("http://a.b.example.com/").as_deref(),
        Some("example.com")
    );
    assert_eq!(of("http://example.com/").as_deref(), Some("example.com"));
    assert_eq!(of("http://localhost/").as_deref(), Some("localhost"));
    assert_eq!(of("http://10.0.0.1/").as_deref(), Some("10.0.0.1"));
    assert_eq!(of("data:,x"), None);
}
