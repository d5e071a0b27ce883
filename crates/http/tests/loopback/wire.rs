//! A server of raw bytes: each connection has a thread, each request an answer.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use huntsman_core::{Fetch, FetchError, RawResponse, Request, Url};
use huntsman_http::{Http, HttpSettings};

/// What was asked, and by how many connections.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) requests: Vec<String>,
    pub(crate) connections: usize,
}

pub(crate) struct Wire {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

/// Whether the connection stays open after an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Then {
    Stay,
    Close,
}

impl Wire {
    /// Calls `answer` for each request, with its head and body as text.
    pub(crate) fn new(
        answer: impl Fn(&str, &mut TcpStream) -> Then + Send + Sync + 'static,
    ) -> Self {
        Self::on("127.0.0.1:0", answer)
    }

    pub(crate) fn on(
        address: &str,
        answer: impl Fn(&str, &mut TcpStream) -> Then + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (shared, answer) = (Arc::clone(&seen), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, seen) = (stream.unwrap(), Arc::clone(&shared));
                let answer = Arc::clone(&answer);
                seen.lock().unwrap().connections += 1;
                std::thread::spawn(move || {
                    while let Some(request) = read_request(&mut stream) {
                        seen.lock().unwrap().requests.push(request.clone());
                        if answer(&request, &mut stream) == Then::Close {
                            break;
                        }
                    }
                    let _closed = stream.shutdown(Shutdown::Both);
                });
            }
        });
        Self { address, seen }
    }

    /// Answers every request with these bytes, then closes.
    pub(crate) fn saying(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::new(move |_, stream| {
            let _sent = stream.write_all(&bytes);
            Then::Close
        })
    }

    /// Answers every request with these bytes, and keeps the connection.
    pub(crate) fn keeping(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::new(move |_, stream| match stream.write_all(&bytes) {
            Ok(()) => Then::Stay,
            Err(_) => Then::Close,
        })
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }
}

fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let length = field(&head, "content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8_lossy(&body))
}

/// The value of a header field in the text of a request.
pub(crate) fn field<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request.lines().skip(1).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Waits up to `time` for the peer to close; whether it did.
pub(crate) fn wait(stream: &mut TcpStream, time: Duration) -> bool {
    stream.set_read_timeout(Some(time)).unwrap();
    matches!(stream.read(&mut [0]), Ok(0))
}

/// A response with a length that is true.
pub(crate) fn response(fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\n{fields}content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// A response whose end is that of the connection.
pub(crate) fn endless(fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\n{fields}connection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

pub(crate) fn http() -> Http {
    Http::new(HttpSettings::default()).unwrap()
}

/// As if the URL had been found on a page.
pub(crate) fn found(url: Url) -> Request {
    let mut request = Request::get(url);
    request.found_on = Some("http://example.com/".into());
    request
}

/// Fetches the root of `wire` as a seed, with default settings.
pub(crate) async fn get(wire: &Wire) -> Result<RawResponse, FetchError> {
    http().fetch(Request::get(wire.url("/"))).await
}
