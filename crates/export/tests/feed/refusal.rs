//! What `open` refuses; whatever was there stays as it was.

use std::fs;

use huntsman_core::{Export, ExportError};
use huntsman_export::Feed;
use huntsman_export::Mode::{Append, Replace};

use crate::sample::{Folder, Line, line, message, opened, records};

#[tokio::test]
async fn files_that_are_something_else_are_left_alone() {
    for (name, content, reason) in [
        (
            "x.json",
            "<!doctype html>",
            "is not a JSON array: it begins with `<`; name another file",
        ),
        ("x.json", "{\"n\":1}\n", "begins with `{`"),
        ("x.json", "[{\"n\":1}", "does not end with `]`"),
        ("x.json", "[1]", "element is not an object"),
        ("x.json", "\u{feff}[]", "begins with `\\u{feff}`"),
        ("x.json", "\n\n", "white space"),
        (
            "x.jsonl",
            "[\n{}\n]\n",
            "is not JSON Lines: it begins with `[`",
        ),
        (
            "x.jsonl",
            "{\n\"a\":1}\n",
            "its first line is not a JSON object",
        ),
        ("x.jsonl", "{\"a\":1}\n{\"a\":", "its last line is cut off"),
        ("x.csv", "n,body\r\n", "its column 2 is `body`, not `text`"),
        ("x.csv", "n\r\n", "its column 2, `text`, is missing"),
        (
            "x.csv",
            "n,text,more\r\n",
            "its column 3, `more`, is one too many",
        ),
        ("x.csv", "n;text\r\n", "its column 1 is `n;text`, not `n`"),
        ("x.csv", "\n", "is missing"),
        ("x.csv", "<html>\n<p>", "its column 1 is `<html>`, not `n`"),
    ] {
        let folder = Folder::with(name, content);
        let error = opened::<Line>(&folder.place(name), Append)
            .await
            .unwrap_err();
        assert!(
            matches!(error, ExportError::NotOurs { .. }),
            "{content:?}: {error}"
        );
        assert!(message(&error).contains(reason), "{content:?}: {error}");
        assert_eq!(folder.read(name), content);
        assert_eq!(folder.names(), [name]);
    }
}

#[tokio::test]
async fn too_long_a_header_is_refused() {
    let folder = Folder::with("x.csv", &"n".repeat(100_000));
    let error = opened::<Line>(&folder.place("x.csv"), Append)
        .await
        .unwrap_err();
    assert!(message(&error).contains("longer than"), "{error}");
}

#[tokio::test]
async fn folders_that_are_missing_or_are_none() {
    let folder = Folder::with("file", "");
    fs::create_dir(folder.path("dir.json")).unwrap();
    for mode in [Append, Replace] {
        for (name, reason) in [
            (
                "no/such/x.json",
                format!("there is no folder `{}`", folder.place("no/such")),
            ),
            (
                "file/x.json",
                format!("`{}` is not a folder", folder.place("file")),
            ),
            (
                "file/no/x.json",
                format!("there is no folder `{}`", folder.place("file/no")),
            ),
            ("dir.json", "it is a folder".to_owned()),
        ] {
            let error = opened::<Line>(&folder.place(name), mode).await.unwrap_err();
            assert!(matches!(error, ExportError::Io { .. }));
            assert!(message(&error).contains(&reason), "{error}");
        }
        assert_eq!(folder.names(), ["dir.json", "file"]);
    }
}

#[tokio::test]
async fn a_second_writer_is_refused() {
    for existing in [true, false] {
        for first in [Append, Replace] {
            for second in [Append, Replace] {
                let folder = Folder::new();
                if existing {
                    fs::write(folder.path("x.jsonl"), "{}\n").unwrap();
                }
                let feed = opened::<Line>(&folder.place("x.jsonl"), first)
                    .await
                    .unwrap();
                let names = folder.names();
                let error = opened::<Line>(&folder.place("x.jsonl"), second)
                    .await
                    .unwrap_err();
                let text = message(&error);
                assert!(
                    text.contains("another feed or crawl"),
                    "{first:?} {second:?} {text}"
                );
                assert_eq!(folder.names(), names, "{first:?} {second:?}");
                feed.export(records([line(1)])).await.unwrap();
                feed.close().await.unwrap();
                opened::<Line>(&folder.place("x.jsonl"), second)
                    .await
                    .unwrap()
                    .abandon()
                    .await;
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_device_fails_as_early_as_it_can() {
    for mode in [Append, Replace] {
        for format in ["json", "csv"] {
            let place = format!("/dev/full?format={format}");
            let error = opened::<Line>(&place, mode).await.unwrap_err();
            let text = message(&error);
            assert!(
                text.contains("No space left") && text.contains("no item"),
                "{text}"
            );
        }
        let feed = opened::<Line>("/dev/full?format=jsonl", mode)
            .await
            .unwrap();
        let error = feed.export(records([line(1)])).await.unwrap_err();
        let text = message(&error);
        assert!(
            text.starts_with("cannot write /dev/full: No space left"),
            "{text}"
        );
        let feed = opened::<Line>("/dev/null?format=json", mode).await.unwrap();
        feed.export(records([line(1)])).await.unwrap();
        feed.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_feed_that_is_not_open_says_so() {
    let folder = Folder::new();
    let feed = Feed::new(&folder.place("x.json"), Append).unwrap();
    assert!(message(&feed.close().await.unwrap_err()).ends_with("x.json is not open"));
    assert!(feed.export(Vec::new()).await.is_err());
    feed.abandon().await;
    assert!(folder.names().is_empty());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_refused_before_anything() {
    // Not even root creates files there.
    if !std::path::Path::new("/sys/kernel").is_dir() {
        println!("skipped: there is no /sys");
        return;
    }
    for mode in [Append, Replace] {
        for words in ["", "?store_empty=false", "?compress=zstd"] {
            let place = format!("/sys/kernel/x.json{words}");
            let error = opened::<Line>(&place, mode).await.unwrap_err();
            assert!(matches!(error, ExportError::Io { .. }));
            let text = message(&error);
            assert!(
                text.starts_with("cannot write /sys/kernel/x.json: "),
                "{text}"
            );
        }
    }
}
