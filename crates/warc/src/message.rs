//! HTTP messages: the head of one, written and read (RFC 9112).

use std::io::{self, BufRead, Read as _};

use huntsman_core::{
    HeaderMap, HeaderName, HeaderValue, Method, RawResponse, Request, StatusCode, Url, header,
};

/// The longest head that is read.
const LONGEST: u64 = 1 << 20;
/// What stands for the value of a field that an archive must not hold.
pub(crate) const WITHHELD: &[u8] = b"withheld";
/// Whoever has these can act as the crawler does.
const SECRET: [HeaderName; 3] = [
    header::AUTHORIZATION,
    header::PROXY_AUTHORIZATION,
    header::COOKIE,
];
/// The prefix of fields that were changed so that a record is true, as other archives have it.
pub(crate) const ORIGINAL: &str = "x-archive-orig-";

/// The URL as an archive names it: without user, password and fragment.
pub(crate) fn target(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    if !url.username().is_empty() || url.password().is_some() {
        // Neither can fail where there was one.
        let cleared = url.set_username("").and(url.set_password(None));
        debug_assert!(cleared.is_ok(), "a URL with a user can do without");
    }
    url
}

/// The head of a request, with the fields that the client adds.
pub(crate) fn request_head(request: &Request, sent: &HeaderMap) -> Vec<u8> {
    let mut path = request.url.path().to_owned();
    if let Some(query) = request.url.query() {
        path.push('?');
        path.push_str(query);
    }
    let mut head = format!("{} {path} HTTP/1.1\r\n", request.method).into_bytes();
    if !request.headers.contains_key(header::HOST) {
        let host = request.url.host_str().unwrap_or_default();
        let port = request.url.port().map(|port| format!(":{port}"));
        let value = format!("{host}{}", port.unwrap_or_default());
        field(&mut head, "host", value.as_bytes());
    }
    let added = sent.iter();
    let added = added.filter(|(name, _)| !request.headers.contains_key(*name));
    for (name, value) in request.headers.iter().chain(added) {
        let shown = if SECRET.contains(name) {
            WITHHELD
        } else {
            value.as_bytes()
        };
        field(&mut head, name.as_str(), shown);
    }
    if !request.body.is_empty() && !request.headers.contains_key(header::CONTENT_LENGTH) {
        let length = request.body.len().to_string();
        field(&mut head, "content-length", length.as_bytes());
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// The head of a response. Its chunks were undone, and so it does not name them.
pub(crate) fn response_head(response: &RawResponse) -> Vec<u8> {
    let reason = response.status.canonical_reason().unwrap_or_default();
    let code = response.status.as_u16();
    let mut head = format!("HTTP/1.1 {code} {reason}\r\n").into_bytes();
    for (name, value) in &response.headers {
        if *name == header::TRANSFER_ENCODING {
            let name = format!("{ORIGINAL}{name}");
            field(&mut head, &name, value.as_bytes());
        } else {
            field(&mut head, name.as_str(), value.as_bytes());
        }
    }
    head.extend_from_slice(b"\r\n");
    head
}

fn field(head: &mut Vec<u8>, name: &str, value: &[u8]) {
    head.extend_from_slice(name.as_bytes());
    head.extend_from_slice(b": ");
    head.extend_from_slice(value);
    head.extend_from_slice(b"\r\n");
}

/// The head of a message: its first line, and its fields as far as they are readable.
#[derive(Debug)]
pub(crate) struct Head {
    first: String,
    pub(crate) headers: HeaderMap,
}

impl Head {
    /// Reads up to the empty line.
    pub(crate) fn read(input: &mut (impl BufRead + ?Sized)) -> io::Result<Self> {
        let mut input = input.take(LONGEST);
        let mut line = Vec::new();
        input.read_until(b'\n', &mut line)?;
        let first = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
        let mut fields: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        loop {
            line.clear();
            let count = input.read_until(b'\n', &mut line)?;
            if input.limit() == 0 {
                return Err(invalid("the head of the message is longer than 1 MiB"));
            }
            let text = line.trim_ascii_end();
            // A message without a body may end right behind its head.
            if count == 0 || text.is_empty() {
                break;
            }
            if let (b' ' | b'\t', Some((_, value))) = (line[0], fields.last_mut()) {
                value.push(b' ');
                value.extend_from_slice(text.trim_ascii());
            } else if let Some(colon) = text.iter().position(|byte| *byte == b':') {
                let (name, value) = (&text[..colon], &text[colon + 1..]);
                fields.push((name.trim_ascii().to_vec(), value.trim_ascii().to_vec()));
            }
        }
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            // One that no client would hand on is passed over.
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(&name),
                HeaderValue::from_bytes(&value),
            ) && headers.try_append(name, value).is_err()
            {
                return Err(invalid("the message has too many fields"));
            }
        }
        Ok(Self { first, headers })
    }

    /// The status of a response.
    pub(crate) fn status(&self) -> io::Result<StatusCode> {
        let mut words = self.first.split_whitespace();
        let is_http = words.next().is_some_and(|word| word.starts_with("HTTP/"));
        let code = words.next().and_then(|code| code.parse().ok());
        code.filter(|_| is_http)
            .ok_or_else(|| invalid("the block is no response of HTTP"))
    }

    /// The method of a request.
    pub(crate) fn method(&self) -> io::Result<Method> {
        let word = self.first.split_whitespace().next();
        word.and_then(|word| word.parse().ok())
            .ok_or_else(|| invalid("the block is no request of HTTP"))
    }
}

fn invalid(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use huntsman_core::Bytes;

    use super::*;

    #[test]
    fn secrets_are_withheld_and_added_fields_are_there() {
        let mut request = Request::get(Url::parse("http://u:p@a.example:81/x?y=1#z").unwrap());
        for (name, value) in [("cookie", "k=v"), ("authorization", "Basic x"), ("a", "b")] {
            request
                .headers
                .insert(name, HeaderValue::from_static(value));
        }
        request.body = Bytes::from_static(b"q=1");
        let mut sent = HeaderMap::new();
        sent.insert("a", HeaderValue::from_static("not this"));
        sent.insert("accept", HeaderValue::from_static("*/*"));
        let head = String::from_utf8(request_head(&request, &sent)).unwrap();
        assert_eq!(
            head,
            "GET /x?y=1 HTTP/1.1\r\nhost: a.example:81\r\ncookie: withheld\r\n\
             authorization: withheld\r\na: b\r\naccept: */*\r\ncontent-length: 3\r\n\r\n"
        );
        assert_eq!(target(&request.url).as_str(), "http://a.example:81/x?y=1");
    }

    #[test]
    fn heads_of_others_are_read() {
        let text = b"HTTP/2 404\nServer: a\n b\nbad name: x\nSet-Cookie: 1\nset-cookie: 2\n\nbody";
        let mut input = &text[..];
        let head = Head::read(&mut input).unwrap();
        assert_eq!(input, b"body");
        assert_eq!(head.status().unwrap(), 404);
        assert_eq!(head.headers.get("server").unwrap(), "a b");
        assert_eq!(head.headers.get_all("set-cookie").iter().count(), 2);
        assert_eq!(head.headers.len(), 3);
        let head = Head::read(&mut &b"POST /x HTTP/1.1\r\n\r\n"[..]).unwrap();
        assert_eq!(head.method().unwrap(), Method::POST);
        assert!(head.status().is_err());
        assert!(
            Head::read(&mut &b"HTTP/1.1 2x\r\n"[..])
                .unwrap()
                .status()
                .is_err()
        );
    }
}
