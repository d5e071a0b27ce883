//! One request: which server gets it, when it is tried again, and what its answer is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::settings::{Credentials, HttpSettings, Secret};
use super::tls;
use crate::error::{Code, RegistryError, transient};

/// The type of what is sent and asked for. Some servers know plain JSON alone.
const TYPE: &str = "application/vnd.schemaregistry.v1+json";
const ACCEPTED: &str = "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json;q=0.9, application/json;q=0.8";

/// The longest answer that is read: a schema has at most 16 MiB, and a few hundred bytes beside.
const MAX_ANSWER: usize = 64 << 20;

/// So much of a text that is no JSON is told.
const MAX_TOLD: usize = 200;

/// What is asked: the segments of the path, its query, and a body.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) path: &'a [&'a str],
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
}

impl<'a> Ask<'a> {
    pub(super) fn new(method: Method, path: &'a [&'a str]) -> Self {
        Self {
            method,
            path,
            query: Vec::new(),
            body: None,
        }
    }

    /// A word of the query, left out where it says what servers take anyway: older ones refuse what
    /// they do not know.
    pub(super) fn said(mut self, name: &'static str, value: bool) -> Self {
        if value {
            self.query.push((name, "true".to_owned()));
        }
        self
    }

    pub(super) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

/// How a registry says no.
#[derive(Deserialize)]
struct No {
    error_code: u32,
    #[serde(default)]
    message: String,
}

pub(super) struct Exchange {
    client: Client,
    settings: HttpSettings,
    /// The server that answered last.
    next: AtomicUsize,
}

impl Exchange {
    pub(super) fn new(settings: HttpSettings) -> Result<Self, RegistryError> {
        if settings.urls.is_empty() {
            return Err(RegistryError::Setting("no registry is named".to_owned()));
        }
        let client = Client::builder()
            .tls_backend_preconfigured(tls::config(&settings)?)
            .user_agent(concat!("huntsman/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers(&settings)?)
            // A redirect would carry the credentials to somebody else.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.timeout)
            .build()
            .map_err(|error| RegistryError::Setting(format!("the HTTP client: {error}")))?;
        Ok(Self {
            client,
            settings,
            next: AtomicUsize::new(0),
        })
    }

    pub(super) fn settings(&self) -> &HttpSettings {
        &self.settings
    }

    /// Asks each server in turn, and all of them again after a pause.
    pub(super) async fn ask<T: DeserializeOwned>(&self, ask: Ask<'_>) -> Result<T, RegistryError> {
        let servers = self.settings.urls.len();
        let mut wait = self.settings.retry_wait;
        let mut round = 0;
        loop {
            let (mut last, mut may_pass) = (None, false);
            for _ in 0..servers {
                let at = self.next.load(Ordering::Relaxed) % servers;
                match self.once(&self.settings.urls[at], &ask).await {
                    // Another server may have another certificate.
                    Err((error, after)) if error.is_transient() || is_tls(&error) => {
                        self.next.store(at + 1, Ordering::Relaxed);
                        may_pass |= error.is_transient();
                        last = Some((error, after));
                    }
                    done => return done.map_err(|(error, _)| error),
                }
            }
            let Some((error, after)) = last else {
                return Err(RegistryError::Setting("no registry is named".to_owned()));
            };
            if round == self.settings.retries || !may_pass {
                return Err(error);
            }
            round += 1;
            tracing::debug!(%error, round, "the registry is asked again");
            let longest = self.settings.retry_max_wait;
            tokio::time::sleep(after.unwrap_or(wait).min(longest)).await;
            wait = wait.saturating_mul(2).min(longest);
        }
    }

    async fn once<T: DeserializeOwned>(
        &self,
        base: &Url,
        ask: &Ask<'_>,
    ) -> Result<T, (RegistryError, Option<Duration>)> {
        let url = address(base, ask).map_err(|error| (error, None))?;
        let mut request = self.client.request(ask.method.clone(), url.clone());
        if let Credentials::Basic { user, password } = &self.settings.credentials {
            request = request.basic_auth(user, Some(password.text()));
        }
        if let Some(body) = &ask.body {
            request = request.header(CONTENT_TYPE, TYPE).body(body.to_string());
        }
        let place = url.to_string();
        let sent = request.send().await;
        let has_certificate = self.settings.certificate.is_some();
        let mut response = sent.map_err(|error| match tls::refusal(&error, has_certificate) {
            Some(reason) => (
                RegistryError::Tls {
                    url: place.clone(),
                    reason,
                },
                None,
            ),
            None => (network(&place, &error), None),
        })?;
        let status = response.status().as_u16();
        let after = retry_after(&response);
        let answer = body(&mut response, &place).await;
        let answer = answer.map_err(|error| (error, None))?;
        if (200..300).contains(&status) {
            return serde_json::from_slice(&answer).map_err(|error| {
                let said = shown(&answer);
                let reason = format!("{error}: {said}");
                (RegistryError::WrongAnswer { url: place, reason }, None)
            });
        }
        Err((refused(place, status, &answer), after))
    }
}

fn headers(settings: &HttpSettings) -> Result<HeaderMap, RegistryError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
    let mut secret = |name: HeaderName, value: &str| {
        let Ok(mut value) = HeaderValue::from_str(value) else {
            let message = format!("what is to be sent as {name} cannot stand in a header");
            return Err(RegistryError::Setting(message));
        };
        value.set_sensitive(true);
        headers.insert(name, value);
        Ok(())
    };
    match &settings.credentials {
        Credentials::None => {}
        Credentials::Basic { user, .. } => {
            if user.contains(':') {
                let message = "the registry's user may not have a colon in it (RFC 7617)";
                return Err(RegistryError::Setting(message.to_owned()));
            }
        }
        Credentials::Bearer(token) => {
            secret(AUTHORIZATION, &format!("Bearer {}", token.text()))?;
        }
    }
    for (name, value) in &settings.headers {
        let Ok(name) = HeaderName::try_from(name) else {
            let message = format!("{name:?} is no name of a header");
            return Err(RegistryError::Setting(message));
        };
        secret(name, Secret::text(value))?;
    }
    Ok(headers)
}

/// The path's segments are encoded each, so that a subject may hold a slash.
fn address(base: &Url, ask: &Ask<'_>) -> Result<Url, RegistryError> {
    let mut url = base.clone();
    if let Some(dots) = ask
        .path
        .iter()
        .find(|part| matches!(**part, "" | "." | ".."))
    {
        // A URL would lose it.
        let message = format!("{dots:?} cannot be asked for");
        return Err(RegistryError::Setting(message));
    }
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(ask.path);
    }
    if !ask.query.is_empty() {
        url.query_pairs_mut().extend_pairs(&ask.query);
    }
    Ok(url)
}

fn is_tls(error: &RegistryError) -> bool {
    matches!(error, RegistryError::Tls { .. })
}

/// What went wrong, without the URL, which stands before it, down to the cause.
fn network(url: &str, error: &reqwest::Error) -> RegistryError {
    let mut reason = match error.is_timeout() {
        true => "no answer in time".to_owned(),
        false => "no connection".to_owned(),
    };
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        cause = error.source();
        if cause.is_none() {
            reason = format!("{reason}: {error}");
        }
    }
    RegistryError::Network {
        url: url.to_owned(),
        reason,
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get("retry-after")?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

async fn body(response: &mut Response, url: &str) -> Result<Vec<u8>, RegistryError> {
    let mut all = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| network(url, &error))?
    {
        if all.len() + chunk.len() > MAX_ANSWER {
            return Err(RegistryError::WrongAnswer {
                url: url.to_owned(),
                reason: format!("it has more than {MAX_ANSWER} bytes"),
            });
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all)
}

fn refused(url: String, status: u16, answer: &[u8]) -> RegistryError {
    let no = serde_json::from_slice::<No>(answer).ok();
    let message = match &no {
        Some(no) => no.message.clone(),
        None => shown(answer),
    };
    match (status, no) {
        (401, _) => RegistryError::Unauthorized { url, message },
        (403, _) => RegistryError::Forbidden { url, message },
        // The code says less than the status where a proxy has made it up.
        (status, Some(no)) if !transient(status) || no.error_code >= 50_000 => {
            RegistryError::Refused {
                code: Code::of(no.error_code),
                message,
            }
        }
        (status, _) => RegistryError::Status {
            url,
            status,
            message,
        },
    }
}

fn shown(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer);
    let text = text.trim();
    if text.is_empty() {
        return "nothing".to_owned();
    }
    match text.char_indices().nth(MAX_TOLD) {
        Some((end, _)) => format!("{:?} …", &text[..end]),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_one_segment_of_the_path_whatever_is_in_them() {
        let base = Url::parse("http://r/apis/ccompat/v7/").unwrap();
        let ask = Ask::new(Method::GET, &["subjects", "a/b c%?#:é"]).said("deleted", true);
        assert_eq!(
            address(&base, &ask).unwrap().as_str(),
            "http://r/apis/ccompat/v7/subjects/a%2Fb%20c%25%3F%23:%C3%A9?deleted=true"
        );
        assert!(address(&base, &Ask::new(Method::GET, &["subjects", ".."])).is_err());
    }
}
