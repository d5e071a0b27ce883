//! Errors: why there is no transport, and what a failed request is called.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use huntsman_core::FetchError;
use thiserror::Error;

use crate::private::PrivateAddress;

/// Why the transport cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The user agent cannot stand in a header field.
    #[error("the user agent {0:?} is not a header value")]
    UserAgent(String),
    /// An entry of `allow_private` names no host.
    #[error("{0:?} in fetch.allow_private is neither a host nor host:port")]
    AllowPrivate(String),
    /// One of the extra roots is no certificate.
    #[error("an extra root is not a certificate: {0}")]
    Root(String),
    /// TLS cannot be set up.
    #[error("cannot set up tls: {0}")]
    Tls(String),
    /// The client cannot be set up.
    #[error("cannot set up the client: {0}")]
    Client(String),
}

/// How long things may take, to be named in errors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    pub(crate) whole: Duration,
    pub(crate) connect: Duration,
}

/// The error of a request whose response did not begin.
pub(crate) fn sending(error: reqwest::Error, host: &str, allowance: Allowance) -> FetchError {
    // A URL may hold a password or a token, and errors end up in logs.
    let error = error.without_url();
    if let Some(private) = cause::<PrivateAddress>(&error) {
        return FetchError::PrivateAddress(private.0.clone());
    }
    if error.is_dns() {
        return FetchError::Dns {
            host: host.to_owned(),
            reason: root(&error),
        };
    }
    if is_elapsed(&error) {
        return FetchError::Timeout(match error.is_connect() {
            true => allowance.connect,
            false => allowance.whole,
        });
    }
    if let Some(tls) = cause::<rustls::Error>(&error) {
        return FetchError::Tls(tls.to_string());
    }
    if error.is_connect() {
        return FetchError::Connect(root(&error));
    }
    if error.is_builder() {
        return FetchError::Other(format!("not a request for HTTP: {}", root(&error)));
    }
    match cause::<hyper::Error>(&error) {
        Some(broken) if broken.is_incomplete_message() || broken.is_canceled() => {
            FetchError::Connect("the connection was closed before a response".to_owned())
        }
        Some(_) if cause::<io::Error>(&error).is_none() => FetchError::Protocol(root(&error)),
        _ => FetchError::Connect(root(&error)),
    }
}

/// The error of a response whose body did not end.
pub(crate) fn receiving(error: &reqwest::Error, allowance: Allowance) -> FetchError {
    if is_elapsed(error) {
        return FetchError::Timeout(allowance.whole);
    }
    FetchError::Body(root(error))
}

/// Whether our own time is over, rather than the system's for a dead connection.
fn is_elapsed(error: &reqwest::Error) -> bool {
    error.is_timeout()
        && cause::<io::Error>(error).is_none_or(|error| error.raw_os_error().is_none())
}

/// The causes of an error, outermost first. An I/O error shows what it wraps not as its source but
/// beside it.
fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| inner(error))
}

fn inner<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(wrapped) => Some(wrapped as &(dyn StdError + 'static)),
        None => error.source(),
    }
}

fn cause<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// What the innermost cause says; those around it only repeat that a request failed.
fn root(error: &(dyn StdError + 'static)) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}
