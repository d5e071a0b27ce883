//! A small HTTP/1.1 client: one request per connection, nothing followed, decoded or remembered.

use std::cell::OnceCell;
use std::net::SocketAddr;

use huntsman_site::{Server, Sites, serve};
use scraper::{Html, Selector};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const QUOTES: &str = "quotes.toscrape.com";
pub(crate) const BOOKS: &str = "books.toscrape.com";
pub(crate) const FAULTY: &str = "faulty.test";

pub(crate) async fn practice() -> Server {
    serve(Sites::Practice, "127.0.0.1:0".parse().unwrap())
        .await
        .unwrap()
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
    page: OnceCell<Html>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1);
        let mut fields = lines.filter_map(|line| line.split_once(": "));
        fields
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    fn page(&self) -> &Html {
        self.page.get_or_init(|| Html::parse_document(&self.text()))
    }

    /// The texts of the elements a selector finds, with their white space collapsed.
    pub(crate) fn texts(&self, css: &str) -> Vec<String> {
        let page = self.page();
        let selector = Selector::parse(css).unwrap();
        let found = page
            .select(&selector)
            .map(|element| element.text().collect::<String>());
        found
            .map(|text: String| text.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }

    /// The values of an attribute of the elements a selector finds.
    pub(crate) fn attributes(&self, css: &str, name: &str) -> Vec<String> {
        let page = self.page();
        let selector = Selector::parse(css).unwrap();
        page.select(&selector)
            .filter_map(|element| element.attr(name))
            .map(str::to_owned)
            .collect()
    }

    pub(crate) fn count(&self, css: &str) -> usize {
        self.texts(css).len()
    }

    /// The name and value of the cookie it sets.
    pub(crate) fn cookie(&self) -> &str {
        self.header("set-cookie")
            .unwrap()
            .split(';')
            .next()
            .unwrap()
    }
}

pub(crate) async fn get(addr: SocketAddr, host: &str, target: &str) -> Answer {
    get_with(addr, host, target, "").await
}

/// `headers` are whole lines, each with its line end.
pub(crate) async fn get_with(addr: SocketAddr, host: &str, target: &str, headers: &str) -> Answer {
    send(
        addr,
        &format!("GET {target} HTTP/1.1\r\nhost: {host}\r\n{headers}connection: close\r\n\r\n"),
    )
    .await
}

pub(crate) async fn post(
    addr: SocketAddr,
    host: &str,
    target: &str,
    cookie: &str,
    form: &[(&str, &str)],
) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let length = body.len();
    send(
        addr,
        &format!(
            "POST {target} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\ncontent-length: {length}\r\n\
             content-type: application/x-www-form-urlencoded\r\nconnection: close\r\n\r\n{body}"
        ),
    )
    .await
}

pub(crate) async fn send(addr: SocketAddr, request: &str) -> Answer {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let end = bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("a whole head");
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut answer = Answer {
        status,
        head,
        body: bytes[end + 4..].to_vec(),
        page: OnceCell::new(),
    };
    if answer.header("transfer-encoding") == Some("chunked") {
        answer.body = unchunked(&answer.body);
    }
    answer
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = bytes
            .windows(2)
            .position(|window| window == b"\r\n")
            .expect("a chunk size");
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 2 + size + 2..];
    }
}
