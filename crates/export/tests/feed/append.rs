//! Going on with a file that is there.

use std::fs;

use huntsman_core::Export;
use huntsman_export::Mode::{Append, Replace};

use crate::sample::{Folder, Line, line, opened, records, run};

const NAMES: [&str; 3] = ["x.json", "x.jsonl", "x.csv"];

#[tokio::test]
async fn two_runs_write_what_one_would() {
    for name in NAMES {
        let (one, two) = (Folder::new(), Folder::new());
        run(
            &one.place(name),
            Append,
            &[vec![line(1), line(2)], vec![line(3)]],
        )
        .await
        .unwrap();
        run(&two.place(name), Append, &[vec![line(1)]])
            .await
            .unwrap();
        run(&two.place(name), Append, &[vec![line(2)], vec![line(3)]])
            .await
            .unwrap();
        assert_eq!(two.read(name), one.read(name));
        assert_eq!(two.names(), [name]);
    }
}

#[tokio::test]
async fn a_run_without_items_changes_no_byte() {
    for (name, content) in [
        ("x.json", " [ ] "),
        ("x.json", "[{\"n\":1} ]"),
        ("x.json", "[\n{}\n]\n\n"),
        ("x.jsonl", "{}"),
        ("x.jsonl", "{\"n\": 1}\n \n"),
        ("x.csv", "n,text"),
        ("x.csv", "n,\"text\"\n1,2"),
    ] {
        let folder = Folder::with(name, content);
        run::<Line>(&folder.place(name), Append, &[]).await.unwrap();
        assert_eq!(folder.read(name), content);
        let feed = opened::<Line>(&folder.place(name), Append).await.unwrap();
        feed.abandon().await;
        assert_eq!(folder.read(name), content);
    }
}

#[tokio::test]
async fn files_of_others_are_gone_on_with() {
    const NEW: &str = r#"{"n":1,"text":"line 1"}"#;
    for (name, before, after) in [
        ("x.json", "", format!("[\n{NEW}\n]\n")),
        ("x.json", "[]", format!("[\n{NEW}\n]\n")),
        (
            "x.json",
            "[{\"n\":0},\n {\"n\":0} ]  ",
            format!("[{{\"n\":0}},\n {{\"n\":0}},\n{NEW}\n]\n"),
        ),
        ("x.jsonl", "", format!("{NEW}\n")),
        ("x.jsonl", "{\"a\":2}", format!("{{\"a\":2}}\n{NEW}\n")),
        ("x.csv", "", "n,text\r\n1,line 1\r\n".to_owned()),
        ("x.csv", "n,text", "n,text\r\n1,line 1\r\n".to_owned()),
        (
            "x.csv",
            "\"n\",text\n0,a\n",
            "\"n\",text\n0,a\n1,line 1\r\n".to_owned(),
        ),
    ] {
        let folder = Folder::with(name, before);
        run(&folder.place(name), Append, &[vec![line(1)]])
            .await
            .unwrap();
        assert_eq!(folder.read(name), after, "{name} {before:?}");
    }
}

#[tokio::test]
async fn what_follows_the_bracket_does_not_stay() {
    let folder = Folder::with("x.json", &("[]".to_owned() + &"\n".repeat(1_000)));
    run(&folder.place("x.json"), Append, &[vec![line(1)]])
        .await
        .unwrap();
    assert_eq!(
        folder.read("x.json"),
        "[\n{\"n\":1,\"text\":\"line 1\"}\n]\n"
    );
}

#[tokio::test]
async fn a_long_file_is_looked_at_from_its_ends() {
    let old = format!("[{}{{}}]", "{\"n\":0},".repeat(50_000));
    let folder = Folder::with("x.json", &old);
    run(&folder.place("x.json"), Append, &[vec![line(1)]])
        .await
        .unwrap();
    let whole: Vec<serde_json::Value> = serde_json::from_str(&folder.read("x.json")).unwrap();
    assert_eq!(whole.len(), 50_002);
}

#[tokio::test]
async fn an_abandoned_file_is_whole_with_what_was_delivered() {
    for name in NAMES {
        let (whole, abandoned) = (Folder::new(), Folder::new());
        run(&whole.place(name), Append, &[vec![line(1)]])
            .await
            .unwrap();
        let feed = opened::<Line>(&abandoned.place(name), Append)
            .await
            .unwrap();
        feed.export(records([line(1)])).await.unwrap();
        feed.abandon().await;
        assert_eq!(abandoned.read(name), whole.read(name));
    }
}

#[tokio::test]
async fn an_abandoned_new_file_without_items_is_not_left() {
    for name in NAMES {
        let folder = Folder::new();
        opened::<Line>(&folder.place(name), Append)
            .await
            .unwrap()
            .abandon()
            .await;
        assert!(folder.names().is_empty());
    }
}

#[tokio::test]
async fn a_feed_that_is_only_dropped_does_not_look_whole() {
    for before in [None, Some("[\n{}\n]\n")] {
        let folder = Folder::new();
        if let Some(before) = before {
            fs::write(folder.path("x.json"), before).unwrap();
        }
        let feed = opened::<Line>(&folder.place("x.json"), Append)
            .await
            .unwrap();
        feed.export(records([line(1)])).await.unwrap();
        drop(feed);
        let left = folder.read("x.json");
        assert!(left.contains("line 1"));
        assert!(serde_json::from_str::<serde_json::Value>(&left).is_err());
        // The next run sees it.
        let error = opened::<Line>(&folder.place("x.json"), Append)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("cut off"), "{error}");
    }
}

#[tokio::test]
async fn a_feed_that_is_dropped_without_items_leaves_nothing() {
    for name in NAMES {
        for mode in [Append, Replace] {
            let folder = Folder::new();
            drop(opened::<Line>(&folder.place(name), mode).await.unwrap());
            assert!(folder.names().is_empty());
            fs::write(folder.path(name), "").unwrap();
            drop(opened::<Line>(&folder.place(name), mode).await.unwrap());
            assert_eq!(
                (folder.names(), folder.read(name)),
                (vec![name.into()], String::new())
            );
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_are_written_through() {
    let folder = Folder::new();
    std::os::unix::fs::symlink("real.jsonl", folder.path("x.jsonl")).unwrap();
    run(&folder.place("x.jsonl"), Append, &[vec![line(1)]])
        .await
        .unwrap();
    run(&folder.place("x.jsonl"), Append, &[vec![line(2)]])
        .await
        .unwrap();
    assert_eq!(folder.read("real.jsonl").lines().count(), 2);
    assert!(folder.path("x.jsonl").is_symlink());
}
