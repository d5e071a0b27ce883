//! Putting a new file in the place of an old one.

use std::fs;

use huntsman_core::Export;
use huntsman_export::Mode::Replace;

use crate::sample::{Folder, Line, line, opened, records, run};

#[tokio::test]
async fn the_old_file_stays_until_the_end() {
    for name in ["x.json", "x.jsonl", "x.csv"] {
        let folder = Folder::with(name, "old");
        let feed = opened::<Line>(&folder.place(name), Replace).await.unwrap();
        feed.export(records([line(1)])).await.unwrap();
        assert_eq!(folder.read(name), "old");
        assert_eq!(
            folder.names()[0],
            format!(".{name}.part-{}", std::process::id())
        );
        feed.close().await.unwrap();
        assert!(folder.read(name).contains("line 1"));
        assert_eq!(folder.names(), [name]);
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_created() {
    let folder = Folder::new();
    run::<Line>(&folder.place("x.json"), Replace, &[])
        .await
        .unwrap();
    assert_eq!(folder.read("x.json"), "[]\n");
    assert_eq!(folder.names(), ["x.json"]);
}

#[tokio::test]
async fn abandoned_with_items_they_are_set_aside() {
    let folder = Folder::with("x.json", "old");
    for _ in 0..2 {
        let feed = opened::<Line>(&folder.place("x.json"), Replace)
            .await
            .unwrap();
        feed.export(records([line(1)])).await.unwrap();
        feed.abandon().await;
    }
    assert_eq!(folder.read("x.json"), "old");
    assert_eq!(
        folder.names(),
        ["x.json", "x.json.partial", "x.json.partial-2"]
    );
    for name in ["x.json.partial", "x.json.partial-2"] {
        assert_eq!(folder.read(name), "[\n{\"n\":1,\"text\":\"line 1\"}\n]\n");
    }
}

#[tokio::test]
async fn abandoned_without_items_nothing_is_left() {
    let folder = Folder::with("x.csv", "old");
    opened::<Line>(&folder.place("x.csv"), Replace)
        .await
        .unwrap()
        .abandon()
        .await;
    assert_eq!(
        (folder.names(), folder.read("x.csv")),
        (vec!["x.csv".into()], "old".into())
    );
}

#[tokio::test]
async fn what_a_crash_left_is_no_obstacle() {
    let folder = Folder::new();
    let stale = format!(".x.json.part-{}", std::process::id());
    fs::write(folder.path(&stale), "[\n{}").unwrap();
    run(&folder.place("x.json"), Replace, &[vec![line(1)]])
        .await
        .unwrap();
    assert_eq!(folder.names(), [stale.as_str(), "x.json"]);
    assert_eq!(folder.read(&stale), "[\n{}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_permission_bits_stay() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::with("x.json", "old");
    for mode in [0o600, 0o664] {
        fs::set_permissions(folder.path("x.json"), fs::Permissions::from_mode(mode)).unwrap();
        run(&folder.place("x.json"), Replace, &[vec![line(1)]])
            .await
            .unwrap();
        let bits = fs::metadata(folder.path("x.json"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(bits & 0o777, mode);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_stay_and_what_they_point_to_is_replaced() {
    let folder = Folder::new();
    fs::create_dir(folder.path("real")).unwrap();
    std::os::unix::fs::symlink("real/y.json", folder.path("x.json")).unwrap();
    for _ in 0..2 {
        run(&folder.place("x.json"), Replace, &[vec![line(1)]])
            .await
            .unwrap();
        assert!(folder.path("x.json").is_symlink());
        assert!(folder.read("real/y.json").contains("line 1"));
    }
}
