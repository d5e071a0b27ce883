//! A server that answers as it is told, and keeps what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use huntsman_export::Words;

/// What the server does with a request.
pub(crate) enum Reply {
    /// Answers with a status, further headers and a body.
    Answer(u16, &'static str, String),
    /// Never answers.
    Stall,
    /// Closes the connection.
    Close,
}

/// What a request was.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// With the query.
    pub(crate) target: String,
    /// In lower case, a line each.
    pub(crate) headers: String,
}

/// The server; its thread ends with the process.
pub(crate) struct Fault {
    pub(crate) endpoint: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Fault {
    /// Starts one. `reply` gets each request and how many there were before it.
    pub(crate) fn start(reply: impl Fn(&Request, usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        thread::spawn(move || {
            let mut stalled = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(request) = read(&stream) else {
                    continue;
                };
                let before = {
                    let mut log = log.lock().unwrap();
                    log.push(request.clone());
                    log.len() - 1
                };
                match reply(&request, before) {
                    Reply::Answer(status, headers, body) => {
                        let length = body.len();
                        let answer = format!(
                            "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: \
                             {length}\r\n{headers}\r\n{body}"
                        );
                        // Who no longer listens need not be answered.
                        stream.write_all(answer.as_bytes()).unwrap_or_default();
                    }
                    Reply::Stall => stalled.push(stream),
                    Reply::Close => {}
                }
            }
        });
        Self { endpoint, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// Words that lead here, with few and quick tries.
    pub(crate) fn words(&self) -> Words {
        let words = [
            ("endpoint", self.endpoint.as_str()),
            ("retries", "2"),
            ("timeout", "2s"),
            ("part_size", "5MiB"),
        ];
        Words::new("s3://…", words)
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut headers, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().ok()?;
        }
        headers.push_str(&line);
        headers.push('\n');
    }
    let body = std::io::copy(&mut reader.take(length), &mut std::io::sink()).ok()?;
    (body == length).then_some(Request {
        method,
        target,
        headers,
    })
}
