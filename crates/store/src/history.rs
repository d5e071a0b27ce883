//! What became of each leased request: a row for each settlement, in their order.
//!
//! A page is settled before what was found on it, or in the same commit, its row first. So the chain of pages by which a
//! request was found stands in the rows before its own, its seed first.

use std::borrow::Cow;

use http::{HeaderValue, StatusCode};
use huntsman_core::fingerprint::FingerprintSet;
use huntsman_core::frontier::{Account, Answer, Digest, Outcome};
use huntsman_core::{Fingerprint, Method, Refusal, Timestamp, Url};

use crate::bytes::{Reader, misread, put_bytes, put_uint, seal, unseal};
use crate::error::StoreError;
use crate::request::{self, Row};

/// An item's digest: the first half of a SHA-256.
pub(crate) type ItemDigest = [u8; 16];

/// The end of a lease, for its row.
pub(crate) struct Ended<'a> {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) round: u64,
    pub(crate) at: Timestamp,
    /// The request as [`request::encode`] writes it, without its checksum.
    pub(crate) request: &'a [u8],
    pub(crate) account: &'a Account,
    /// Its records: the number of the first, and their digests.
    pub(crate) first: u64,
    pub(crate) items: &'a [ItemDigest],
}

/// A row of the history.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) round: u64,
    pub(crate) at: Timestamp,
    pub(crate) row: Row,
    pub(crate) outcome: Outcome,
    pub(crate) first: u64,
    pub(crate) items: Vec<ItemDigest>,
    pub(crate) refused: Vec<RefusedLink>,
}

/// A link that a rule was against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefusedLink {
    pub(crate) url: String,
    pub(crate) rule: String,
    pub(crate) reason: String,
}

/// Refusals of this run that are remembered: what pages link to, they link to often.
const REMEMBERED: usize = 1 << 16;

/// Refusals that were written.
#[derive(Debug, Default)]
pub(crate) struct Refusals(FingerprintSet);

impl Refusals {
    /// Leaves out what this run has written already.
    pub(crate) fn only_new(&mut self, refused: &mut Vec<(Url, Refusal)>) {
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        refused.retain(|(url, refusal)| {
            let rule = refusal.rule.as_bytes();
            self.0.insert(Fingerprint::of(&Method::GET, url, rule))
        });
    }
}

const PARSED: u8 = 1;
const UNCHANGED: u8 = 2;
const NOT_PARSED: u8 = 3;
const LOST: u8 = 4;
const REDIRECTED: u8 = 5;
const REFUSED: u8 = 6;
const FAILED: u8 = 7;
const RETRIED: u8 = 8;

/// The row under this number.
pub(crate) fn encode(number: u64, ended: &Ended<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(ended.request.len() + 128);
    out.extend_from_slice(&ended.fingerprint.0.to_be_bytes());
    put_uint(&mut out, ended.round);
    put_uint(&mut out, ended.at.0);
    put_bytes(&mut out, ended.request);
    put_outcome(&mut out, &ended.account.outcome);
    put_uint(&mut out, ended.items.len() as u64);
    if !ended.items.is_empty() {
        put_uint(&mut out, ended.first);
        ended
            .items
            .iter()
            .for_each(|digest| out.extend_from_slice(digest));
    }
    put_uint(&mut out, ended.account.refused.len() as u64);
    for (url, refusal) in &ended.account.refused {
        put_bytes(&mut out, url.as_str().as_bytes());
        put_bytes(&mut out, refusal.rule.as_bytes());
        put_bytes(&mut out, refusal.reason.as_bytes());
    }
    seal(&number.to_le_bytes(), &mut out);
    out
}

fn put_outcome(out: &mut Vec<u8>, outcome: &Outcome) {
    let mut texts = |tag: u8, texts: &[&str]| {
        out.push(tag);
        texts
            .iter()
            .for_each(|text| put_bytes(out, text.as_bytes()));
    };
    match outcome {
        Outcome::Redirected { to } => texts(REDIRECTED, &[to.as_str()]),
        Outcome::Refused { rule, reason } => texts(REFUSED, &[rule, reason]),
        Outcome::Failed { reason } => texts(FAILED, &[reason]),
        Outcome::Retried { reason } => texts(RETRIED, &[reason]),
        Outcome::NotParsed { answer, reason } => {
            texts(answer.as_ref().map_or(LOST, |_| NOT_PARSED), &[reason]);
            answer.iter().for_each(|answer| put_answer(out, answer));
        }
        Outcome::Parsed(answer) => {
            out.push(PARSED);
            put_answer(out, answer);
        }
        Outcome::Unchanged(answer) => {
            out.push(UNCHANGED);
            put_answer(out, answer);
        }
    }
}

/// Appends a remembered response.
pub(crate) fn put_answer(out: &mut Vec<u8>, answer: &Answer) {
    put_uint(out, u64::from(answer.status.as_u16()));
    put_uint(out, answer.length);
    out.extend_from_slice(&answer.digest.0);
    for validator in [&answer.etag, &answer.last_modified] {
        // Neither can be empty and of any use.
        put_bytes(out, validator.as_ref().map_or(b"", HeaderValue::as_bytes));
    }
}

/// Reads what [`put_answer`] wrote.
pub(crate) fn answer(reader: &mut Reader<'_>) -> Result<Answer, StoreError> {
    let status = StatusCode::from_u16(reader.narrow()?);
    let (length, digest) = (reader.uint()?, Digest(reader.array()?));
    let mut validator = || match reader.bytes()? {
        [] => Ok(None),
        bytes => HeaderValue::from_bytes(bytes)
            .map(Some)
            .map_err(|_| misread("a validator is none")),
    };
    Ok(Answer {
        status: status.map_err(|_| misread("a status is none"))?,
        length,
        digest,
        etag: validator()?,
        last_modified: validator()?,
    })
}

/// The beginning of a row, read without all that follows.
#[derive(Debug)]
pub(crate) struct Head<'a> {
    pub(crate) fingerprint: Fingerprint,
    round: u64,
    pub(crate) at: Timestamp,
    request: &'a [u8],
    rest: Reader<'a>,
}

impl<'a> Head<'a> {
    pub(crate) fn read(number: u64, row: &'a [u8]) -> Result<Self, StoreError> {
        let mut reader = unseal("history", &number.to_le_bytes(), row)?;
        Ok(Self {
            fingerprint: Fingerprint(u128::from_be_bytes(reader.array()?)),
            round: reader.uint()?,
            at: Timestamp(reader.uint()?),
            request: reader.bytes()?,
            rest: reader,
        })
    }

    /// The URL of the request.
    pub(crate) fn url(&self) -> Result<&'a str, StoreError> {
        request::url_of(self.request)
    }

    /// All of the row.
    pub(crate) fn entry(self) -> Result<Entry, StoreError> {
        let mut reader = self.rest;
        let outcome = outcome(&mut reader)?;
        let mut items = Vec::new();
        let (count, mut first) = (reader.uint()?, 0);
        if count > 0 {
            first = reader.uint()?;
            for _ in 0..count {
                items.push(reader.array()?);
            }
        }
        let refused = refused(&mut reader)?;
        reader.end()?;
        Ok(Entry {
            fingerprint: self.fingerprint,
            round: self.round,
            at: self.at,
            row: request::read(self.request)?,
            outcome,
            first,
            items,
            refused,
        })
    }

    /// The links that rules were against.
    pub(crate) fn refused(&self) -> Result<Vec<RefusedLink>, StoreError> {
        let mut reader = self.rest;
        outcome(&mut reader)?;
        let count: usize = reader.narrow()?;
        if count > 0 {
            reader.uint()?;
            reader.take(count.saturating_mul(size_of::<ItemDigest>()))?;
        }
        refused(&mut reader)
    }
}

fn refused(reader: &mut Reader<'_>) -> Result<Vec<RefusedLink>, StoreError> {
    let mut refused = Vec::new();
    for _ in 0..reader.uint()? {
        refused.push(RefusedLink {
            url: reader.text()?.to_owned(),
            rule: reader.text()?.to_owned(),
            reason: reader.text()?.to_owned(),
        });
    }
    Ok(refused)
}

fn outcome(reader: &mut Reader<'_>) -> Result<Outcome, StoreError> {
    let tag = reader.byte()?;
    let mut text = || reader.text().map(str::to_owned);
    Ok(match tag {
        PARSED => Outcome::Parsed(answer(reader)?),
        UNCHANGED => Outcome::Unchanged(answer(reader)?),
        NOT_PARSED => {
            let reason = text()?;
            let answer = Some(answer(reader)?);
            Outcome::NotParsed { answer, reason }
        }
        LOST => Outcome::NotParsed {
            reason: text()?,
            answer: None,
        },
        REDIRECTED => Outcome::Redirected {
            to: Url::parse(&text()?).map_err(|_| misread("a URL is none"))?,
        },
        REFUSED => Outcome::Refused {
            rule: Cow::Owned(text()?),
            reason: Cow::Owned(text()?),
        },
        FAILED => Outcome::Failed { reason: text()? },
        RETRIED => Outcome::Retried { reason: text()? },
        _ => return Err(misread("an end is none")),
    })
}

#[cfg(test)]
mod tests {
    use huntsman_core::{RawResponse, Request};

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn answer() -> Answer {
        let mut raw = RawResponse::ok(url("http://a.example/"), "body");
        let etag = HeaderValue::from_bytes(b"\"\xff\"").unwrap();
        raw.headers.insert("etag", etag);
        Answer::of(&raw)
    }

    #[test]
    fn every_outcome_comes_back_and_its_refused_links() {
        let reason = || "why".to_owned();
        let outcomes = [
            Outcome::Parsed(answer()),
            Outcome::Unchanged(answer()),
            Outcome::NotParsed {
                answer: Some(answer()),
                reason: reason(),
            },
            Outcome::NotParsed {
                answer: None,
                reason: reason(),
            },
            Outcome::Redirected {
                to: url("http://b.example/"),
            },
            Outcome::from(Refusal::new("robots", "disallowed")),
            Outcome::Failed { reason: reason() },
            Outcome::Retried { reason: reason() },
        ];
        let request = Request::get(url("http://a.example/x"));
        let sealed = request::encode(b"k", &request, 2, 7, None);
        for outcome in outcomes {
            let refusal = Refusal::new("scope", "not ours");
            let account = Account {
                outcome: outcome.clone(),
                refused: vec![(url("http://c.example/"), refusal)],
            };
            let ended = Ended {
                fingerprint: request.fingerprint(),
                round: 3,
                at: Timestamp(99),
                request: request::content("queue", b"k", &sealed).unwrap(),
                account: &account,
                first: 12,
                items: &[[1; 16], [2; 16]],
            };
            let row = encode(5, &ended);
            assert!(Head::read(6, &row).is_err(), "of another number");
            let head = Head::read(5, &row).unwrap();
            assert_eq!(head.url().unwrap(), "http://a.example/x");
            let refused = head.refused().unwrap();
            assert_eq!(refused[0].url, "http://c.example/");
            let entry = head.entry().unwrap();
            assert_eq!((entry.outcome, entry.refused), (outcome, refused));
            assert_eq!((entry.round, entry.at), (3, Timestamp(99)));
            assert_eq!((entry.row.tried, &entry.row.request), (2, &request));
            assert_eq!((entry.first, entry.items.len()), (12, 2));
        }
    }

    #[test]
    fn the_same_refusal_is_written_once() {
        let mut refusals = Refusals::default();
        let link = |rule| (url("http://c.example/"), Refusal::new(rule, ""));
        let mut first = vec![link("scope"), link("scope"), link("depth")];
        refusals.only_new(&mut first);
        assert_eq!(first.len(), 2);
        let mut second = vec![link("depth")];
        refusals.only_new(&mut second);
        assert!(second.is_empty());
    }
}
