//! What needs a process of its own: standard output, and a limit to the size of files.
#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Output};

use huntsman_core::Export;
use huntsman_export::Mode::{Append, Replace};

use crate::sample::{Folder, Line, line, opened, records, run};

const PLACE: &str = "FEED_TEST_PLACE";

/// Runs one ignored test of this program in a shell after `setup`.
fn child(test: &str, setup: &str, place: &str) -> Output {
    let program = std::env::current_exe().unwrap();
    Command::new("sh")
        .arg("-c")
        .arg(format!(
            "{setup} exec \"$0\" --exact --ignored --nocapture process::{test}"
        ))
        .arg(program)
        .env(PLACE, place)
        .output()
        .unwrap()
}

#[tokio::test]
#[ignore = "a part of the tests below, in a process of its own"]
async fn two_batches() {
    let Ok(place) = std::env::var(PLACE) else {
        return;
    };
    run(&place, Append, &[vec![line(1)], vec![line(2)]])
        .await
        .unwrap();
}

#[test]
fn standard_output_gets_the_items() {
    const ONE: &str = r#"{"n":1,"text":"line 1"}"#;
    const TWO: &str = r#"{"n":2,"text":"line 2"}"#;
    for (place, content) in [
        ("-", format!("{ONE}\n{TWO}\n")),
        ("-?format=json", format!("[\n{ONE},\n{TWO}\n]\n")),
        (
            "-?format=csv",
            "n,text\r\n1,line 1\r\n2,line 2\r\n".to_owned(),
        ),
        ("/dev/stdout?format=jsonl", format!("{ONE}\n{TWO}\n")),
    ] {
        let output = child("two_batches", "", place);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && text.contains(&content),
            "{place}: {text}"
        );
    }
}

#[tokio::test]
#[ignore = "a part of the test below, in a process of its own"]
async fn one_small_and_one_big_batch() {
    let Ok(place) = std::env::var(PLACE) else {
        return;
    };
    let mode = if place.contains("replace") {
        Replace
    } else {
        Append
    };
    let feed = opened::<Line>(&place, mode).await.unwrap();
    feed.export(records([line(1)])).await.unwrap();
    let error = feed
        .export(records((0..10_000).map(line)))
        .await
        .unwrap_err();
    println!("<{error}>");
}

#[test]
fn a_file_that_cannot_grow_is_put_back() {
    // A write beyond the limit is an error, as on a full disk, once its signal is ignored.
    let setup = "ulimit -f 64; trap '' XFSZ;";
    const WHOLE: &str = "[\n{\"n\":1,\"text\":\"line 1\"}\n]\n";
    for (name, before) in [
        ("x.json", None),
        ("x.json", Some("[{} ]\n")),
        ("replace.json", Some("[{} ]\n")),
    ] {
        let folder = Folder::new();
        if let Some(before) = before {
            std::fs::write(folder.path(name), before).unwrap();
        }
        let output = child("one_small_and_one_big_batch", setup, &folder.place(name));
        let text = String::from_utf8(output.stdout).unwrap();
        let partial = format!("{name}.partial");
        assert!(text.contains("File too large"), "{text}");
        assert!(
            text.contains("(1 item) is in ") && text.contains(&format!("{partial}>")),
            "{text}"
        );
        assert_eq!(folder.read(&partial), WHOLE);
        match before {
            Some(before) => assert_eq!(folder.read(name), before),
            None => assert!(!Path::new(&folder.path(name)).exists()),
        }
    }
}

#[tokio::test]
#[ignore = "a part of the test below, in a process of its own"]
async fn ten_thousand_feeds() {
    let Ok(place) = std::env::var(PLACE) else {
        return;
    };
    let mut open = Vec::new();
    for number in 0..10_000 {
        let place = place.replace("NUMBER", &number.to_string());
        match opened::<Line>(&place, Append).await {
            Ok(feed) => open.push(feed),
            Err(error) => {
                println!("<{error}>");
                break;
            }
        }
    }
    for feed in open {
        feed.abandon().await;
    }
}

#[test]
fn more_feeds_than_the_system_can_open() {
    for words in ["", "?store_empty=false", "?compress=gzip"] {
        let folder = Folder::new();
        let place = folder.place("x-NUMBER.json") + words;
        let output = child("ten_thousand_feeds", "ulimit -n 100;", &place);
        let text = String::from_utf8(output.stdout).unwrap();
        // Those that wait for their first item hold no file.
        let fails = words != "?store_empty=false";
        assert_eq!(text.contains("Too many open files"), fails, "{text}");
        assert_eq!(
            text.matches("<cannot write ").count(),
            usize::from(fails),
            "{text}"
        );
        assert!(folder.names().is_empty());
    }
}
