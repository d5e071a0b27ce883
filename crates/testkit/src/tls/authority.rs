//! An authority of one's own, and its certificates.

use std::fmt;
use std::io;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// An authority that nobody trusts who was not told to.
///
/// ```
/// use huntsman_testkit::tls::Authority;
///
/// let authority = Authority::new("test")?;
/// let server = authority.certificate(&["localhost", "127.0.0.1"])?;
/// assert!(server.chain.starts_with("-----BEGIN CERTIFICATE-----"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Authority {
    root: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// PEM.
    pub chain: String,
    /// PEM, PKCS#8.
    pub key: String,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl Authority {
    /// An authority of this name.
    ///
    /// # Errors
    /// No key can be made.
    pub fn new(name: &str) -> io::Result<Self> {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let root = parameters.self_signed(&key).map_err(io::Error::other)?;
        Ok(Self {
            root: root.pem(),
            issuer: Issuer::new(parameters, key),
        })
    }

    /// Its own certificate, in PEM: who has it trusts the others.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.root
    }

    /// A certificate for these names and IP addresses, of a server or of a client.
    ///
    /// # Errors
    /// A name is none.
    pub fn certificate(&self, names: &[&str]) -> io::Result<Certificate> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut parameters = CertificateParams::new(names.clone()).map_err(io::Error::other)?;
        if let Some(name) = names.into_iter().next() {
            parameters.distinguished_name.push(DnType::CommonName, name);
        }
        let own = parameters.signed_by(&key, &self.issuer);
        Ok(Certificate {
            chain: own.map_err(io::Error::other)?.pem(),
            key: key.serialize_pem(),
        })
    }
}
