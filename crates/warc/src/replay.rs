//! A transport that answers from an archive.

use std::collections::HashMap;
use std::io::{self, BufReader};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use http::Version;
use huntsman_core::{
    Bytes, Fetch, FetchError, Fingerprint, HeaderMap, RawResponse, Request, StatusCode, header,
};

use crate::chunked::Chunked;
use crate::decode;
use crate::error::WarcError;
use crate::exchange::version;
use crate::header::Header;
use crate::index::{Entry, Facts, Index};
use crate::message::{Head, target};
use crate::name;
use crate::reader::Reader;

/// A transport that answers from WARC files alone: those of a [`crate::Recorder`], or of others.
///
/// A request is found by method, canonical URL and body. One that was answered several times by one
/// run gets those answers in turn, then the last again; errors that were asked for again, and
/// what earlier runs got, are passed over. A request without an answer fails with
/// [`FetchError::NotRecorded`], but a robots.txt that nobody recorded is a 404: what it might forbid
/// is not asked of the site. A `Crawl-delay` in one that was is left out, since nobody has to wait.
#[derive(Debug)]
pub struct Replay {
    index: Arc<Index>,
    max_body: u64,
    /// How often a request was answered that has several answers.
    turns: Mutex<HashMap<Fingerprint, usize>>,
}

impl Replay {
    /// Reads through the archive: a WARC file with those that follow it, or a folder of them, or that of
    /// a job. Bodies have at most `max_body` bytes once they are decoded. Needs 48 bytes of memory
    /// a response.
    ///
    /// # Errors
    /// There is none, or a file in it is no WARC. Damaged records are passed over; see [`Facts`].
    pub fn open(place: &Path, max_body: u64) -> Result<Self, WarcError> {
        let files = name::files(place)?;
        Ok(Self {
            index: Arc::new(Index::of(files)?),
            max_body,
            turns: Mutex::default(),
        })
    }

    /// What the archive holds.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.index.facts
    }

    fn entry(&self, request: &Request) -> Option<Entry> {
        let of = Fingerprint::of(&request.method, &target(&request.url), &request.body);
        let answers = self.index.range(of);
        if answers.len() < 2 {
            return answers.first().copied();
        }
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = turns.entry(of).or_default();
        let answer = answers[(*turn).min(answers.len() - 1)];
        *turn += 1;
        Some(answer)
    }
}

#[async_trait]
impl Fetch for Replay {
    async fn fetch(&self, request: Request) -> Result<RawResponse, FetchError> {
        let is_robots = request.url.path() == "/robots.txt" && request.url.query().is_none();
        let Some(entry) = self.entry(&request) else {
            if !is_robots {
                return Err(FetchError::NotRecorded);
            }
            let mut none = RawResponse::ok(request.url, "");
            none.status = StatusCode::NOT_FOUND;
            return Ok(none);
        };
        let (index, max) = (Arc::clone(&self.index), self.max_body);
        let read = tokio::task::spawn_blocking(move || read(&index, entry, max)).await;
        let read = read.map_err(|error| FetchError::Other(error.to_string()))?;
        let (version, status, headers, body) = read?;
        Ok(RawResponse {
            version,
            status,
            headers,
            body: if is_robots { patient(&body) } else { body },
            ..RawResponse::ok(request.url, "")
        })
    }
}

type Answer = (Version, StatusCode, HeaderMap, Bytes);

fn read(index: &Index, entry: Entry, max: u64) -> Result<Answer, FetchError> {
    let path = &index.files[entry.file as usize];
    let failed =
        |why: &dyn std::fmt::Display| FetchError::Other(format!("{}: {why}", path.display()));
    let mut reader = Reader::open(path).map_err(|error| failed(&error))?;
    let answer = reader.at(entry.place, |header, block| Ok(answer(header, block, max)));
    answer.map_err(|error: io::Error| failed(&error))?
}

/// The response in a record, decoded.
fn answer(header: &Header, block: &mut dyn io::BufRead, max: u64) -> Result<Answer, FetchError> {
    let broken = |error: io::Error| FetchError::Protocol(error.to_string());
    let head = Head::read(block).map_err(broken)?;
    let status = head.status().map_err(broken)?;
    if let Some(reason) = header.get("WARC-Truncated") {
        return Err(FetchError::Body(format!(
            "recorded in part only ({reason})"
        )));
    }
    let mut headers = head.headers;
    let encodings = decode::encodings(&headers);
    let is_chunked = headers
        .get_all(header::TRANSFER_ENCODING)
        .iter()
        .any(|value| value.as_bytes().to_ascii_lowercase().ends_with(b"chunked"));
    let block: Box<dyn io::BufRead + '_> = if is_chunked {
        Box::new(BufReader::new(Chunked::new(block)))
    } else {
        Box::new(block)
    };
    // There is none to undo in an answer to HEAD, or in a 304.
    let body = decode::read_any(block, &encodings, max)?;
    if !body.is_empty() && !encodings.is_empty() {
        headers.remove(header::CONTENT_ENCODING);
        headers.remove(header::CONTENT_LENGTH);
    }
    let version = version(header.get("WARC-Protocol"));
    Ok((version, status, headers, body))
}

/// robots.txt without what only makes wait.
fn patient(body: &[u8]) -> Bytes {
    let makes_wait = |line: &&[u8]| {
        let line = line.trim_ascii_start();
        let word = line.get(..11).unwrap_or_default();
        word.eq_ignore_ascii_case(b"crawl-delay")
    };
    let lines = body.split_inclusive(|byte| *byte == b'\n');
    let kept: Vec<&[u8]> = lines.filter(|line| !makes_wait(line)).collect();
    kept.concat().into()
}
