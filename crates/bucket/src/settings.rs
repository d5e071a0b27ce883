//! How a bucket is reached: words of the feed, and the standard variables of the environment.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytesize::ByteSize;
use http::HeaderValue;
use http::header::IF_NONE_MATCH;
use huntsman_core::ExportError;
use huntsman_export::Words;
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::{BackoffConfig, ClientOptions, HeaderMap, RetryConfig};
use thiserror::Error;
use url::{Host, Url};

use crate::client::Connector;
use crate::error::StoreError;
use crate::store::Remote;

/// The words of the place.
pub(crate) const WORDS: &[&str] = &[
    "endpoint",
    "region",
    "path_style",
    "allow_http",
    "part_size",
    "retries",
    "timeout",
];

/// The standard variables that are read. `object_store` knows others, which would switch off
/// signatures or the check of certificates.
const VARIABLES: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_ENDPOINT_URL_STS",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_PROFILE",
];

/// No part but the last may be smaller, and none larger.
const PARTS: std::ops::RangeInclusive<u64> = 5 << 20..=5 << 30;
const PART: u64 = 8 << 20;
const RETRIES: usize = 5;
const MOST_RETRIES: usize = 20;
const TIMEOUT: Duration = Duration::from_secs(60);
/// Signed requests are refused when they are 15 minutes old.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(600);
/// So long is a request tried again.
const AGAIN_FOR: Duration = Duration::from_secs(180);
const REGION: &str = "us-east-1";

/// Why a bucket cannot be asked for anything.
#[derive(Debug, Error)]
pub(crate) enum SettingsError {
    #[error(transparent)]
    Word(#[from] ExportError),
    #[error("the endpoint {0}")]
    Endpoint(&'static str),
    #[error(
        "there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and \
         AWS_SESSION_TOKEN){0}"
    )]
    NoCredentials(&'static str),
    #[error("{0} is set and {1} is not")]
    HalfCredentials(&'static str, &'static str),
    #[error("it cannot be set up: {0}")]
    Store(#[from] StoreError),
}

/// The standard variables, by name. Their values are never shown.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Variables(BTreeMap<String, String>);

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Variables {
    pub(crate) fn new(all: impl IntoIterator<Item = (String, String)>) -> Self {
        let known = |(name, value): &(String, String)| {
            VARIABLES.contains(&name.as_str()) && !value.is_empty()
        };
        Self(all.into_iter().filter(known).collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether some of them are credentials, or say where to get them.
    fn check_credentials(&self) -> Result<(), SettingsError> {
        let (key, secret) = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
        match (self.get(key), self.get(secret)) {
            (Some(_), Some(_)) => return Ok(()),
            (Some(_), None) => return Err(SettingsError::HalfCredentials(key, secret)),
            (None, Some(_)) => return Err(SettingsError::HalfCredentials(secret, key)),
            (None, None) => {}
        }
        let has = |names: &[&str]| names.iter().all(|name| self.get(name).is_some());
        let elsewhere = has(&["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"])
            || has(&["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"])
            || has(&[
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
            ]);
        if elsewhere {
            return Ok(());
        }
        Err(SettingsError::NoCredentials(
            match self.get("AWS_PROFILE") {
                Some(_) => {
                    "; profiles are not read: `aws configure export-credentials --format env` \
                 prints those of AWS_PROFILE"
                }
                None => "",
            },
        ))
    }
}

/// How a bucket is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    bucket: String,
    /// None for Amazon's own.
    endpoint: Option<Url>,
    region: String,
    path_style: bool,
    /// Bytes of a part.
    pub(crate) part_size: usize,
    retries: usize,
    timeout: Duration,
}

impl Settings {
    pub(crate) fn new(
        bucket: &str,
        words: &Words,
        variables: &Variables,
    ) -> Result<Self, SettingsError> {
        variables.check_credentials()?;
        let first = |names: [&str; 2]| names.into_iter().find_map(|name| variables.get(name));
        let endpoint = words
            .get("endpoint")
            .or_else(|| first(["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]))
            .map(|text| endpoint(text, words.flag("allow_http", false)?))
            .transpose()?;
        let region = words
            .get("region")
            .or_else(|| first(["AWS_REGION", "AWS_DEFAULT_REGION"]))
            .unwrap_or(REGION);
        let named = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        if region.is_empty() || !region.chars().all(named) {
            return Err(words.refused("region", "it is no name of a region").into());
        }
        // A certificate for `*.s3.…` is not one for a name with a further dot.
        let path_style = words.flag("path_style", endpoint.is_some() || bucket.contains('.'))?;
        let is_name = |url: &Url| matches!(url.host(), Some(Host::Domain(_)));
        if !path_style && !endpoint.as_ref().is_none_or(is_name) {
            let reason = "an endpoint with an address instead of a name needs the path";
            return Err(words.refused("path_style", reason).into());
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            endpoint,
            region: region.to_owned(),
            path_style,
            part_size: part_size(words)?,
            retries: retries(words)?,
            timeout: timeout(words)?,
        })
    }

    /// The bucket; nothing is asked yet.
    pub(crate) fn connect(&self, variables: &Variables) -> Result<Remote<AmazonS3>, SettingsError> {
        let mut condition = HeaderMap::new();
        condition.insert(IF_NONE_MATCH, HeaderValue::from_static("*"));
        let plain = self.store(variables, ClientOptions::new())?;
        let if_none = ClientOptions::new().with_default_headers(condition);
        let if_none = self.store(variables, if_none)?;
        let plain = Arc::new(plain);
        let pages = Arc::clone(&plain);
        Ok(Remote::new(plain, Arc::new(if_none), pages))
    }

    fn store(
        &self,
        variables: &Variables,
        options: ClientOptions,
    ) -> Result<AmazonS3, SettingsError> {
        let plain = self
            .endpoint
            .as_ref()
            .is_some_and(|url| url.scheme() == "http");
        let mut builder =
            AmazonS3Builder::new().with_client_options(options.with_allow_http(plain));
        for (name, value) in &variables.0 {
            let set_below = name.contains("REGION") || name.starts_with("AWS_ENDPOINT_URL");
            if set_below && name != "AWS_ENDPOINT_URL_STS" {
                continue;
            }
            // A profile is no key of it.
            if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
                builder = builder.with_config(key, value);
            }
        }
        if let Some(endpoint) = self.bucket_endpoint() {
            builder = builder.with_endpoint(endpoint);
        }
        let store = builder
            .with_bucket_name(&self.bucket)
            // Not every store knows how to delete many at once, and one is enough.
            .with_disable_bulk_delete(true)
            .with_region(&self.region)
            .with_virtual_hosted_style_request(!self.path_style)
            .with_retry(RetryConfig {
                backoff: BackoffConfig::default(),
                max_retries: self.retries,
                retry_timeout: AGAIN_FOR,
            })
            .with_http_connector(Connector {
                timeout: self.timeout,
                direct: self.endpoint.as_ref().is_some_and(is_loopback),
            })
            .build();
        Ok(store.map_err(StoreError::from)?)
    }

    /// The endpoint as the store wants it: where the bucket is in the host's name, with it.
    fn bucket_endpoint(&self) -> Option<String> {
        let mut url = self.endpoint.clone()?;
        if !self.path_style {
            let host = format!("{}.{}", self.bucket, url.host_str().unwrap_or_default());
            // Both parts were names before; if they are none together, the path is used.
            url.set_host(Some(&host)).unwrap_or_default();
        }
        Some(url.as_str().trim_end_matches('/').to_owned())
    }
}

fn endpoint(text: &str, allow_http: bool) -> Result<Url, SettingsError> {
    // The text may have a secret in it: no message repeats it.
    let refuse = |reason| Err(SettingsError::Endpoint(reason));
    let Ok(url) = Url::parse(text) else {
        return refuse("is no URL: https://HOST or http://HOST:PORT");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("has credentials in it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("has a query or a fragment: it is https://HOST or http://HOST:PORT");
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if allow_http || is_loopback(&url) => Ok(url),
        "http" => refuse("is not encrypted: use https, or say allow_http=true"),
        _ => refuse("is neither https nor http"),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn part_size(words: &Words) -> Result<usize, ExportError> {
    let size = words.parse::<ByteSize>("part_size")?;
    let size = size.map_or(PART, |size| size.as_u64());
    let fits = usize::try_from(size).ok().filter(|_| PARTS.contains(&size));
    fits.ok_or_else(|| words.refused("part_size", "it is 5MiB to 5GiB"))
}

fn retries(words: &Words) -> Result<usize, ExportError> {
    let retries = words.parse("retries")?.unwrap_or(RETRIES);
    if retries > MOST_RETRIES {
        return Err(words.refused("retries", "it is at most 20"));
    }
    Ok(retries)
}

fn timeout(words: &Words) -> Result<Duration, ExportError> {
    let timeout = words.parse::<humantime::Duration>("timeout")?;
    let timeout = timeout.map_or(TIMEOUT, Into::into);
    if timeout.is_zero() || timeout > LONGEST_TIMEOUT {
        return Err(words.refused("timeout", "it is more than 0s, and at most 10m"));
    }
    Ok(timeout)
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
