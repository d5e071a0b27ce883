//! SQLite: what stands in the file, and when.

use std::collections::BTreeMap;

use huntsman_core::{Export, Kind, Opening, Position, Sequence, Timestamp};
use huntsman_export::Catalog;
use huntsman_export::Mode::{Append, Replace};
use serde_json::json;

use crate::row::{NOTES, has, note, record, run, schema, sink, sqlite3};

struct File {
    path: String,
    _folder: tempfile::TempDir,
}

impl File {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            path: folder.path().join("items.db").display().to_string(),
            _folder: folder,
        }
    }

    fn address(&self, words: &str) -> String {
        format!("sqlite:{}{words}", self.path)
    }

    fn ask(&self, statement: &str) -> String {
        sqlite3(&self.path, statement)
    }
}

fn job(position: Option<Position>) -> Opening {
    let opening = Opening::new(NOTES).of("spider", Timestamp(5));
    opening.resuming("job", position)
}

#[tokio::test]
async fn the_table_is_made_from_the_schema() {
    if !has("sqlite3") {
        return;
    }
    let file = File::new();
    let review = schema(
        "BookReview",
        &[
            ("stars", Kind::UInt(8)),
            ("note", Kind::Optional(&Kind::Text)),
            ("price", Kind::Float(64)),
            ("cover", Kind::Bytes),
        ],
    );
    let schemas = vec![NOTES[0], review].leak();
    let item = record(
        review,
        json!({ "stars": 4, "note": null, "price": 2.0, "cover": "ab" }),
    );
    let batches = vec![vec![item, note(1, "one")]];
    run(&file.address(""), Append, schemas, batches)
        .await
        .unwrap();
    assert_eq!(
        file.ask("SELECT sql FROM sqlite_schema ORDER BY name"),
        "CREATE TABLE \"book_review\" (\"stars\" INTEGER NOT NULL, \"note\" TEXT, \
         \"price\" REAL NOT NULL, \"cover\" BLOB NOT NULL)\n\
         CREATE TABLE \"note\" (\"n\" INTEGER NOT NULL, \"text\" TEXT NOT NULL)"
    );
    assert_eq!(
        file.ask("SELECT *, typeof(price) FROM book_review"),
        "4||2.0|ab|real"
    );
    // One file is left, which can be read from a read-only folder too.
    assert_eq!(file.ask("PRAGMA journal_mode"), "delete");
    assert!(!std::path::Path::new(&format!("{}-wal", file.path)).exists());
}

#[tokio::test]
async fn rows_with_a_key_take_the_place_of_older_ones() {
    if !has("sqlite3") {
        return;
    }
    let file = File::new();
    let address = file.address("?table=my%20notes&key=n");
    let address = address.replace("my%20notes", "my \"notes\"");
    let batches = vec![
        vec![note(1, "a"), note(2, "b"), note(1, "c")],
        vec![note(3, "d")],
    ];
    run(&address, Append, NOTES, batches).await.unwrap();
    run(
        &address,
        Append,
        NOTES,
        vec![vec![note(3, "e"), note(4, "f")]],
    )
    .await
    .unwrap();
    let rows = "SELECT n, text FROM \"my \"\"notes\"\"\" ORDER BY n";
    assert_eq!(file.ask(rows), "1|c\n2|b\n3|e\n4|f");
    // In a job, too.
    let sink = sink(&address, Append).unwrap();
    sink.open(job(None)).await.unwrap();
    sink.export(vec![note(4, "g"), note(4, "h"), note(5, "i")])
        .await
        .unwrap();
    sink.commit(Sequence(3)).await.unwrap();
    assert_eq!(file.ask(rows), "1|c\n2|b\n3|e\n4|h\n5|i");
}

#[tokio::test]
async fn old_rows_stand_until_new_ones_take_their_place() {
    if !has("sqlite3") {
        return;
    }
    let file = File::new();
    let address = file.address("");
    run(&address, Append, NOTES, vec![vec![note(1, "old")]])
        .await
        .unwrap();
    file.ask("CREATE VIEW seen AS SELECT text FROM note; CREATE INDEX own ON note (text)");
    let given_up = sink(&address, Replace).unwrap();
    given_up.open(Opening::new(NOTES)).await.unwrap();
    given_up.export(vec![note(2, "new")]).await.unwrap();
    assert_eq!(file.ask("SELECT text FROM seen"), "old");
    given_up.abandon().await;
    assert_eq!(file.ask("SELECT text FROM seen"), "old");
    let done = sink(&address, Replace).unwrap();
    done.open(Opening::new(NOTES)).await.unwrap();
    done.export(vec![note(2, "new")]).await.unwrap();
    done.export(vec![note(3, "newer")]).await.unwrap();
    assert_eq!(file.ask("SELECT text FROM seen"), "old");
    done.close().await.unwrap();
    assert_eq!(file.ask("SELECT text FROM seen"), "new\nnewer");
    let objects = "SELECT name FROM sqlite_schema ORDER BY name";
    assert_eq!(file.ask(objects), "note\nown\nseen");
}

#[tokio::test]
async fn a_job_finds_its_position_with_the_rows() {
    if !has("sqlite3") {
        return;
    }
    let file = File::new();
    let address = file.address("");
    let first = sink(&address, Append).unwrap();
    assert_eq!(first.open(job(None)).await.unwrap(), Sequence(0));
    first.export(vec![note(1, "a")]).await.unwrap();
    assert_eq!(file.ask("SELECT count(*) FROM note"), "0");
    first.commit(Sequence(4)).await.unwrap();
    first.export(vec![note(2, "b")]).await.unwrap();
    drop(first);
    assert_eq!(file.ask("SELECT text FROM note"), "a");
    // What the crawl knows is older than what the table has.
    let second = sink(&address, Append).unwrap();
    assert_eq!(second.open(job(None)).await.unwrap(), Sequence(4));
    // A third run takes over: the second, thought dead, cannot write any more.
    let third = sink(&address, Append).unwrap();
    assert_eq!(third.open(job(None)).await.unwrap(), Sequence(4));
    second.export(vec![note(2, "zombie")]).await.unwrap();
    let fenced = second.commit(Sequence(5)).await.unwrap_err().to_string();
    assert!(fenced.contains("another run of this job"), "{fenced}");
    third.export(vec![note(2, "b")]).await.unwrap();
    third.commit(Sequence(5)).await.unwrap();
    third.close().await.unwrap();
    assert_eq!(file.ask("SELECT text FROM note"), "a\nb");
    // A new job of the same name is another job.
    let new = sink(&address, Append).unwrap();
    let opening = Opening::new(NOTES).of("spider", Timestamp(6));
    let after = new.open(opening.resuming("job", None)).await.unwrap();
    assert_eq!(after, Sequence(0));
}

#[tokio::test]
async fn two_feeds_of_a_job_write_into_one_file() {
    if !has("sqlite3") {
        return;
    }
    let file = File::new();
    let one = sink(&file.address("?table=one"), Append).unwrap();
    let two = sink(&file.address("?table=two"), Append).unwrap();
    one.open(job(None)).await.unwrap();
    two.open(job(None)).await.unwrap();
    for n in 1..4 {
        one.export(vec![note(n, "x")]).await.unwrap();
        two.export(vec![note(n, "y")]).await.unwrap();
        two.commit(Sequence(n.unsigned_abs())).await.unwrap();
        one.commit(Sequence(n.unsigned_abs())).await.unwrap();
    }
    one.close().await.unwrap();
    two.close().await.unwrap();
    assert_eq!(file.ask("SELECT count(*) FROM one, two"), "9");
    let positions = "SELECT sink, sequence FROM huntsman_positions ORDER BY sink";
    assert_eq!(file.ask(positions), "table=one|3\ntable=two|3");
}

#[tokio::test]
async fn a_table_of_ones_own_may_have_more_columns() {
    if !has("sqlite3") {
        return;
    }
    let file = File::new();
    file.ask(
        "CREATE TABLE note (id INTEGER PRIMARY KEY, seen TEXT NOT NULL DEFAULT 'now', \
         TEXT VARCHAR(20), n BIGINT, remark TEXT, CONSTRAINT one UNIQUE (n))",
    );
    let batches = vec![vec![note(7, "a")], vec![note(7, "b")]];
    run(&file.address("?key=n&create=false"), Append, NOTES, batches)
        .await
        .unwrap();
    assert_eq!(file.ask("SELECT * FROM note"), "1|now|b|7|");
}

#[tokio::test]
async fn the_path_may_be_written_as_a_url() {
    if !has("sqlite3") {
        return;
    }
    let file = File::new();
    let address = format!("sqlite://{}", file.path.replace("items", "it%3Fems"));
    run(&address, Append, NOTES, vec![vec![note(1, "a")]])
        .await
        .unwrap();
    let path = file.path.replace("items", "it?ems");
    assert_eq!(sqlite3(&path, "SELECT text FROM note"), "a");
}

#[tokio::test]
async fn a_catalog_makes_feeds_of_tables() {
    if !has("sqlite3") {
        return;
    }
    let file = File::new();
    let catalog = huntsman_sql::connect(Catalog::default());
    let address =
        file.address("?table=my%20notes&key=n&fields=n,text:said&filter=this.n%20%3C%203");
    let feed = catalog.feed(&address, Append, &BTreeMap::new()).unwrap();
    feed.open(Opening::new(NOTES)).await.unwrap();
    feed.export(vec![note(1, "a"), note(3, "b"), note(1, "c")])
        .await
        .unwrap();
    feed.close().await.unwrap();
    assert_eq!(file.ask("SELECT n, said FROM \"my notes\""), "1|c");
}
