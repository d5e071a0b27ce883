//! How a registry is reached, and with which secrets.

use std::fmt;
use std::fs;
use std::path::Path;
use std::time::Duration;

use url::Url;

use crate::error::RegistryError;

/// Text that nobody is shown: it is `***` wherever it is printed.
///
/// ```
/// use huntsman_registry::Secret;
///
/// assert_eq!(format!("{:?}", Secret::new("p4ss")), "***");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Credentials {
    /// Nobody in particular.
    #[default]
    None,
    /// A user and a password (RFC 7617).
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A token (RFC 6750).
    Bearer(Secret),
}

impl Credentials {
    /// Those of `user:password`, as Confluent's `basic.auth.user.info` has them.
    ///
    /// # Errors
    /// There is no colon.
    pub fn of_user_info(text: &str) -> Result<Self, RegistryError> {
        let (user, password) = text
            .split_once(':')
            .ok_or_else(|| RegistryError::Setting("it is not user:password".to_owned()))?;
        Ok(Self::Basic {
            user: user.to_owned(),
            password: Secret::new(password),
        })
    }
}

/// A certificate that proves who asks (mTLS).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate and those that signed it, in PEM.
    pub chain: String,
    /// Its private key, in PEM: PKCS#8, PKCS#1 or SEC1.
    pub key: Secret,
}

/// Files in PEM that say whom to trust, and who asks.
#[derive(Debug, Clone, Copy, Default)]
pub struct TlsFiles<'a> {
    /// Certificates that are trusted beside the system's.
    pub ca: Option<&'a Path>,
    /// A certificate that proves who asks, and those that signed it.
    pub certificate: Option<&'a Path>,
    /// Its private key; without one, it stands in the same file.
    pub key: Option<&'a Path>,
}

/// How a registry is reached.
///
/// ```
/// use huntsman_registry::HttpSettings;
///
/// let settings = HttpSettings::of("http://user:p4ss@a:8081,http://b:8081")?;
/// assert_eq!(settings.urls.len(), 2);
/// assert!(!format!("{settings:?}").contains("p4ss"));
/// # Ok::<(), huntsman_registry::RegistryError>(())
/// ```
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Servers of one registry: when one fails, the next is asked.
    pub urls: Vec<Url>,
    /// Who asks.
    pub credentials: Credentials,
    /// Certificates that are trusted beside the system's, in PEM.
    pub ca: Option<String>,
    /// A certificate that proves who asks.
    pub certificate: Option<ClientCertificate>,
    /// Sent with each request: `target-sr-cluster` and the like. Values are not shown.
    pub headers: Vec<(String, Secret)>,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long a request may take, with its answer.
    pub timeout: Duration,
    /// How often all servers are tried again, after 408, 429, 5xx and a broken network.
    pub retries: u32,
    /// The pause before the first retry; it doubles from retry to retry.
    pub retry_wait: Duration,
    /// The longest pause.
    pub retry_max_wait: Duration,
}

impl Default for HttpSettings {
    /// No registry yet; all else as in [`HttpSettings::of`].
    fn default() -> Self {
        Self {
            urls: Vec::new(),
            credentials: Credentials::None,
            ca: None,
            certificate: None,
            headers: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            retries: 3,
            retry_wait: Duration::from_secs(1),
            retry_max_wait: Duration::from_secs(20),
        }
    }
}

impl HttpSettings {
    /// The registry of these URLs, separated by commas, with the credentials of the first that has
    /// some; all else as Confluent's own clients have it, with shorter time-outs.
    ///
    /// # Errors
    /// One is no URL of `http` or `https`.
    pub fn of(urls: &str) -> Result<Self, RegistryError> {
        let mut settings = Self::default();
        for text in urls.split(',').map(str::trim) {
            settings.add(text)?;
        }
        Ok(settings)
    }

    /// The same with what these files hold.
    ///
    /// # Errors
    /// One cannot be read, or there is a key and no certificate.
    pub fn with_files(mut self, files: TlsFiles<'_>) -> Result<Self, RegistryError> {
        let read = |what: &str, path: &Path| {
            fs::read_to_string(path).map_err(|error| {
                let path = path.display();
                RegistryError::Setting(format!("the {what} {path} cannot be read: {error}"))
            })
        };
        self.ca = files.ca.map(|path| read("CA", path)).transpose()?;
        self.certificate = match (files.certificate, files.key) {
            (None, None) => None,
            (Some(path), key) => {
                let chain = read("certificate", path)?;
                let key = key.map(|key| read("key", key)).transpose()?;
                Some(ClientCertificate {
                    key: Secret::new(key.unwrap_or_else(|| chain.clone())),
                    chain,
                })
            }
            (None, Some(key)) => {
                let key = key.display();
                let message = format!("there is a key, {key}, and no certificate");
                return Err(RegistryError::Setting(message));
            }
        };
        Ok(self)
    }

    fn add(&mut self, text: &str) -> Result<(), RegistryError> {
        // The text may hold a password, also where it is no URL.
        let place = text.rsplit('@').next().unwrap_or_default();
        let refused = |reason: &str| {
            Err(RegistryError::Setting(format!(
                "the registry {place:?} is no URL: {reason}"
            )))
        };
        let mut url = match Url::parse(text) {
            Ok(url) => url,
            Err(error) => {
                return refused(&format!(
                    "{error}; write http://HOST:8081, or file:DIR for a folder"
                ));
            }
        };
        if !matches!(url.scheme(), "http" | "https") || url.cannot_be_a_base() {
            return refused("write http://HOST:8081, https://…, or file:DIR for a folder");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refused("it ends with its path");
        }
        if !url.username().is_empty() && self.credentials == Credentials::None {
            self.credentials = Credentials::Basic {
                user: decoded(url.username()),
                password: Secret::new(decoded(url.password().unwrap_or_default())),
            };
        }
        let cleared = url.set_username("").and_then(|()| url.set_password(None));
        if cleared.is_err() {
            return refused("it has no host");
        }
        self.urls.push(url);
        Ok(())
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}
