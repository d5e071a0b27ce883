//! TLS.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use http::Version;
use huntsman_core::{Fetch, FetchError, Request, Url};
use huntsman_http::{Http, HttpSettings};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::wire::{found, http};

/// A configuration with a certificate of its own making for `names`, and that certificate.
fn config(names: &[&str], protocols: &[&str]) -> (Arc<ServerConfig>, Vec<u8>) {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    (Arc::new(config), cert.der().to_vec())
}

type Tls = StreamOwned<ServerConnection, TcpStream>;

/// Has `answer` called for each connection.
fn listen(config: Arc<ServerConfig>, answer: fn(&mut Tls) -> std::io::Result<()>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = StreamOwned::new(connection, stream.unwrap());
            if answer(&mut tls).is_ok() {
                tls.conn.send_close_notify();
                let _flushed = tls.flush();
            }
        }
    });
    address
}

/// A server that speaks HTTP/1.1 and no ALPN, and answers with the `Host` field it got.
fn server(names: &[&str]) -> (SocketAddr, Vec<u8>) {
    let (config, certificate) = config(names, &[]);
    (listen(config, tell_host), certificate)
}

fn tell_host(tls: &mut Tls) -> std::io::Result<()> {
    let mut head = [0; 4096];
    let read = tls.read(&mut head)?;
    let head = String::from_utf8_lossy(&head[..read]);
    let host = head.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.unwrap_or_default();
    let length = host.len();
    write!(
        tls,
        "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{host}"
    )
}

/// Frames by hand, after RFC 9113: settings, then `200` and `ok` on the first stream.
fn speak_http2(tls: &mut Tls) -> std::io::Result<()> {
    tls.read_exact(&mut [0; 24])?;
    let mut frame = [0; 9];
    tls.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0])?;
    loop {
        tls.read_exact(&mut frame)?;
        let length = u32::from_be_bytes([0, frame[0], frame[1], frame[2]]);
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        tls.read_exact(&mut payload)?;
        match (frame[3], frame[4]) {
            (1, _) => break,
            (4, 0) => tls.write_all(&[0, 0, 0, 4, 1, 0, 0, 0, 0])?,
            _ => {}
        }
    }
    tls.write_all(&[0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88])?;
    tls.write_all(&[0, 0, 2, 0, 1, 0, 0, 0, 1, b'o', b'k'])
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn trusting(root: Vec<u8>, resolve: &[String]) -> Http {
    let settings = HttpSettings {
        extra_roots: vec![root],
        resolve: resolve.iter().map(|one| one.parse().unwrap()).collect(),
        ..HttpSettings::default()
    };
    Http::new(settings).unwrap()
}

#[tokio::test]
async fn a_certificate_from_nobody_is_refused() {
    let (address, _) = server(&["localhost"]);
    let http = http();
    let error = http.fetch(Request::get(url(&format!(
        "https://localhost:{}/",
        address.port()
    ))));
    let error = error.await.unwrap_err();
    assert!(matches!(error, FetchError::Tls(_)), "{error:?}");
    assert!(!error.is_transient());
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let (address, root) = server(&["other.example"]);
    let http = trusting(root, &[]);
    let error = http.fetch(Request::get(url(&format!(
        "https://localhost:{}/",
        address.port()
    ))));
    let error = error.await.unwrap_err();
    assert!(matches!(error, FetchError::Tls(_)), "{error:?}");
}

#[tokio::test]
async fn http2_is_not_required() {
    let (address, root) = server(&["localhost"]);
    let http = trusting(root, &[]);
    let answer = http.fetch(Request::get(url(&format!(
        "https://localhost:{}/",
        address.port()
    ))));
    let answer = answer.await.unwrap();
    assert_eq!(answer.version, Version::HTTP_11);
    assert_eq!(
        &*answer.body,
        format!("localhost:{}", address.port()).as_bytes()
    );
}

#[tokio::test]
async fn http2_is_spoken_where_the_server_can() {
    let (config, root) = config(&["localhost"], &["h2", "http/1.1"]);
    let address = listen(config, speak_http2);
    let http = trusting(root, &[]);
    let url = url(&format!("https://localhost:{}/", address.port()));
    let answer = http.fetch(Request::get(url)).await.unwrap();
    assert_eq!(answer.version, Version::HTTP_2);
    assert_eq!(&*answer.body, b"ok");
}

#[tokio::test]
async fn a_given_address_is_spoken_to_in_http1() {
    let (config, root) = config(&["shop.example"], &["h2", "http/1.1"]);
    let address = listen(config, tell_host);
    let http = trusting(root, &[format!("shop.example={address}")]);
    let answer = http
        .fetch(found(url("https://shop.example:8443/")))
        .await
        .unwrap();
    assert_eq!(answer.version, Version::HTTP_11);
    assert_eq!(&*answer.body, b"shop.example:8443");
}

#[tokio::test]
async fn a_given_address_keeps_the_name_in_tls() {
    let (address, root) = server(&["shop.example"]);
    let http = trusting(
        root,
        &[
            format!("shop.example={address}"),
            format!("b.example={address}"),
        ],
    );
    for (text, host) in [
        ("https://shop.example/", "shop.example"),
        ("https://shop.example:8443/", "shop.example:8443"),
    ] {
        let answer = http.fetch(found(url(text))).await.unwrap();
        assert_eq!(&*answer.body, host.as_bytes());
    }
    let error = http
        .fetch(found(url("https://b.example/")))
        .await
        .unwrap_err();
    assert!(matches!(error, FetchError::Tls(_)), "{error:?}");
}

#[tokio::test]
async fn a_server_without_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let hello = stream.read(&mut [0; 4096]).unwrap();
        assert!(hello > 0);
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
    });
    let error = http()
        .fetch(Request::get(url(&format!("https://{address}/"))))
        .await;
    let error = error.unwrap_err();
    assert!(matches!(error, FetchError::Tls(_)), "{error:?}");
}
