//! The HTTP client under `object_store`: TLS with rustls and ring, and nothing followed.

use std::sync::Arc;
use std::time::Duration;

use object_store::client::{HttpClient, HttpConnector};
use object_store::{ClientConfigKey, ClientOptions, Error};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

/// So long may a connection take.
const CONNECT: Duration = Duration::from_secs(10);

/// Makes clients.
#[derive(Debug)]
pub(crate) struct Connector {
    /// So long may a request take, with its answer.
    pub(crate) timeout: Duration,
    /// Whether a proxy that the environment names is passed by.
    pub(crate) direct: bool,
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let plain = options.get_config_value(&ClientConfigKey::AllowHttp);
        let https_only = plain.as_deref() != Some("true");
        let mut client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(https_only).map_err(failed)?)
            .user_agent(concat!("huntsman/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .https_only(https_only)
            .timeout(self.timeout)
            .connect_timeout(CONNECT.min(self.timeout))
            // The lengths of objects are those of their bytes.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate();
        if self.direct {
            client = client.no_proxy();
        }
        Ok(HttpClient::new(client.build().map_err(failed)?))
    }
}

/// TLS that trusts what the system trusts; without it, nobody.
fn tls(used: bool) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let verified = if used {
        builder.with_platform_verifier()?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(verified.with_no_client_auth())
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Generic {
        store: "S3",
        source: Box::new(error),
    }
}
