//! TLS with rustls and ring: the system's roots, further ones, and a certificate of our own.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use super::settings::HttpSettings;
use crate::error::RegistryError;

pub(super) fn config(settings: &HttpSettings) -> Result<ClientConfig, RegistryError> {
    let provider = Arc::new(ring::default_provider());
    let failed = |error: rustls::Error| RegistryError::Setting(format!("TLS: {error}"));
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    // Reading the system's roots takes milliseconds, which a registry without TLS need not cost.
    let builder = if settings.urls.iter().any(|url| url.scheme() == "https") {
        let extra = certificates(settings.ca.as_deref().unwrap_or_default(), "the CA")?;
        let verifier = Verifier::new_with_extra_roots(extra, provider).map_err(failed)?;
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    let Some(own) = &settings.certificate else {
        return Ok(builder.with_no_client_auth());
    };
    let chain = certificates(&own.chain, "the client's certificate")?;
    // What is wrong with a key is not told: words of it could be in there.
    let key = PrivateKeyDer::from_pem_slice(own.key.text().as_bytes()).map_err(|_| {
        RegistryError::Setting("the client's key is no private key in PEM".to_owned())
    })?;
    builder.with_client_auth_cert(chain, key).map_err(|error| {
        RegistryError::Setting(format!("the client's certificate and key: {error}"))
    })
}

fn certificates(pem: &str, what: &str) -> Result<Vec<CertificateDer<'static>>, RegistryError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let read = read.map_err(|error| RegistryError::Setting(format!("{what}: {error}")))?;
    if read.is_empty() && !pem.is_empty() {
        let message = format!("{what}: there is no certificate in PEM in it");
        return Err(RegistryError::Setting(message));
    }
    Ok(read)
}
