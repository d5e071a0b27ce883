//! A request and its response, as two records.

use http::Version;
use huntsman_core::{HeaderMap, RawResponse, Request, Timestamp, header};

use crate::digest::digest;
use crate::message::{request_head, response_head, target};
use crate::record::{Ids, Record, date};

/// A request and the response to it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// What was asked for.
    pub request: Request,
    /// Header fields that the client sent where the request brings none of the same name.
    pub sent: HeaderMap,
    /// What came: the body may be compressed, if `Content-Encoding` says so.
    pub response: RawResponse,
    /// When the request was sent.
    pub at: Timestamp,
}

impl Exchange {
    /// Both records, each naming the other.
    pub(crate) fn records(&self, ids: &Ids, gzip: bool) -> Vec<u8> {
        let (asked, answered) = (ids.next(), ids.next());
        let date = date(self.at);
        let uri = target(&self.request.url).to_string();
        let mut out = Vec::with_capacity(1024 + self.response.body.len() / 4);
        let head = request_head(&self.request, &self.sent);
        Record {
            kind: "request",
            id: &asked,
            date: &date,
            fields: vec![
                ("WARC-Target-URI", uri.clone()),
                ("WARC-Concurrent-To", answered.clone()),
            ],
            content_type: "application/http;msgtype=request",
            block: &[&head, &self.request.body],
            is_dense: false,
        }
        .write(gzip, &mut out);
        let (head, body) = (response_head(&self.response), &self.response.body[..]);
        let mut fields = vec![
            ("WARC-Target-URI", uri),
            ("WARC-Concurrent-To", asked),
            ("WARC-Payload-Digest", digest(&[body])),
        ];
        // The block can only speak HTTP/1.1; what it really was stands here, as other archives have it.
        if let Some(protocol) = protocol(self.response.version) {
            fields.push(("WARC-Protocol", protocol.to_owned()));
        }
        Record {
            kind: "response",
            id: &answered,
            date: &date,
            fields,
            content_type: "application/http;msgtype=response",
            block: &[&head, body],
            is_dense: self.response.headers.contains_key(header::CONTENT_ENCODING),
        }
        .write(gzip, &mut out);
        out
    }
}

/// The protocols by their names in ALPN, with which IIPC's proposal for the field goes.
const PROTOCOLS: [(Version, &str); 5] = [
    (Version::HTTP_09, "http/0.9"),
    (Version::HTTP_10, "http/1.0"),
    (Version::HTTP_11, "http/1.1"),
    (Version::HTTP_2, "h2"),
    (Version::HTTP_3, "h3"),
];

fn protocol(version: Version) -> Option<&'static str> {
    let known = PROTOCOLS.iter().find(|(known, _)| *known == version);
    known.map(|(_, name)| *name)
}

/// The version that a field `WARC-Protocol` names; HTTP/1.1 without one.
pub(crate) fn version(protocol: Option<&str>) -> Version {
    let known = PROTOCOLS.iter().find(|(_, name)| protocol == Some(name));
    known.map_or(Version::HTTP_11, |(version, _)| *version)
}
