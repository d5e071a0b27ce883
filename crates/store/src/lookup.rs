//! Reading the history and the queue for one request.

use http::HeaderValue;
use huntsman_core::frontier::{LeaseId, Outcome};
use huntsman_core::{HostKey, Timestamp, Url, canonical::canonical};
use redb::{ReadOnlyTable, ReadTransaction, ReadableTable as _};

use crate::about::{Identity, State};
use crate::error::StoreError;
use crate::history::{Entry, Head};
use crate::host::Host;
use crate::hosts;
use crate::index::{Index, Leased};
use crate::moved;
use crate::request::{self, Row};
use crate::tables;
use crate::why::{Attempt, Link, Question, QueuedAs, RefusedOn, Standing, Why};

/// Refusals of a URL that are named: the latest ones.
const MOST_REFUSALS: usize = 20;

type History = ReadOnlyTable<u64, &'static [u8]>;

/// What a search of the history found.
#[derive(Default)]
struct Found {
    /// The latest first.
    entries: Vec<(u64, Entry)>,
    refused: Vec<(u64, RefusedOn)>,
}

/// A request that is leased.
pub(crate) struct UnderWay {
    since: Timestamp,
    /// Its own row, that of the page that led to it if that is leased too, and so on: what a page
    /// leads to may be leased before either is in a table.
    rows: Vec<Row>,
}

impl Index {
    /// The request that is asked for, if it is leased.
    pub(crate) fn under_way(&self, question: &Question) -> Result<Option<UnderWay>, StoreError> {
        let asked = |one: &(&LeaseId, &Leased)| question.is(one.1.fingerprint, &one.1.url);
        let mut next = self.leased.iter().filter(asked).min_by_key(|one| one.0);
        let Some((_, &Leased { since, .. })) = next else {
            return Ok(None);
        };
        let mut rows = Vec::new();
        while let Some((id, leased)) = next {
            let key = leased.place.key();
            let row = request::decode("queue", &key, &leased.row)?;
            // What is in a table, is so together with the page that led to it.
            let on = row.request.found_on.as_deref();
            let on = on.filter(|_| self.announced.row(&key).is_some());
            // A later lease of the same page did not lead to it.
            let earlier = self.leased.iter().filter(|(other, _)| *other < id);
            next = earlier
                .filter(|(_, other)| on == Some(&*other.url))
                .max_by_key(|one| one.0);
            rows.push(row);
        }
        Ok(Some(UnderWay { since, rows }))
    }
}

/// Reads what is known of a request; `leased` is what is known of it while it is.
pub(crate) fn answer(
    transaction: &ReadTransaction,
    identity: &Identity,
    state: &State,
    leased: Option<&UnderWay>,
    question: &Question,
) -> Result<Why, StoreError> {
    let history = transaction.open_table(tables::HISTORY)?;
    let found = search(&history, question)?;
    let ended = found.entries.first().map(|(_, entry)| entry);
    // What ended in this round is not queued.
    let is_over = ended.is_some_and(|entry| {
        entry.round == state.round() && !matches!(entry.outcome, Outcome::Retried { .. })
    });
    let mut queued = None;
    if !is_over {
        let url = ended.map(|entry| entry.row.request.url.to_string());
        queued = waiting(transaction, question, url)?;
    }
    let standing = match (&queued, ended) {
        _ if leased.is_some() => Standing::Leased,
        (Some(_), _) => Standing::Queued,
        (None, Some(entry)) => standing(&entry.outcome),
        (None, None) if !found.refused.is_empty() => Standing::Refused,
        (None, None) => Standing::Unknown,
    };
    let rows = match (leased, &queued) {
        (Some(leased), _) => &*leased.rows,
        (None, Some((row, _))) => std::slice::from_ref(row),
        (None, None) => &[],
    };
    let row = rows.first().or(ended.map(|entry| &entry.row));
    let asked = question.url.clone().unwrap_or_default();
    let url = row.map_or(asked.clone(), |row| row.request.url.to_string());
    let same_as = question.url.clone().filter(|asked| *asked != url);
    let chain = chain_to(&history, state, &found, rows)?;
    Ok(Why {
        spider: identity.spider.clone(),
        version: identity.version.clone(),
        page: row.map(|row| row.request.page.to_string()),
        url,
        same_as,
        standing,
        queued: queued.map(|(_, queued)| queued),
        leased: leased.map(|leased| leased.since),
        attempts: found
            .entries
            .iter()
            .rev()
            .map(|(_, e)| attempt(e))
            .collect(),
        chain,
        refused: found
            .refused
            .into_iter()
            .map(|(_, refused)| refused)
            .collect(),
    })
}

/// The pages to the request, or to the page where it was refused; `rows` are those of it and of pages
/// that led to it which have not ended.
fn chain_to(
    history: &History,
    state: &State,
    found: &Found,
    rows: &[Row],
) -> Result<Vec<Link>, StoreError> {
    let ended = |number, entry: &Entry| {
        let last = link(&entry.row, Some(entry.at));
        chain(history, number, vec![last], &entry.row)
    };
    match (found.entries.last(), rows.last(), found.refused.last()) {
        (Some((number, entry)), ..) => ended(*number, entry),
        (None, Some(first), _) => {
            let links = rows.iter().map(|row| link(row, None)).collect();
            chain(history, state.history + 1, links, first)
        }
        (None, None, Some((number, _))) => ended(*number, &read(history, *number)?),
        (None, None, None) => Ok(Vec::new()),
    }
}

fn read(history: &History, number: u64) -> Result<Entry, StoreError> {
    let row = history.get(number)?;
    let row = row.ok_or_else(|| StoreError::Damaged("a row of `history` is gone".to_owned()))?;
    Head::read(number, row.value())?.entry()
}

/// The rows of a request, and the refused links to it, the latest first.
fn search(history: &History, question: &Question) -> Result<Found, StoreError> {
    let mut found = Found::default();
    let wanted = question.url.as_deref().map(spelled);
    for row in history.iter()?.rev() {
        let (number, row) = row?;
        let number = number.value();
        let head = Head::read(number, row.value())?;
        let url = head.url()?;
        if let Some(wanted) = &wanted
            && found.refused.len() < MOST_REFUSALS
        {
            let links = head.refused()?.into_iter();
            let at = head.at;
            let links = links.filter(|link| link.url == *wanted || spelled(&link.url) == *wanted);
            found.refused.extend(links.map(|link| {
                let (page, rule, reason) = (url.to_owned(), link.rule, link.reason);
                let refused = RefusedOn {
                    page,
                    rule,
                    reason,
                    at,
                };
                (number, refused)
            }));
        }
        if question.is(head.fingerprint, url) {
            found.entries.push((number, head.entry()?));
        }
    }
    Ok(found)
}

/// The canonical spelling.
fn spelled(url: &str) -> String {
    match Url::parse(url) {
        Ok(url) => canonical(&url).into_owned(),
        Err(_) => url.to_owned(),
    }
}

/// The request among those that wait, and where.
fn waiting(
    transaction: &ReadTransaction,
    question: &Question,
    url: Option<String>,
) -> Result<Option<(Row, QueuedAs)>, StoreError> {
    let is_asked = |row: &Row| {
        let request = &row.request;
        question.is(request.fingerprint(), request.url.as_str())
    };
    for row in transaction.open_table(tables::DELAYED)?.iter()? {
        let (key, row) = row?;
        let row = request::decode("delayed", key.value(), row.value())?;
        if is_asked(&row) {
            let (until, _) = tables::of_delayed(key.value());
            let queued = queued(&row, None, until);
            return Ok(Some((row, queued)));
        }
    }
    let url = url.or(question.url.clone());
    let Some(url) = url.and_then(|url| Url::parse(&url).ok()) else {
        return Ok(None);
    };
    let Some((number, host)) = host_of(transaction, &HostKey::of(&url))? else {
        return Ok(None);
    };
    let (mut ahead, mut found) = (0, None);
    moved::each(transaction, tables::of_host(number), |key, row| {
        let row = request::decode("queue", key, row)?;
        if is_asked(&row) {
            let queued = queued(&row, Some(ahead), host.pace.next);
            found = Some((row, queued));
        }
        ahead += 1;
        Ok(found.is_none())
    })?;
    Ok(found)
}

fn queued(row: &Row, ahead: Option<u64>, not_before: Timestamp) -> QueuedAs {
    QueuedAs {
        priority: row.request.priority,
        tried: row.tried,
        ahead,
        not_before,
    }
}

fn host_of(
    transaction: &ReadTransaction,
    key: &HostKey,
) -> Result<Option<(u32, Host)>, StoreError> {
    for host in hosts::all(transaction)? {
        let (number, host) = host?;
        if host.name == key.as_str() {
            return Ok(Some((number, host)));
        }
    }
    Ok(None)
}

/// The pages from the seed to this request, and those behind it, the last one first; it was settled
/// with the row of this number, or is not yet.
fn chain(
    history: &History,
    number: u64,
    mut chain: Vec<Link>,
    row: &Row,
) -> Result<Vec<Link>, StoreError> {
    let mut wanted = row.request.found_on.clone();
    for row in history.range(..number)?.rev() {
        let Some(url) = &wanted else {
            break;
        };
        let (number, row) = row?;
        let head = Head::read(number.value(), row.value())?;
        if head.url()? != &**url {
            continue;
        }
        let entry = head.entry()?;
        chain.push(link(&entry.row, Some(entry.at)));
        wanted = entry.row.request.found_on;
    }
    // The history may not go back as far, if it was left out in an earlier run.
    chain.extend(wanted.map(|url| Link {
        url: url.to_string(),
        redirects: Vec::new(),
        at: None,
    }));
    chain.reverse();
    Ok(chain)
}

fn link(row: &Row, at: Option<Timestamp>) -> Link {
    let redirects = row.request.redirects.iter().map(Url::to_string);
    Link {
        url: row.request.url.to_string(),
        redirects: redirects.collect(),
        at,
    }
}

fn standing(outcome: &Outcome) -> Standing {
    match outcome {
        Outcome::Parsed(_) => Standing::Parsed,
        Outcome::Unchanged(_) => Standing::Unchanged,
        Outcome::NotParsed { .. } => Standing::NotParsed,
        Outcome::Redirected { .. } => Standing::Redirected,
        Outcome::Refused { .. } => Standing::Refused,
        Outcome::Failed { .. } => Standing::Failed,
        Outcome::Retried { .. } => Standing::Queued,
    }
}

fn attempt(entry: &Entry) -> Attempt {
    let (mut reason, mut rule, mut to) = (None, None, None);
    let (end, answer) = match &entry.outcome {
        Outcome::Parsed(answer) => ("parsed", Some(answer)),
        Outcome::Unchanged(answer) => ("unchanged", Some(answer)),
        Outcome::NotParsed {
            answer,
            reason: why,
        } => {
            reason = Some(why.clone());
            ("not_parsed", answer.as_ref())
        }
        Outcome::Redirected { to: other } => {
            to = Some(other.to_string());
            ("redirected", None)
        }
        Outcome::Refused {
            rule: name,
            reason: why,
        } => {
            (rule, reason) = (Some(name.to_string()), Some(why.to_string()));
            ("refused", None)
        }
        Outcome::Failed { reason: why } => {
            reason = Some(why.clone());
            ("failed", None)
        }
        Outcome::Retried { reason: why } => {
            reason = Some(why.clone());
            ("retried", None)
        }
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let records = entry.items.len() as u64;
    Attempt {
        at: entry.at,
        round: entry.round,
        tried: entry.row.tried,
        end: end.to_owned(),
        reason,
        rule,
        to,
        status: answer.map(|answer| answer.status.as_u16()),
        length: answer.map(|answer| answer.length),
        digest: answer.map(|answer| answer.digest.to_string()),
        etag: answer.and_then(|answer| answer.etag.as_ref()).map(text),
        last_modified: answer
            .and_then(|answer| answer.last_modified.as_ref())
            .map(text),
        records,
        first_record: (records > 0).then_some(entry.first),
    }
}
