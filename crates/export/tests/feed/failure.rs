//! Errors in the middle: what was there stays, and nothing incomplete looks whole.

use huntsman_core::{Export, ExportError};
use huntsman_export::Feed;
use huntsman_export::Mode::{self, Append, Replace};

use crate::sample::{Failing, Folder, Odd, line, message, opened, records};

const NAMES: [&str; 3] = ["x.json", "x.jsonl", "x.csv"];

/// Delivers `before` items one by one; the batch after them fails at its third item.
async fn failing(place: &str, mode: Mode, before: u32, panics: bool) -> (Feed, String) {
    let feed = opened::<Odd>(place, mode).await.unwrap();
    for n in 0..before {
        feed.export(records([Odd::Line(line(n))])).await.unwrap();
    }
    let many = (50..52).map(|n| Odd::Line(line(n)));
    let bad = Odd::Failing(Failing { n: 99, panics });
    let error = feed.export(records(many.chain([bad]))).await.unwrap_err();
    assert!(matches!(error, ExportError::Item { .. }));
    let text = message(&error);
    assert!(
        text.contains("https://example.org/page") && text.contains("-2 from"),
        "{text}"
    );
    assert!(
        text.contains(if panics {
            "panicked: as asked"
        } else {
            "as\\nasked"
        }),
        "{text}"
    );
    (feed, text)
}

fn old(name: &str) -> &'static str {
    match name {
        "x.json" => " [{\"n\":0}\n ] \n\n",
        "x.jsonl" => "{\"n\":0}",
        _ => "n,text,panics\n0,a,",
    }
}

#[tokio::test]
async fn an_old_file_is_as_it_was() {
    for name in NAMES {
        for mode in [Append, Replace] {
            for panics in [false, true] {
                let folder = Folder::with(name, old(name));
                let (_, text) = failing(&folder.place(name), mode, 0, panics).await;
                let fate = if mode == Append {
                    "the file is as it was"
                } else {
                    "no item was written"
                };
                assert!(text.ends_with(fate), "{text}");
                assert_eq!(folder.read(name), old(name));
                assert_eq!(folder.names(), [name]);
            }
        }
    }
}

#[tokio::test]
async fn what_was_delivered_is_set_aside_in_a_file_that_can_be_read() {
    for name in NAMES {
        for mode in [Append, Replace] {
            for existing in [true, false] {
                let folder = Folder::new();
                if existing {
                    std::fs::write(folder.path(name), old(name)).unwrap();
                }
                let (_, text) = failing(&folder.place(name), mode, 2, false).await;
                let partial = format!("{name}.partial");
                assert!(
                    text.contains("(2 items) is in ") && text.ends_with(&partial),
                    "{text}"
                );
                if existing {
                    assert_eq!(folder.read(name), old(name));
                    assert_eq!(folder.names(), [name, &partial]);
                } else {
                    assert_eq!(folder.names(), [partial.as_str()]);
                }
                let json = |n| format!("{{\"n\":{n},\"text\":\"line {n}\"}}");
                let expected = match name {
                    "x.json" => format!("[\n{},\n{}\n]\n", json(0), json(1)),
                    "x.jsonl" => format!("{}\n{}\n", json(0), json(1)),
                    _ => "n,text,panics\r\n0,line 0,\r\n1,line 1,\r\n".to_owned(),
                };
                assert_eq!(folder.read(&partial), expected);
            }
        }
    }
}

#[tokio::test]
async fn a_new_file_without_items_is_not_left() {
    for name in NAMES {
        for mode in [Append, Replace] {
            let folder = Folder::new();
            let (_, text) = failing(&folder.place(name), mode, 0, false).await;
            assert!(text.ends_with("no item was written"), "{text}");
            assert!(folder.names().is_empty());
        }
    }
}

#[tokio::test]
async fn a_failed_feed_is_done() {
    let folder = Folder::new();
    let (feed, _) = failing(&folder.place("x.json"), Append, 1, false).await;
    let names = folder.names();
    assert!(feed.export(records([Odd::Line(line(1))])).await.is_err());
    assert!(feed.close().await.is_err());
    feed.abandon().await;
    assert_eq!(folder.names(), names);
    // Its lock is gone with it.
    opened::<Odd>(&folder.place("x.json"), Append)
        .await
        .unwrap();
}
