//! TLS before a server of HTTP that has none.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::authority::{Authority, Certificate};

/// What a head of HTTP has at most here.
const MAX_HEAD: usize = 64 << 10;

/// The answer to who is not let in, as schema registries say it.
const REFUSAL: &[u8] = b"HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\
    content-type: application/json\r\ncontent-length: 44\r\n\r\n\
    {\"error_code\":401,\"message\":\"Unauthorized\"}\n";

/// Whom it lets in.
#[derive(Debug, Clone, Copy)]
pub enum Asks<'a> {
    /// Everybody.
    Nothing,
    /// Who has a certificate of this authority (mTLS).
    Certificate(&'a Authority),
    /// Who sends this header with the first request of a connection: `authorization: Bearer t0ken`.
    /// Others get 401, in the words of a schema registry.
    Header(&'a str),
}

/// TLS before a server of HTTP/1.1. It ends when this is dropped.
#[derive(Debug)]
pub struct Front {
    port: u16,
    _server: JoinSet<()>,
}

impl Front {
    /// Puts itself before the server at `behind`.
    ///
    /// # Errors
    /// The certificate is none, or there is no port.
    pub async fn before(behind: SocketAddr, own: &Certificate, asks: Asks<'_>) -> io::Result<Self> {
        let acceptor = TlsAcceptor::from(Arc::new(config(own, asks)?));
        let header = match asks {
            Asks::Header(header) => Some(Arc::<str>::from(header)),
            _ => None,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let mut server = JoinSet::new();
        server.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, header) = (acceptor.clone(), header.clone());
                open.spawn(async move {
                    // What a client does wrong is for the client to tell.
                    let done = served(stream, &acceptor, behind, header.as_deref()).await;
                    done.unwrap_or_default();
                });
            }
        });
        Ok(Self {
            port,
            _server: server,
        })
    }

    /// Its port, on loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

fn config(own: &Certificate, asks: Asks<'_>) -> io::Result<ServerConfig> {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    let builder = match asks {
        Asks::Certificate(authority) => {
            let mut roots = RootCertStore::empty();
            for root in certificates(authority.pem())? {
                roots.add(root).map_err(io::Error::other)?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().map_err(io::Error::other)?)
        }
        Asks::Nothing | Asks::Header(_) => builder.with_no_client_auth(),
    };
    let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).map_err(io::Error::other)?;
    builder
        .with_single_cert(certificates(&own.chain)?, key)
        .map_err(io::Error::other)
}

fn certificates(pem: &str) -> io::Result<Vec<CertificateDer<'static>>> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    read.map_err(io::Error::other)
}

async fn served(
    stream: TcpStream,
    acceptor: &TlsAcceptor,
    behind: SocketAddr,
    header: Option<&str>,
) -> io::Result<()> {
    let mut client = match acceptor.accept(stream).into_fallible().await {
        Ok(client) => client,
        Err((error, mut stream)) => {
            // Closed with something unread, the alert would be lost.
            stream.shutdown().await?;
            tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
            return Err(error);
        }
    };
    let mut read = Vec::new();
    if let Some(header) = header {
        read = head(&mut client).await?;
        if !has_header(&read, header) {
            client.write_all(REFUSAL).await?;
            return client.shutdown().await;
        }
    }
    let mut server = TcpStream::connect(behind).await?;
    server.write_all(&read).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

/// What came up to the end of the first head, and perhaps more.
async fn head(client: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    let mut chunk = [0; 4096];
    while !read.windows(4).any(|end| end == b"\r\n\r\n") {
        match client.read(&mut chunk).await? {
            got if got > 0 && read.len() < MAX_HEAD => read.extend_from_slice(&chunk[..got]),
            _ => return Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
    Ok(read)
}

fn has_header(read: &[u8], wanted: &str) -> bool {
    let text = String::from_utf8_lossy(read);
    let Some((name, value)) = wanted.split_once(": ") else {
        return false;
    };
    let (head, _) = text.split_once("\r\n\r\n").unwrap_or_default();
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.any(|(own, sent)| own.eq_ignore_ascii_case(name) && sent == value)
}
