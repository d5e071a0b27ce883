//! What a user can set about the transport.

use std::time::Duration;

use crate::resolve::Resolve;

/// The settings of [`Http`](crate::Http).
///
/// ```
/// use huntsman_http::HttpSettings;
/// let settings = HttpSettings {
///     user_agent: "example-bot/1.0 (+https://bot.example/)".to_owned(),
///     allow_private: vec!["intranet.example:8080".to_owned()],
///     ..HttpSettings::default()
/// };
/// assert_eq!(settings.timeout.as_secs(), 60);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpSettings {
    /// Time for a whole request, from the lookup of the name to the last byte. 60 s.
    pub timeout: Duration,
    /// Time for the lookup, the connection and the TLS handshake, as part of `timeout`. 10 s.
    pub connect_timeout: Duration,
    /// The largest body in bytes, after decompression. 8 MiB.
    pub max_body: u64,
    /// How many idle connections are kept for each scheme, host and port. 8.
    pub idle_per_host: usize,
    /// How long an idle connection is kept. 20 s, for a crawl meets many hosts and each socket
    /// counts.
    pub idle_timeout: Duration,
    /// The `User-Agent` of requests that bring none; empty to send none.
    pub user_agent: String,
    /// Hosts whose address and port are given rather than looked up; of two for the same host, the
    /// later one holds.
    pub resolve: Vec<Resolve>,
    /// Hosts that may have private addresses: a name or an address, with or without a port.
    pub allow_private: Vec<String>,
    /// Whether bodies are decompressed. If not, they are asked for compressed all the same and come as
    /// they were sent, `Content-Encoding` beside them: for a layer that keeps them so and decodes
    /// them itself. `max_body` then counts what was sent.
    pub decompress: bool,
    /// X.509 certificates in DER that are trusted as roots beside those of the system.
    pub extra_roots: Vec<Vec<u8>>,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            max_body: 8 * 1024 * 1024,
            idle_per_host: 8,
            idle_timeout: Duration::from_secs(20),
            user_agent: concat!("Huntsman/", env!("CARGO_PKG_VERSION")).to_owned(),
            resolve: Vec::new(),
            allow_private: Vec::new(),
            decompress: true,
            extra_roots: Vec::new(),
        }
    }
}
