//! A request on disk: what a plain link lacks takes no room.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use huntsman_core::frontier::Answer;
use huntsman_core::{HostKey, Request, Url};

use crate::bytes::{Reader, misread, put_bytes, put_uint, seal, unseal};
use crate::error::StoreError;
use crate::history;

const PAGE: u8 = 1;
const FOUND_ON: u8 = 2;
const METHOD: u8 = 4;
const HEADERS: u8 = 8;
const BODY: u8 = 16;
const REVISIT: u8 = 32;
const REDIRECTS: u8 = 64;
const LAST: u8 = 128;

/// A request as it stands on disk, without its key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) request: Request,
    pub(crate) tried: u32,
    /// The host's number, which the key of a delayed request lacks.
    pub(crate) host: u32,
    /// What it got in an earlier round.
    pub(crate) last: Option<Answer>,
}

/// The row of a request.
pub(crate) fn encode(
    key: &[u8],
    request: &Request,
    tried: u32,
    host: u32,
    last: Option<&Answer>,
) -> Vec<u8> {
    let mut out = plain(request, tried, host, last);
    seal(key, &mut out);
    out
}

/// The same without a checksum.
pub(crate) fn plain(request: &Request, tried: u32, host: u32, last: Option<&Answer>) -> Vec<u8> {
    let has = [
        (PAGE, &*request.page != "null"),
        (FOUND_ON, request.found_on.is_some()),
        (METHOD, request.method != Method::GET),
        (HEADERS, !request.headers.is_empty()),
        (BODY, !request.body.is_empty()),
        (REVISIT, request.revisit),
        (REDIRECTS, !request.redirects.is_empty()),
        (LAST, last.is_some()),
    ];
    let has = has
        .iter()
        .fold(0, |all, (bit, is)| all | if *is { *bit } else { 0 });
    let url = request.url.as_str();
    let mut out = Vec::with_capacity(url.len() + request.page.len() + 100);
    out.push(has);
    put_uint(&mut out, u64::from(host));
    put_uint(&mut out, u64::from(tried));
    put_uint(&mut out, u64::from(request.priority.cast_unsigned()));
    put_uint(&mut out, u64::from(request.depth));
    put_bytes(&mut out, url.as_bytes());
    if has & PAGE != 0 {
        put_bytes(&mut out, request.page.as_bytes());
    }
    if let Some(found_on) = &request.found_on {
        // Most links lead to their own site: what both URLs begin with is written once.
        let same = shared(url, found_on);
        put_uint(&mut out, same as u64);
        put_bytes(&mut out, &found_on.as_bytes()[same..]);
    }
    if has & METHOD != 0 {
        put_bytes(&mut out, request.method.as_str().as_bytes());
    }
    if has & HEADERS != 0 {
        put_uint(&mut out, request.headers.len() as u64);
        for (name, value) in &request.headers {
            put_bytes(&mut out, name.as_str().as_bytes());
            out.push(u8::from(value.is_sensitive()));
            put_bytes(&mut out, value.as_bytes());
        }
    }
    if has & BODY != 0 {
        put_bytes(&mut out, &request.body);
    }
    if has & REDIRECTS != 0 {
        put_uint(&mut out, request.redirects.len() as u64);
        for url in &request.redirects {
            put_bytes(&mut out, url.as_str().as_bytes());
        }
    }
    last.into_iter()
        .for_each(|last| history::put_answer(&mut out, last));
    out
}

fn shared(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

/// Reads what [`encode`] wrote.
pub(crate) fn decode(table: &str, key: &[u8], row: &[u8]) -> Result<Row, StoreError> {
    read(content(table, key, row)?)
}

/// The row without its checksum, if that is right.
pub(crate) fn content<'a>(table: &str, key: &[u8], row: &'a [u8]) -> Result<&'a [u8], StoreError> {
    Ok(unseal(table, key, row)?.0)
}

/// The URL in a row without its checksum.
pub(crate) fn url_of(content: &[u8]) -> Result<&str, StoreError> {
    let mut reader = Reader(content);
    reader.byte()?;
    for _ in 0..4 {
        reader.uint()?;
    }
    reader.text()
}

/// Whether it is known what the request got in an earlier round.
pub(crate) fn has_last(content: &[u8]) -> bool {
    content.first().is_some_and(|has| has & LAST != 0)
}

/// Reads a row without its checksum.
pub(crate) fn read(content: &[u8]) -> Result<Row, StoreError> {
    let mut reader = Reader(content);
    let has = reader.byte()?;
    let host = reader.narrow()?;
    let tried = reader.narrow()?;
    let priority = reader.narrow::<u32>()?.cast_signed();
    let depth = reader.narrow()?;
    let address = reader.text()?;
    let mut request = Request {
        priority,
        depth,
        revisit: has & REVISIT != 0,
        ..Request::get(url(address)?)
    };
    if has & PAGE != 0 {
        request.page = reader.text()?.into();
    }
    if has & FOUND_ON != 0 {
        request.found_on = Some(found_on(address, &mut reader)?);
    }
    if has & METHOD != 0 {
        let method = Method::from_bytes(reader.bytes()?);
        request.method = method.map_err(|_| misread("a method is none"))?;
    }
    if has & HEADERS != 0 {
        request.headers = headers(&mut reader)?;
    }
    if has & BODY != 0 {
        request.body = Bytes::copy_from_slice(reader.bytes()?);
    }
    if has & REDIRECTS != 0 {
        for _ in 0..reader.uint()? {
            request.redirects.push(url(reader.text()?)?);
        }
    }
    let last = if has & LAST == 0 {
        None
    } else {
        Some(history::answer(&mut reader)?)
    };
    reader.end()?;
    Ok(Row {
        request,
        tried,
        host,
        last,
    })
}

fn url(text: &str) -> Result<Url, StoreError> {
    Url::parse(text).map_err(|_| misread("a URL is none"))
}

fn found_on(address: &str, reader: &mut Reader<'_>) -> Result<Arc<str>, StoreError> {
    let same: usize = reader.narrow()?;
    let begin = address.as_bytes().get(..same);
    let begin = begin.ok_or_else(|| misread("a URL begins like no other"))?;
    let whole = [begin, reader.bytes()?].concat();
    let text = String::from_utf8(whole).map_err(|_| misread("text is not UTF-8"))?;
    Ok(text.into())
}

fn headers(reader: &mut Reader<'_>) -> Result<HeaderMap, StoreError> {
    let mut headers = HeaderMap::new();
    for _ in 0..reader.uint()? {
        let name = HeaderName::from_bytes(reader.bytes()?);
        let name = name.map_err(|_| misread("a header has no name"))?;
        let sensitive = reader.byte()? != 0;
        let value = HeaderValue::from_bytes(reader.bytes()?);
        let mut value = value.map_err(|_| misread("a header has no value"))?;
        value.set_sensitive(sensitive);
        headers.append(name, value);
    }
    Ok(headers)
}

/// The key of the site that a request is for.
pub(crate) fn host_of(request: &Request) -> HostKey {
    HostKey::of(&request.url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(request: &Request) -> Row {
        let row = encode(b"k", request, 3, 9, None);
        decode("queue", b"k", &row).unwrap()
    }

    #[test]
    fn a_plain_link_takes_little_more_than_its_url() {
        let mut request = Request::get(Url::parse("http://a.example/catalogue/1").unwrap());
        request.found_on = Some("http://a.example/catalogue/page-1".into());
        assert!(encode(b"k", &request, 0, 1, None).len() < request.url.as_str().len() + 20);
        assert_eq!(back(&request).request, request);
    }

    #[test]
    fn the_whole_request_comes_back() {
        let mut request = Request::get(Url::parse("http://u:p@a.example/é?y=1#z").unwrap());
        request.method = Method::from_bytes(b"PURGE").unwrap();
        let mut secret = HeaderValue::from_bytes(b"\xff").unwrap();
        secret.set_sensitive(true);
        request.headers.append("x-a", secret);
        request.headers.append("x-a", HeaderValue::from_static("2"));
        request.body = Bytes::from_static(b"\0body");
        request.page = "{\"Book\":{\"n\":1}}".into();
        request.priority = i32::MIN;
        request.depth = u16::MAX;
        request.revisit = true;
        // Two bytes of one character, of which the first is the same: cut where no text can be.
        request.found_on = Some("http://u:p@a.example/%C3ê".into());
        request.redirects = vec![Url::parse("http://a.example/before").unwrap()];
        let row = back(&request);
        assert_eq!((&row.request, row.tried, row.host), (&request, 3, 9));
        assert!(row.request.headers["x-a"].is_sensitive());
    }
}
