//! `/retry-after/…`: a page that is busy for the first N requests and says when to come again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, Uri, header};
use serde::Deserialize;

use super::bad_number;
use crate::page::notice;

/// Addresses remembered; at one more, all are forgotten and begin anew.
const MOST_ADDRESSES: usize = 1_024;
/// The longest wait that can be asked for: a day.
const LONGEST: u64 = 86_400;

/// How often each address was refused. The query is part of the address, so that each test can
/// have a count of its own.
type Refused = Arc<Mutex<HashMap<String, u32>>>;

#[derive(Debug, Deserialize)]
struct Options {
    wait: Option<String>,
    status: Option<String>,
}

pub(super) fn router() -> Router {
    Router::new()
        .route("/retry-after/seconds/{times}", get(seconds))
        .route("/retry-after/date/{times}", get(date))
        .with_state(Refused::default())
}

async fn seconds(
    uri: Uri,
    times: Path<String>,
    options: Query<Options>,
    refused: State<Refused>,
) -> Response {
    busy(&uri, &times, &options, &refused, |wait| wait.to_string())
}

async fn date(
    uri: Uri,
    times: Path<String>,
    options: Query<Options>,
    refused: State<Refused>,
) -> Response {
    busy(&uri, &times, &options, &refused, |wait| {
        // A date has whole seconds: rounded up, no client comes too early.
        httpdate::fmt_http_date(now() + Duration::from_secs(wait) + Duration::from_millis(999))
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the date form of Retry-After is the date of the wall clock"
)]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Refuses the first `times` requests with `?status=` 503 (or 429) and a `Retry-After` (RFC 9110
/// §10.2.3) of `?wait=` seconds, 1 where none is chosen; then it is a page.
fn busy(
    uri: &Uri,
    times: &str,
    options: &Options,
    refused: &Refused,
    form: impl Fn(u64) -> String,
) -> Response {
    let Ok(times) = times.parse::<u32>() else {
        return bad_number("The number of refusals must be a number.");
    };
    let wait = options.wait.as_deref().map_or(Ok(1), str::parse);
    let Some(wait) = wait.ok().filter(|wait| *wait <= LONGEST) else {
        return bad_number("The wait must be a number of seconds, a day at most.");
    };
    let status = match options.status.as_deref() {
        None | Some("503") => StatusCode::SERVICE_UNAVAILABLE,
        Some("429") => StatusCode::TOO_MANY_REQUESTS,
        Some(_) => return bad_number("The status must be 503 or 429."),
    };
    if !refuse(refused, &uri.to_string(), times) {
        return notice(
            StatusCode::OK,
            "Recovered",
            "The page is at your service again.",
        );
    }
    let busy = notice(status, "Busy", "Come again when the header says so.");
    ([(header::RETRY_AFTER, form(wait))], busy).into_response()
}

fn refuse(refused: &Refused, address: &str, times: u32) -> bool {
    let mut refused = refused.lock().unwrap_or_else(PoisonError::into_inner);
    if refused.len() >= MOST_ADDRESSES && !refused.contains_key(address) {
        refused.clear();
    }
    let count = refused.entry(address.to_owned()).or_default();
    let refuse = *count < times;
    *count += u32::from(refuse);
    refuse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_recovers_by_itself_and_the_table_is_bounded() {
        let refused = Refused::default();
        let turns = |address: &str| [(); 3].map(|()| refuse(&refused, address, 2));
        assert_eq!(turns("/a"), [true, true, false]);
        assert_eq!(turns("/b"), [true, true, false]);
        for n in 0..2 * MOST_ADDRESSES {
            refuse(&refused, &n.to_string(), 1);
        }
        assert!(refused.lock().unwrap().len() <= MOST_ADDRESSES);
    }
}
