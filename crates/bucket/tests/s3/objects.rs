//! What another client reads of what we write.

use std::io;

use huntsman_export::{Mode, Place, Start};
use tokio::runtime::{Builder, Runtime};

use crate::server::server;
use crate::{MIB, bytes, delivered};

const NEW: Start<'_> = Start::New {
    mode: Mode::Append,
    job: None,
};

#[test]
fn objects_of_any_size_are_equal_and_there_only_when_finished() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("sizes");
    for length in [0, 1, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1, 33 * MIB + 7] {
        let key = format!("of/{length}");
        let mut output = bucket.create(&key, Mode::Append, None);
        let all = bytes(length);
        for chunk in all.chunks(999_983) {
            output.write(chunk).unwrap();
        }
        assert_eq!(bucket.get(&key), None);
        output.finish().unwrap();
        assert!(bucket.get(&key).unwrap() == all, "{length}");
        assert_eq!(bucket.uploads(), 0);
    }
}

#[test]
fn keys_are_what_is_written() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("names");
    let mut keys = vec![
        "a b/c  d.json",
        "100%/%41%2F.json",
        "a+b&c=d;e,f.json",
        "日本/ü#?.json",
        "..a/b../.hidden",
        "(1)'!*~@:$[]{}|^`\"<>\\.json",
    ];
    for key in &keys {
        let mut output = bucket.create(key, Mode::Append, None);
        output.write(key.as_bytes()).unwrap();
        output.finish().unwrap();
        assert_eq!(bucket.get(key).unwrap(), key.as_bytes());
    }
    keys.sort_unstable();
    assert_eq!(bucket.keys(), keys);
}

#[test]
fn keys_that_lead_elsewhere_are_refused() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("elsewhere");
    for key in [
        "../other/a",
        "a/../../b",
        "a/./b",
        "a//b",
        "a/",
        "",
        "a\0b",
        "a\nb",
    ] {
        let error = bucket.open(key, NEW).err().unwrap();
        assert_eq!(
            error.kind(),
            io::ErrorKind::InvalidInput,
            "{key:?}: {error}"
        );
    }
    assert!(bucket.keys().is_empty() && bucket.uploads() == 0);
}

#[test]
fn an_object_that_is_there_is_replaced_or_left() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("there");
    bucket.put("key", "old");
    let error = bucket.open("key", NEW).err().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    assert!(error.to_string().contains("replace it with -O"), "{error}");
    assert_eq!(bucket.uploads(), 0);

    let mut output = bucket.create("key", Mode::Replace, None);
    output.write(bytes(6 * MIB)).unwrap();
    assert_eq!(bucket.get("key").unwrap(), b"old");
    output.finish().unwrap();
    assert!(bucket.get("key").unwrap() == bytes(6 * MIB));
}

#[test]
fn of_two_writers_the_second_to_finish_fails() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("two");
    let mut one = bucket.create("key", Mode::Append, None);
    let mut other = bucket.create("key", Mode::Append, None);
    one.write(b"one").unwrap();
    other.write(b"other").unwrap();
    one.finish().unwrap();
    let error = other.finish().unwrap_err();
    assert!(error.to_string().contains("another writer"), "{error}");
    other.fail(&delivered(1));
    assert_eq!(bucket.get("key").unwrap(), b"one");
    assert_eq!(bucket.uploads(), 0);
}

#[test]
fn numbers_of_objects_are_found() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("numbers");
    let keys = [
        "a/b-1.json",
        "a/b-00012.json",
        "a/b-0.json",
        "a/b-x.json",
        "a/b-.json",
        "a/b-3.json.gz",
        "a/b-+4.json",
        "a/b-99999999999999999999999.json",
        "a/b-5/6.json",
        "b-7.json",
    ];
    for key in keys {
        bucket.put(key, "");
    }
    let numbers = |before: &str, after| {
        let place = server.place("owner");
        let mut numbers = place
            .numbers(&bucket.address(before), after, &server.words())
            .unwrap();
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(numbers("a/b-", ".json"), [0, 1, 12]);
    assert_eq!(numbers("a/b-", "/6.json"), [5]);
    assert_eq!(numbers("b-", ".json"), [7]);
    assert!(numbers("c", "").is_empty());
    // More than one answer of the store holds.
    for number in 0..1001 {
        bucket.put(&format!("many/{number}"), "");
    }
    assert_eq!(numbers("many/", ""), (0..1001).collect::<Vec<_>>());
}

#[test]
fn a_job_removes_only_what_it_made() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("remove");
    bucket.put("other", "other's");
    for (key, job) in [("one", Some("one")), ("two", Some("two")), ("none", None)] {
        bucket.create(key, Mode::Append, job).finish().unwrap();
    }
    let place = server.place("owner");
    let remove = |mode| {
        for key in ["one", "two", "none", "other", "nothing"] {
            let address = bucket.address(key);
            place
                .remove(&address, mode, "one", &server.words())
                .unwrap();
        }
    };
    remove(Mode::Replace);
    assert_eq!(bucket.keys(), ["none", "one", "other", "two"]);
    remove(Mode::Append);
    assert_eq!(bucket.keys(), ["none", "other", "two"]);
}

#[test]
fn nothing_stays_of_a_run_without_a_job_that_fails() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("fails");
    for length in [0, 100, 6 * MIB] {
        let mut output = bucket.create("failed", Mode::Append, None);
        output.write(bytes(length)).unwrap();
        assert_eq!(bucket.uploads(), 1);
        let became = output.fail(&delivered(2));
        assert!(became.starts_with("no object was made"), "{became}");
        let mut output = bucket.create("abandoned", Mode::Append, None);
        output.write(bytes(length)).unwrap();
        output.abandon(&delivered(2));
        assert!(bucket.keys().is_empty() && bucket.uploads() == 0);
    }
}

#[test]
fn any_runtime_may_be_around_it() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("runtimes");
    let write = move |key: &str| {
        let mut output = bucket.create(key, Mode::Append, None);
        output.write(bytes(6 * MIB)).unwrap();
        output.finish().unwrap();
    };
    let inside = |runtime: Runtime, name: &'static str| {
        runtime.block_on(async {
            write(&format!("{name}/worker"));
            let pooled = move || write(&format!("{name}/pool"));
            tokio::task::spawn_blocking(pooled).await.unwrap();
        });
    };
    inside(Builder::new_current_thread().build().unwrap(), "single");
    inside(
        Builder::new_multi_thread()
            .worker_threads(2)
            .build()
            .unwrap(),
        "many",
    );
    write("none");
    let keys = [
        "many/pool",
        "many/worker",
        "none",
        "single/pool",
        "single/worker",
    ];
    assert_eq!(bucket.keys(), keys);
}
