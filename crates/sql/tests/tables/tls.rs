//! Encrypted connections, and which servers are trusted.

use std::net::TcpListener;
use std::path::Path;

use huntsman_core::{Export, Opening};
use huntsman_export::Mode::Append;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::row::{NOTES, refusal, sink};
use crate::server::Server;

/// An authority of this name, and a certificate of it for `localhost`: both in PEM, with the key.
fn certificates(name: &str) -> (String, String, String) {
    let mut authority = CertificateParams::new(vec![name.to_owned()]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&key).unwrap();
    let issuer = Issuer::new(authority, key);
    let own = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&own, &issuer).unwrap();
    (root.pem(), leaf.pem(), own.serialize_pem())
}

/// A server with such a certificate, and files with its root and with another one.
fn server(folder: &Path) -> Option<(Server, String, String)> {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (root, leaf, key) = certificates("one");
    let (other, _, _) = certificates("other");
    let (root, other) = (write("root.pem", &root), write("other.pem", &other));
    write("server.crt", &leaf);
    write("server.key", &key);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let server = Server::start(Some(&folder.display().to_string()), port)?;
    Some((server, root, other))
}

async fn opens_encrypted(server: &Server, address: &str) {
    let sink = sink(address, Append).unwrap();
    sink.open(Opening::new(NOTES)).await.unwrap();
    let encrypted = server.psql(
        "postgres",
        "SELECT ssl FROM pg_stat_ssl NATURAL JOIN pg_stat_activity \
         WHERE application_name = 'huntsman'",
    );
    assert_eq!(encrypted, "t", "{address}");
    sink.close().await.unwrap();
}

#[tokio::test]
async fn sslmode_says_which_servers_are_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let Some((server, root, other)) = server(folder.path()) else {
        return;
    };
    let port = server.port;
    let address = |host: &str, words: &str| {
        format!("postgres://owner:s3cret@{host}:{port}/postgres?create=true&{words}")
    };
    for (host, words) in [
        (
            "localhost",
            format!("sslmode=verify-full&sslrootcert={root}"),
        ),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={root}")),
        ("127.0.0.1", "sslmode=require".to_owned()),
        ("127.0.0.1", "sslmode=prefer".to_owned()),
        ("127.0.0.1", String::new()),
    ] {
        opens_encrypted(&server, &address(host, &words)).await;
    }
    for (host, words, reason) in [
        (
            "127.0.0.1",
            format!("sslmode=verify-full&sslrootcert={root}"),
            "not valid for name",
        ),
        (
            "localhost",
            format!("sslmode=verify-full&sslrootcert={other}"),
            "invalid peer certificate",
        ),
        (
            "localhost",
            format!("sslmode=verify-ca&sslrootcert={other}"),
            "invalid peer certificate",
        ),
        (
            "localhost",
            format!("sslmode=require&sslrootcert={other}"),
            "invalid peer certificate",
        ),
        (
            "localhost",
            "sslmode=verify-full&sslrootcert=/nowhere.pem".to_owned(),
            "/nowhere.pem",
        ),
        (
            "localhost",
            "sslmode=disable".to_owned(),
            "no pg_hba.conf entry",
        ),
    ] {
        let error = refusal(&address(host, &words), NOTES).await;
        assert!(error.contains(reason), "{host} {words}: {error}");
    }
    server.stop();
}
