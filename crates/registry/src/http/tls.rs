//! TLS with rustls and ring: the system's roots, further ones, and a certificate of our own.

use std::error::Error;
use std::io;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore};
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

/// Why TLS failed, if it was TLS that did.
pub(super) fn refusal(error: &reqwest::Error, has_certificate: bool) -> Option<String> {
    let failed = tls_error(error)?;
    let advice = match failed {
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => "the server's certificate is for another name",
        rustls::Error::InvalidCertificate(_) => {
            "the server's certificate is not trusted: name that of its authority (CA), in PEM"
        }
        rustls::Error::AlertReceived(alert) if is_about_certificate(*alert) => {
            match has_certificate {
                true => "the server does not take the client's certificate",
                false => "the server wants a client's certificate, and there is none",
            }
        }
        // These pass.
        rustls::Error::AlertReceived(
            AlertDescription::InternalError
            | AlertDescription::UserCanceled
            | AlertDescription::CloseNotify,
        ) => return None,
        _ => return Some(failed.to_string()),
    };
    Some(format!("{advice} ({failed})"))
}

/// The cause that rustls told. An [`io::Error`] has it inside, not behind it.
fn tls_error(error: &reqwest::Error) -> Option<&rustls::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let inside = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        cause = match inside {
            Some(inside) => Some(inside),
            None => error.source(),
        };
    }
    None
}

fn is_about_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::AccessDenied
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRequired
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::NoCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::UnsupportedCertificate
    )
}
