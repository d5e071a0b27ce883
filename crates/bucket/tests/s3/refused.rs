//! What is refused before the first request of a crawl, in one line.

use std::net::TcpListener;

use huntsman_bucket::S3;
use huntsman_export::{Mode, Place, Start, Words};

use crate::server::{place, server};

/// Why an object cannot be begun; without secrets and on one line.
fn refused(place: &S3, address: &str, words: &Words, mode: Mode) -> String {
    let start = Start::New { mode, job: None };
    let error = place.open(address, start, words).err().unwrap().to_string();
    assert!(
        !error.contains(['\n', '<']) && !error.contains("hunter2"),
        "{error}"
    );
    assert!(error.len() < 250, "{error}");
    error
}

#[test]
fn a_bucket_that_is_not_there() {
    let Some(server) = server() else { return };
    for mode in [Mode::Append, Mode::Replace] {
        let error = refused(
            &server.place("owner"),
            "s3://nowhere/key",
            &server.words(),
            mode,
        );
        assert_eq!(error, "there is no such bucket");
    }
    let owner = server.place("owner");
    let error = owner
        .numbers("s3://nowhere/key", "", &server.words())
        .unwrap_err();
    assert_eq!(error.to_string(), "there is no such bucket");
}

#[test]
fn credentials_that_are_wrong() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("wrong");
    let stranger = place("AKIASTRANGER", "hunter2");
    let error = refused(
        &stranger,
        &bucket.address("key"),
        &server.words(),
        Mode::Append,
    );
    assert!(error.contains("InvalidAccessKeyId"), "{error}");
    assert!(error.contains("check AWS_ACCESS_KEY_ID"), "{error}");
    assert!(!error.contains("AKIASTRANGER"), "{error}");
    let before = bucket.address("key");
    let error = stranger.numbers(&before, "", &server.words()).unwrap_err();
    assert!(error.to_string().contains("InvalidAccessKeyId"), "{error}");
}

#[test]
fn rights_that_are_missing() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("rights");
    for mode in [Mode::Append, Mode::Replace] {
        let reader = server.place("reader");
        let error = refused(&reader, &bucket.address("key"), &server.words(), mode);
        assert!(
            error.contains("AccessDenied") && error.contains("s3:PutObject"),
            "{error}"
        );
    }
    assert_eq!(bucket.uploads(), 0);
}

#[test]
fn who_may_write_and_not_look_overwrites_nothing_either() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("blind");
    let writer = server.place("writer");
    let open = |key: &str| {
        let start = Start::New {
            mode: Mode::Append,
            job: None,
        };
        writer
            .open(&bucket.address(key), start, &server.words())
            .unwrap()
    };
    let mut output = open("new");
    output.write(b"new").unwrap();
    output.finish().unwrap();
    assert_eq!(bucket.get("new").unwrap(), b"new");
    bucket.put("old", "old");
    let mut output = open("old");
    output.write(b"new").unwrap();
    let error = output.finish().unwrap_err();
    assert!(error.to_string().contains("another writer"), "{error}");
    assert_eq!(bucket.get("old").unwrap(), b"old");
    let error = writer
        .numbers(&bucket.address("old"), "", &server.words())
        .unwrap_err();
    assert!(error.to_string().contains("s3:ListBucket"), "{error}");
}

#[test]
fn an_endpoint_where_nobody_is() {
    // A port that was free a moment ago.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let words = Words::new(
        "s3://…",
        [("endpoint", endpoint.as_str()), ("retries", "1")],
    );
    let owner = place("AKIA", "hunter2");
    let error = refused(&owner, "s3://bucket/key", &words, Mode::Append);
    assert!(
        error.starts_with("the store cannot be reached: "),
        "{error}"
    );
    assert!(owner.numbers("s3://bucket/key", "", &words).is_err());
}

#[test]
fn no_credentials_at_all() {
    let nobody = S3::with_variables([]);
    let words = Words::new("s3://…", [("endpoint", "http://127.0.0.1:1")]);
    let error = refused(&nobody, "s3://bucket/key", &words, Mode::Append);
    assert!(error.contains("set AWS_ACCESS_KEY_ID"), "{error}");
}
