//! What cannot be written, and what is said about it.

use std::process::Command;

use huntsman_core::{Export, ExportError, Kind, Opening, Record, Schema};
use huntsman_export::Mode::Append;
use serde_json::json;

use crate::row::{NOTES, has, note, record, refusal, run, schema, sink, sqlite3};
use crate::server::Server;

#[tokio::test]
async fn an_address_without_sense_is_refused() {
    for (address, reason) in [
        ("sqlite:", "names no file"),
        ("sqlite::memory:", "would be gone with the crawl"),
        ("sqlite://host/items.db", "SQLite is a file"),
        (
            "sqlite:x.db?create=maybe",
            "create=maybe: it is true or false",
        ),
        ("sqlite:x.db?table=", "table= without a name"),
        ("sqlite:x.db?key=", "key= without a column"),
        ("sqlite:x.db?key=url", "key=url: Note has no field url"),
        ("sqlite:x.db?schema=a", "SQLite has no schemas"),
        (
            "postgres://me:s3cret@h:port/d",
            "invalid value for option `port`",
        ),
        (
            "postgres://me:s3cret@h/d?sslmode=allow",
            "sslmode=allow is none of",
        ),
        (
            "postgres://me:s3cret@h/d?create=x",
            "`postgres://me@h/d` has create=x",
        ),
    ] {
        let error = refusal(address, NOTES).await;
        assert!(error.contains(reason), "{error}");
    }
    assert!(!std::path::Path::new("x.db").exists());
    let two: &'static [&'static Schema] =
        vec![NOTES[0], schema("Other", &[("n", Kind::Bool)])].leak();
    let error = refusal("sqlite:x.db?table=all", two).await;
    assert!(
        error.contains("table=all for items of several types: Note, Other"),
        "{error}"
    );
    let twice: &'static [&'static Schema] = vec![
        schema("PageTwo", &[("n", Kind::Bool)]),
        schema("page_two", &[("n", Kind::Bool)]),
    ]
    .leak();
    let error = refusal("sqlite:x.db", twice).await;
    assert!(
        error.contains("items of two types in the table page_two"),
        "{error}"
    );
    let null: &'static [&'static Schema] =
        vec![schema("Item", &[("sku", Kind::Optional(&Kind::Text))])].leak();
    let error = refusal("sqlite:x.db?key=sku", null).await;
    assert!(
        error.contains("the field sku of Item may be null"),
        "{error}"
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let missing = refusal(&format!("sqlite:{}", path("no/x.db")), NOTES).await;
    assert!(
        missing.ends_with("no") && missing.contains("there is no folder"),
        "{missing}"
    );
    let missing = refusal(&format!("sqlite:{}?create=false", path("x.db")), NOTES).await;
    assert!(
        missing.contains("there is no such file, and create=false"),
        "{missing}"
    );
    let text =
        "this is a text and no database, whatever its name says, in a hundred bytes and more";
    std::fs::write(path("text.db"), text.repeat(20)).unwrap();
    let error = refusal(&format!("sqlite:{}", path("text.db")), NOTES).await;
    assert!(error.contains("file is not a database"), "{error}");
    assert_eq!(
        std::fs::read_to_string(path("text.db")).unwrap(),
        text.repeat(20)
    );
    let error = refusal(&format!("sqlite:{}", folder.path().display()), NOTES).await;
    assert!(error.contains("unable to open database file"), "{error}");
}

#[tokio::test]
async fn an_sqlite_table_of_another_shape_is_refused_and_unchanged() {
    if !has("sqlite3") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db").display().to_string();
    for (table, words, reason) in [
        ("n INTEGER", "", "it has no column text"),
        (
            "n INTEGER, text INT",
            "",
            "its column text is INT, which does not keep a text as it is",
        ),
        (
            "n TEXT, text TEXT",
            "",
            "its column n is TEXT, which does not keep a integer as it is",
        ),
        (
            "n INTEGER, text TEXT, more TEXT NOT NULL",
            "",
            "more is NOT NULL without a default",
        ),
        (
            "n INTEGER, text TEXT AS (n)",
            "",
            "its column text is generated",
        ),
        (
            "n INTEGER, text TEXT",
            "?key=n",
            "no unique index is on the key",
        ),
        (
            "n INTEGER, text TEXT, UNIQUE (n, text)",
            "?key=n",
            "no unique index is on the key",
        ),
    ] {
        sqlite3(&path, &format!("CREATE TABLE note ({table})"));
        let error = refusal(&format!("sqlite:{path}{words}"), NOTES).await;
        assert!(
            error.contains("the table note has another shape: "),
            "{error}"
        );
        assert!(error.contains(reason), "{error}");
        sqlite3(&path, "DROP TABLE note");
    }
    sqlite3(&path, "CREATE VIEW note AS SELECT 1 AS n, '' AS text");
    let error = refusal(&format!("sqlite:{path}"), NOTES).await;
    assert!(error.contains("it is a view"), "{error}");
    assert_eq!(sqlite3(&path, "SELECT count(*) FROM sqlite_schema"), "1");
}

#[tokio::test]
async fn a_locked_database_is_waited_for_and_then_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .execute_batch("CREATE TABLE x (y); BEGIN EXCLUSIVE")
        .unwrap();
    let error = refusal(&format!("sqlite:{}", path.display()), NOTES).await;
    assert!(
        error.contains("the database is locked: another program"),
        "{error}"
    );
}

/// Root may write everywhere: it starts itself as somebody else.
#[tokio::test]
async fn a_read_only_database_is_an_error() {
    const GIVEN: &str = "HUNTSMAN_TEST_READ_ONLY";
    if let Ok(path) = std::env::var(GIVEN) {
        let error = refusal(&format!("sqlite:{path}"), NOTES).await;
        assert!(error.contains("the database is read-only"), "{error}");
        return;
    }
    if !has("sqlite3") || !has("setpriv") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db").display().to_string();
    sqlite3(&path, "CREATE TABLE x (y)");
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut again = Command::new("setpriv");
    if is_root {
        again.args(["--reuid=nobody", "--clear-groups"]);
    }
    let allow = |path: &std::path::Path, mode: &str| {
        assert!(
            Command::new("chmod")
                .arg(mode)
                .arg(path)
                .status()
                .unwrap()
                .success()
        );
    };
    allow(folder.path(), "755");
    allow(path.as_ref(), "444");
    let output = again
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "errors::a_read_only_database_is_an_error",
            "--nocapture",
        ])
        .env(GIVEN, &path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

/// It starts itself with a limit for files, which a full disk is like.
#[tokio::test]
async fn a_full_disk_is_an_error_and_leaves_whole_batches() {
    const GIVEN: &str = "HUNTSMAN_TEST_FULL";
    if let Ok(path) = std::env::var(GIVEN) {
        let sink = sink(&format!("sqlite:{path}"), Append).unwrap();
        sink.open(Opening::new(NOTES)).await.unwrap();
        let batch = || (0..100).map(|n| note(n, &"x".repeat(100))).collect();
        for _ in 0..1000 {
            if let Err(error) = sink.export(batch()).await {
                let error = error.to_string();
                assert!(error.starts_with("cannot write sqlite:"), "{error}");
                return;
            }
        }
        panic!("there is always room");
    }
    if !has("sqlite3") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db").display().to_string();
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 500; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "errors::a_full_disk_is_an_error_and_leaves_whole_batches",
        ])
        .env(GIVEN, &path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
    let rows = sqlite3(
        &path,
        "PRAGMA integrity_check; SELECT count(*) > 0, count(*) % 100 FROM note",
    );
    assert_eq!(rows, "ok\n1|0");
}

fn single(kind: Kind) -> &'static [&'static Schema] {
    vec![schema("Item", &[("n", Kind::Int(32)), ("value", kind)])].leak()
}

/// The error for an item, behind one that can be written.
async fn refused(
    address: &str,
    schemas: &'static [&'static Schema],
    value: serde_json::Value,
    good: serde_json::Value,
) -> String {
    let item = |n: i32, value| record(schemas[0], json!({ "n": n, "value": value }));
    let sink = sink(address, Append).unwrap();
    sink.open(Opening::new(schemas)).await.unwrap();
    sink.export(vec![item(1, good.clone())]).await.unwrap();
    let error = sink
        .export(vec![item(2, good), item(3, value)])
        .await
        .unwrap_err();
    sink.abandon().await;
    assert!(matches!(error, ExportError::Item { .. }), "{error}");
    let error = error.to_string();
    assert!(
        error.contains("from http://site.example/page cannot be written to"),
        "{error}"
    );
    error
}

#[tokio::test]
async fn an_item_that_sqlite_cannot_hold_ends_the_crawl_before_its_batch() {
    if !has("sqlite3") {
        return;
    }
    for (kind, value, good, reason) in [
        (
            Kind::Float(64),
            json!("NaN"),
            json!(1.5),
            "value: SQLite has no NaN",
        ),
        (
            Kind::UInt(64),
            json!(u64::MAX),
            json!(1),
            "value: the number 18446744073709551615 is no long",
        ),
        (
            Kind::Text,
            json!(7),
            json!("a"),
            "value: the number 7 is no string",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db").display().to_string();
        let error = refused(&format!("sqlite:{path}"), single(kind), value, good).await;
        assert!(error.contains(reason), "{error}");
        assert_eq!(sqlite3(&path, "SELECT n FROM item"), "1");
    }
}

#[tokio::test]
async fn an_item_that_postgres_cannot_hold_ends_the_crawl_before_its_batch() {
    use huntsman_core::Logical;
    let Some(server) = Server::shared() else {
        return;
    };
    for (kind, value, good, reason) in [
        (
            Kind::Text,
            json!("a\0b"),
            json!("\\u0000"),
            "value: it has the character NUL",
        ),
        (
            Kind::Any,
            json!({ "x": "a\0b" }),
            json!("\\u0000 and \\"),
            "value: a text in it has the character NUL",
        ),
        (
            Kind::Logical(Logical::Date),
            json!(i32::MAX),
            json!(0),
            "value: PostgreSQL has no such date",
        ),
        (
            Kind::Logical(Logical::TimestampMillis),
            json!(i64::MAX),
            json!(0),
            "value: PostgreSQL has no such time",
        ),
        (
            Kind::Logical(Logical::TimeMillis),
            json!(-1),
            json!(0),
            "value: it is no time of a day",
        ),
    ] {
        let database = server.database();
        let address = server.address(&database, "&create=true");
        let error = refused(&address, single(kind), value, good).await;
        assert!(error.contains(reason), "{error}");
        assert_eq!(server.psql(&database, "SELECT n FROM item"), "1");
    }
}

#[tokio::test]
async fn a_row_that_a_constraint_forbids_is_an_error() {
    let item: Vec<Vec<Record>> = vec![vec![note(1, "a")], vec![note(2, "b"), note(1, "c")]];
    if has("sqlite3") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db").display().to_string();
        sqlite3(
            &path,
            "CREATE TABLE note (n INTEGER PRIMARY KEY, text TEXT)",
        );
        let error = run(&format!("sqlite:{path}"), Append, NOTES, item.clone())
            .await
            .unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("UNIQUE constraint failed: note.n"),
            "{error}"
        );
        assert_eq!(sqlite3(&path, "SELECT n FROM note"), "1");
    }
    if let Some(server) = Server::shared() {
        let database = server.database();
        server.psql(
            &database,
            "CREATE TABLE note (n bigint PRIMARY KEY, text varchar(3))",
        );
        let address = server.address(&database, "");
        let error = run(&address, Append, NOTES, item)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains("Key (n)=(1) already exists."), "{error}");
        assert!(error.contains("with key= and its columns"), "{error}");
        assert_eq!(server.psql(&database, "SELECT n FROM note"), "1");
        let long = vec![vec![note(3, "longer")]];
        let error = run(&address, Append, NOTES, long)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("value too long for type character varying(3)"),
            "{error}"
        );
        assert!(error.contains("column text"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_says_no_is_an_error() {
    let Some(server) = Server::shared() else {
        return;
    };
    let database = server.database();
    server.psql(
        &database,
        "CREATE ROLE guest LOGIN PASSWORD 'guest'; CREATE TABLE note (n bigint, text text)",
    );
    let folder = server.folder.display();
    let guest = |password: &str| format!("postgres://guest:{password}@/{database}?host={folder}");
    for (address, reason) in [
        (
            guest("s3cret"),
            "password authentication failed for user \"guest\"",
        ),
        (
            guest("guest"),
            "the user has no right to INSERT on the table note",
        ),
        (
            format!("{}&table=other&create=true", guest("guest")),
            "permission denied for schema public",
        ),
        (
            server.address("nowhere", ""),
            "database \"nowhere\" does not exist",
        ),
        (
            server.address(&database, "&table=other"),
            "there is no table other: create=true makes it",
        ),
        (
            server.address(&database, "&schema=other&create=true"),
            "schema \"other\" does not exist",
        ),
        (
            "postgres://me:s3cret@/d?host=/nowhere".to_owned(),
            "error connecting to server: No such file",
        ),
        (
            "postgres://me:s3cret@127.0.0.1:1/d".to_owned(),
            "error connecting to server: Connection refused",
        ),
        (
            server.address(&database, "&key=n"),
            "CREATE UNIQUE INDEX ON \"note\" (\"n\")",
        ),
        (
            server.address(&database, "&options=-c%20default_transaction_read_only=on"),
            "the database is read-only",
        ),
    ] {
        let error = refusal(&address, NOTES).await;
        assert!(error.starts_with("cannot write postgres://"), "{error}");
        assert!(error.contains(reason), "{error}");
    }
}

#[tokio::test]
async fn a_postgres_table_of_another_shape_is_refused_and_unchanged() {
    let Some(server) = Server::shared() else {
        return;
    };
    let database = server.database();
    for (table, reason) in [
        ("n bigint", "it has no column text"),
        (
            "n integer, text text",
            "its column n is integer, which does not keep bigint as it is",
        ),
        (
            "n numeric(10, 0), text text",
            "its column n is numeric(10,0), which does not keep",
        ),
        ("n bigint, text bytea", "its column text is bytea"),
        ("n bigint, text char(9)", "its column text is character(9)"),
        (
            "n bigint, text text, more text NOT NULL",
            "more is NOT NULL without a default",
        ),
        (
            "text text, n bigint GENERATED ALWAYS AS (1) STORED",
            "its column n is generated",
        ),
    ] {
        server.psql(&database, &format!("CREATE TABLE note ({table})"));
        let error = refusal(&server.address(&database, "&create=true"), NOTES).await;
        assert!(
            error.contains("the table note has another shape: "),
            "{error}"
        );
        assert!(error.contains(reason), "{error}");
        server.psql(&database, "DROP TABLE note");
    }
    server.psql(&database, "CREATE VIEW note AS SELECT 1 AS n, '' AS text");
    let error = refusal(&server.address(&database, ""), NOTES).await;
    assert!(error.contains("note is no table"), "{error}");
}

#[tokio::test]
async fn a_job_whose_rows_are_gone_is_refused() {
    use huntsman_core::{Position, Sequence};
    let position = Position {
        sequence: Sequence(9),
        state: Vec::new(),
    };
    let opening = || Opening::new(NOTES).resuming("job", Some(position.clone()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let lost = sink(&format!("sqlite:{}", path.display()), Append).unwrap();
    let error = lost.open(opening()).await.unwrap_err().to_string();
    assert!(
        error.contains("the job has delivered 9 records to it"),
        "{error}"
    );
    assert!(!path.exists());
    if let Some(server) = Server::shared() {
        let database = server.database();
        let lost = sink(&server.address(&database, "&create=true"), Append).unwrap();
        let error = lost.open(opening()).await.unwrap_err().to_string();
        assert!(
            error.contains("the job has delivered 9 records to it"),
            "{error}"
        );
        let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
        assert_eq!(server.psql(&database, tables), "0");
    }
}
