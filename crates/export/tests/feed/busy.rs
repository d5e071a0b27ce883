//! Large batches, one after the other: what is held back of them is in the file at each of its ends.

use std::fs;

use huntsman_core::{Export, Item as _, Opening, Sequence};
use huntsman_export::Feed;
use huntsman_export::Mode::{Append, Replace};

use crate::sample::{Failing, Folder, Line, Odd, line, message, opened, records, run};

const NAMES: [&str; 3] = ["x.json", "x.jsonl", "x.csv"];
const BATCHES: u32 = 30;
const BATCH: u32 = 200;
/// A file is written up to multiples of this.
const STRIDE: usize = 128 << 10;

fn long(n: u32) -> Line {
    Line {
        text: format!("{n:0100}"),
        ..line(n)
    }
}

fn batch(number: u32) -> Vec<Line> {
    (number * BATCH..(number + 1) * BATCH).map(long).collect()
}

/// The file of so many batches, of which nothing is ever held back.
async fn expected(name: &str) -> String {
    let folder = Folder::new();
    let items: Vec<_> = (0..BATCHES).flat_map(batch).collect();
    let batches: Vec<_> = items.chunks(50).map(<[Line]>::to_vec).collect();
    run(&folder.place(name), Append, &batches).await.unwrap();
    folder.read(name)
}

async fn delivered(feed: &Feed) {
    for number in 0..BATCHES {
        feed.export(records(batch(number))).await.unwrap();
    }
}

#[tokio::test]
async fn a_small_batch_takes_along_what_is_held_back() {
    let folder = Folder::new();
    let feed = opened::<Line>(&folder.place("x.jsonl"), Append)
        .await
        .unwrap();
    delivered(&feed).await;
    let written = folder.read("x.jsonl");
    let all = expected("x.jsonl").await;
    assert!(written.len().is_multiple_of(STRIDE) && written.len() < all.len());
    assert!(all.len() - written.len() < STRIDE && all.starts_with(&written));
    feed.export(records([line(1)])).await.unwrap();
    assert_eq!(
        folder.read("x.jsonl"),
        all + "{\"n\":1,\"text\":\"line 1\"}\n"
    );
    feed.abandon().await;
}

#[tokio::test]
async fn a_file_is_whole_however_it_ends() {
    for name in NAMES {
        let all = expected(name).await;
        for mode in [Append, Replace] {
            let folder = Folder::new();
            let feed = opened::<Line>(&folder.place(name), mode).await.unwrap();
            delivered(&feed).await;
            feed.close().await.unwrap();
            assert_eq!(folder.read(name), all);
            assert_eq!(feed.bytes(), all.len() as u64);
        }
        let folder = Folder::new();
        let feed = opened::<Line>(&folder.place(name), Append).await.unwrap();
        delivered(&feed).await;
        feed.abandon().await;
        assert_eq!(folder.read(name), all);
    }
}

#[tokio::test]
async fn a_position_has_all_that_came_before_it() {
    let folder = Folder::new();
    let feed = Feed::new(&folder.place("x.jsonl"), Append).unwrap();
    let opening = Opening::new(Line::schemas()).resuming("job", None);
    feed.open(opening).await.unwrap();
    delivered(&feed).await;
    let last = u64::from(BATCHES * BATCH);
    feed.commit(Sequence(last)).await.unwrap();
    let names = folder.names();
    let file = fs::read_to_string(folder.path(&names[0])).unwrap();
    assert_eq!(file, expected("x.jsonl").await);
}

/// The batch that fails is longer than what is written at once.
#[tokio::test]
async fn a_failure_takes_nothing_of_what_was_delivered() {
    for name in NAMES {
        for old in [false, true] {
            let folder = Folder::new();
            let place = folder.place(name);
            if old {
                let feed = opened::<Odd>(&place, Append).await.unwrap();
                feed.export(records([Odd::Line(long(0))])).await.unwrap();
                feed.close().await.unwrap();
            }
            let before = old.then(|| folder.read(name));
            let feed = opened::<Odd>(&place, Append).await.unwrap();
            for number in 0..3 {
                let lines = batch(number).into_iter().map(Odd::Line);
                feed.export(records(lines)).await.unwrap();
            }
            let lines = (0..3000).map(|n| Odd::Line(long(n)));
            let bad = Odd::Failing(Failing {
                n: 1,
                panics: false,
            });
            let error = feed.export(records(lines.chain([bad]))).await.unwrap_err();
            let text = message(&error);
            assert!(text.contains("(600 items) is in "), "{text}");
            assert_eq!(before, old.then(|| folder.read(name)));
            let partial = folder.read(&format!("{name}.partial"));
            let clean = Folder::new();
            let feed = opened::<Odd>(&clean.place(name), Append).await.unwrap();
            let lines = (0..3).flat_map(batch).map(Odd::Line);
            feed.export(records(lines)).await.unwrap();
            feed.close().await.unwrap();
            assert_eq!(partial, clean.read(name), "{name}, {old}");
        }
    }
}
