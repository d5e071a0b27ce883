//! What a run of a job finds that goes on from a position.

use std::fs;

use huntsman_core::{Export, ExportError, Guarantee, Item as _, Opening, Position, Sequence};
use huntsman_export::Feed;
use huntsman_export::Mode::{self, Append, Replace};

use crate::sample::{Failing, Folder, Odd, line, message, records};

async fn opened(place: &str, mode: Mode, position: Option<&Position>) -> Result<Feed, ExportError> {
    let feed = Feed::new(place, mode)?;
    let opening = Opening::new(Odd::schemas()).resuming("a", position.cloned());
    feed.open(opening).await?;
    Ok(feed)
}

async fn exported(feed: &Feed, n: u32) -> Position {
    feed.export(records([Odd::Line(line(n))])).await.unwrap();
    feed.commit(Sequence(n.into())).await.unwrap()
}

/// A job that was cut with one record after its position.
async fn cut(folder: &Folder, name: &str, mode: Mode) -> Position {
    let feed = opened(&folder.place(name), mode, None).await.unwrap();
    feed.commit(Sequence(0)).await.unwrap();
    exported(&feed, 0).await;
    let position = exported(&feed, 1).await;
    feed.export(records([Odd::Line(line(2))])).await.unwrap();
    position
}

#[tokio::test]
async fn a_file_of_somebody_else_is_never_removed() {
    for words in ["", "?store_empty=false"] {
        let folder = Folder::new();
        let place = folder.place("x.jsonl") + words;
        let feed = opened(&place, Append, None).await.unwrap();
        let position = feed.commit(Sequence(0)).await.unwrap();
        feed.export(records([Odd::Line(line(1))])).await.unwrap();
        drop(feed);
        // Another crawl writes there meanwhile.
        fs::write(folder.path("x.jsonl"), "{}\n").unwrap();
        let error = opened(&place, Append, Some(&position)).await.unwrap_err();
        assert!(message(&error).contains("was not there yet"), "{error}");
        assert_eq!(folder.read("x.jsonl"), "{}\n");
        fs::remove_file(folder.path("x.jsonl")).unwrap();
        let feed = opened(&place, Append, Some(&position)).await.unwrap();
        exported(&feed, 1).await;
        assert_eq!(folder.names(), [".x.jsonl.part-job-a"]);
        exported(&feed, 2).await;
        assert_eq!(folder.names(), ["x.jsonl"]);
        feed.close().await.unwrap();
        assert_eq!(folder.read("x.jsonl").lines().count(), 2);
    }
}

#[tokio::test]
async fn a_file_that_is_another_is_refused() {
    for name in ["x.json", "x.csv.gz"] {
        for mode in [Append, Replace] {
            let written = if mode == Append {
                name.to_owned()
            } else {
                format!(".{name}.part-job-a")
            };
            for (change, reason) in [
                ("gone", "it is gone"),
                ("short", "has only 5"),
                ("other", "is not the file that the job has written"),
            ] {
                let folder = Folder::new();
                let position = cut(&folder, name, mode).await;
                let path = folder.path(&written);
                let bytes = fs::read(&path).unwrap();
                match change {
                    "gone" => fs::remove_file(&path).unwrap(),
                    "short" => fs::write(&path, &bytes[..5]).unwrap(),
                    _ => fs::write(&path, vec![b'x'; bytes.len()]).unwrap(),
                }
                let left = folder.names();
                let error = opened(&folder.place(name), mode, Some(&position))
                    .await
                    .unwrap_err();
                let text = message(&error);
                assert!(text.contains(reason) && text.contains(name), "{text}");
                assert!(text.contains("begin a new job"), "{text}");
                assert_eq!(folder.names(), left);
            }
        }
    }
}

#[tokio::test]
async fn an_old_file_that_is_another_is_refused() {
    for changed in ["", "[{\"n\":7},\n", "[{\"n\":1},{\"n\":2}]"] {
        let folder = Folder::with("x.json", "[{\"n\":0},{\"n\":1}]");
        let feed = opened(&folder.place("x.json"), Append, None).await.unwrap();
        let position = feed.commit(Sequence(0)).await.unwrap();
        drop(feed);
        fs::write(folder.path("x.json"), changed).unwrap();
        let error = opened(&folder.place("x.json"), Append, Some(&position))
            .await
            .unwrap_err();
        assert!(
            message(&error).contains("not the file that the job was begun with"),
            "{error}"
        );
        assert_eq!(folder.read("x.json"), changed);
    }
}

#[tokio::test]
async fn a_job_keeps_its_form() {
    let folder = Folder::new();
    let position = cut(&folder, "x.jsonl", Append).await;
    for (address, mode) in [
        ("x.jsonl?format=json", Append),
        ("x.jsonl?compress=gzip", Append),
        ("x.jsonl", Replace),
    ] {
        let error = opened(&folder.place(address), mode, Some(&position))
            .await
            .unwrap_err();
        assert!(message(&error).contains("begun with another"), "{error}");
    }
    let nonsense = Position {
        sequence: Sequence(1),
        state: b"x".to_vec(),
    };
    assert!(
        opened(&folder.place("x.jsonl"), Append, Some(&nonsense))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_job_is_written_by_one_run_at_a_time() {
    for mode in [Append, Replace] {
        let folder = Folder::new();
        let feed = opened(&folder.place("x.json"), mode, None).await.unwrap();
        let position = exported(&feed, 1).await;
        for position in [None, Some(&position)] {
            let error = opened(&folder.place("x.json"), mode, position)
                .await
                .unwrap_err();
            assert!(message(&error).contains("another feed or crawl"), "{error}");
        }
        exported(&feed, 2).await;
        feed.close().await.unwrap();
        assert_eq!(folder.read("x.json").matches("line").count(), 2);
    }
}

#[tokio::test]
async fn what_ends_early_can_be_gone_on_with() {
    for name in ["x.json", "x.csv.gz", "x.jsonl.zst"] {
        for mode in [Append, Replace] {
            let whole = Folder::new();
            let feed = opened(&whole.place(name), mode, None).await.unwrap();
            exported(&feed, 1).await;
            exported(&feed, 2).await;
            feed.close().await.unwrap();
            for end in ["fail", "abandon", "drop", "close"] {
                let folder = Folder::new();
                let feed = opened(&folder.place(name), mode, None).await.unwrap();
                let position = exported(&feed, 1).await;
                feed.export(records([Odd::Line(line(7))])).await.unwrap();
                match end {
                    "fail" => {
                        let failing = Odd::Failing(Failing {
                            n: 9,
                            panics: false,
                        });
                        let error = feed.export(records([failing])).await.unwrap_err();
                        assert!(message(&error).contains("gone on with"), "{error}");
                    }
                    "abandon" => feed.abandon().await,
                    "close" => feed.close().await.unwrap(),
                    _ => {}
                }
                drop(feed);
                let feed = opened(&folder.place(name), mode, Some(&position))
                    .await
                    .unwrap();
                exported(&feed, 2).await;
                feed.close().await.unwrap();
                assert_eq!(folder.names(), [name]);
                let read = |folder: &Folder| fs::read(folder.path(name)).unwrap();
                assert_eq!(read(&folder), read(&whole), "{name} {mode:?} {end}");
            }
        }
    }
}

#[tokio::test]
async fn a_job_that_ends_before_its_first_position_leaves_nothing() {
    for (name, old) in [
        ("x.json", None),
        ("x.json", Some(" [{}] ")),
        ("x.csv", None),
    ] {
        for mode in [Append, Replace] {
            for end in ["fail", "abandon", "drop"] {
                let folder = Folder::new();
                if let Some(old) = old {
                    fs::write(folder.path(name), old).unwrap();
                }
                let feed = opened(&folder.place(name), mode, None).await.unwrap();
                feed.export(records([Odd::Line(line(7))])).await.unwrap();
                match end {
                    "fail" => {
                        let failing = Odd::Failing(Failing {
                            n: 9,
                            panics: false,
                        });
                        feed.export(records([failing])).await.unwrap_err();
                    }
                    "abandon" => feed.abandon().await,
                    _ => {}
                }
                drop(feed);
                match old {
                    None => assert!(folder.names().is_empty(), "{end} {:?}", folder.names()),
                    Some(old) => {
                        assert_eq!(folder.names(), [name], "{end}");
                        assert_eq!(folder.read(name), old, "{end}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn what_a_stream_got_comes_again() {
    let folder = Folder::new();
    let file = Feed::new(&folder.place("x.json"), Append).unwrap();
    assert_eq!(file.guarantee(), Guarantee::ExactlyOnce);
    assert_eq!(
        Feed::new("-", Append).unwrap().guarantee(),
        Guarantee::AtLeastOnce
    );
    if cfg!(unix) {
        let place = "/dev/null?format=json";
        assert_eq!(
            Feed::new(place, Append).unwrap().guarantee(),
            Guarantee::AtLeastOnce
        );
        let feed = opened(place, Append, None).await.unwrap();
        let position = exported(&feed, 1).await;
        drop(feed);
        let feed = opened(place, Append, Some(&position)).await.unwrap();
        exported(&feed, 2).await;
        feed.close().await.unwrap();
    }
}
