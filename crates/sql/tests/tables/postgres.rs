//! PostgreSQL: what stands in the tables, and when.

use std::collections::BTreeMap;

use huntsman_core::{Export, Kind, Opening, Position, Sequence, Timestamp};
use huntsman_export::Catalog;
use huntsman_export::Mode::{Append, Replace};
use serde_json::json;

use crate::row::{NOTES, note, record, run, schema, sink};
use crate::server::Server;

fn job(position: Option<Position>) -> Opening {
    let opening = Opening::new(NOTES).of("spider", Timestamp(5));
    opening.resuming("job", position)
}

#[tokio::test]
async fn rows_with_a_key_take_the_place_of_older_ones() {
    let Some(server) = Server::shared() else {
        return;
    };
    let database = server.database();
    let address = server.address(&database, "&create=true&key=n&table=my \"Notes\"");
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
    let rows = server.psql(
        &database,
        "SELECT n, text FROM \"my \"\"Notes\"\"\" ORDER BY n",
    );
    assert_eq!(rows, "1|c\n2|b\n3|e\n4|f");
}

#[tokio::test]
async fn each_type_has_its_table() {
    let Some(server) = Server::shared() else {
        return;
    };
    let database = server.database();
    let review = schema("BookReview", &[("stars", Kind::UInt(8))]);
    let schemas = vec![NOTES[0], review].leak();
    server.psql(&database, "CREATE SCHEMA \"My Shop\"");
    let address = server.address(&database, "&create=true&schema=My Shop");
    let batches = vec![vec![
        note(1, "a"),
        record(review, json!({ "stars": 5 })),
        note(2, "b"),
    ]];
    run(&address, Append, schemas, batches).await.unwrap();
    let counts = "SELECT (SELECT count(*) FROM \"My Shop\".note), stars \
         FROM \"My Shop\".book_review";
    assert_eq!(server.psql(&database, counts), "2|5");
}

#[tokio::test]
async fn old_rows_stand_until_new_ones_take_their_place() {
    let Some(server) = Server::shared() else {
        return;
    };
    let database = server.database();
    let address = server.address(&database, "&create=true");
    run(&address, Append, NOTES, vec![vec![note(1, "old")]])
        .await
        .unwrap();
    server.psql(&database, "CREATE VIEW seen AS SELECT text FROM note");
    let seen = || {
        server.psql(
            &database,
            "SELECT string_agg(text, ' ' ORDER BY text) FROM seen",
        )
    };
    let given_up = sink(&address, Replace).unwrap();
    given_up.open(Opening::new(NOTES)).await.unwrap();
    given_up.export(vec![note(2, "new")]).await.unwrap();
    given_up.abandon().await;
    assert_eq!(seen(), "old");
    let done = sink(&address, Replace).unwrap();
    done.open(Opening::new(NOTES)).await.unwrap();
    done.export(vec![note(2, "new")]).await.unwrap();
    done.export(vec![note(3, "newer")]).await.unwrap();
    assert_eq!(seen(), "old");
    done.close().await.unwrap();
    assert_eq!(seen(), "new newer");
    let tables = "SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(server.psql(&database, tables), "note");
}

#[tokio::test]
async fn a_job_finds_its_position_with_the_rows() {
    let Some(server) = Server::shared() else {
        return;
    };
    let database = server.database();
    let address = server.address(&database, "&create=true");
    let rows = || {
        server.psql(
            &database,
            "SELECT string_agg(text, ' ' ORDER BY n) FROM note",
        )
    };
    let first = sink(&address, Append).unwrap();
    assert_eq!(first.open(job(None)).await.unwrap(), Sequence(0));
    first.export(vec![note(1, "a")]).await.unwrap();
    assert_eq!(rows(), "");
    first.commit(Sequence(4)).await.unwrap();
    first.export(vec![note(2, "b")]).await.unwrap();
    drop(first);
    assert_eq!(rows(), "a");
    let second = sink(&address, Append).unwrap();
    assert_eq!(second.open(job(None)).await.unwrap(), Sequence(4));
    let third = sink(&address, Append).unwrap();
    assert_eq!(third.open(job(None)).await.unwrap(), Sequence(4));
    second.export(vec![note(2, "zombie")]).await.unwrap();
    let fenced = second.commit(Sequence(5)).await.unwrap_err().to_string();
    assert!(fenced.contains("another run of this job"), "{fenced}");
    third.export(vec![note(2, "b")]).await.unwrap();
    third.commit(Sequence(5)).await.unwrap();
    third.close().await.unwrap();
    assert_eq!(rows(), "a b");
    let new = sink(&address, Append).unwrap();
    let opening = Opening::new(NOTES).of("spider", Timestamp(6));
    let after = new.open(opening.resuming("job", None)).await.unwrap();
    assert_eq!(after, Sequence(0));
}

/// Whether the reason is the server's last word, or what the system says of a closed socket:
/// whichever comes first.
fn is_of_the_connection(error: &str) -> bool {
    let reasons = [
        "terminating connection due to administrator command",
        "error communicating with the server",
        "closed",
    ];
    reasons.iter().any(|reason| error.contains(reason))
}

#[tokio::test]
async fn a_connection_that_dies_leaves_what_was_committed() {
    let Some(server) = Server::shared() else {
        return;
    };
    let database = server.database();
    let address = server.address(&database, "&create=true");
    let cut = sink(&address, Append).unwrap();
    cut.open(job(None)).await.unwrap();
    cut.export(vec![note(1, "a")]).await.unwrap();
    cut.commit(Sequence(1)).await.unwrap();
    cut.export(vec![note(2, "b")]).await.unwrap();
    server.psql(
        &database,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = \
         'huntsman' AND datname = current_database()",
    );
    let error = cut.commit(Sequence(2)).await.unwrap_err().to_string();
    assert!(
        error.starts_with("cannot write postgres://owner@/"),
        "{error}"
    );
    assert!(is_of_the_connection(&error), "{error}");
    assert_eq!(server.psql(&database, "SELECT text FROM note"), "a");
    let again = sink(&address, Append).unwrap();
    assert_eq!(again.open(job(None)).await.unwrap(), Sequence(1));
    again.export(vec![note(2, "b")]).await.unwrap();
    again.commit(Sequence(2)).await.unwrap();
    again.close().await.unwrap();
    assert_eq!(server.psql(&database, "SELECT count(*) FROM note"), "2");
}

#[tokio::test]
async fn a_server_that_stops_is_an_error() {
    let Some(server) = Server::start(None, 5432) else {
        return;
    };
    let address = server.address("postgres", "&create=true");
    let cut = sink(&address, Append).unwrap();
    cut.open(Opening::new(NOTES)).await.unwrap();
    cut.export(vec![note(1, "a")]).await.unwrap();
    server.stop();
    let error = cut
        .export(vec![note(2, "b")])
        .await
        .unwrap_err()
        .to_string();
    assert!(is_of_the_connection(&error), "{error}");
    let error = sink(&address, Append)
        .unwrap()
        .open(Opening::new(NOTES))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("error connecting to server"),
        "{error}"
    );
}

#[tokio::test]
async fn a_table_of_ones_own_may_have_more_columns_and_wider_types() {
    let Some(server) = Server::shared() else {
        return;
    };
    let database = server.database();
    server.psql(
        &database,
        "CREATE DOMAIN words AS varchar(20); \
         CREATE TABLE note (id bigint GENERATED ALWAYS AS IDENTITY, seen timestamptz NOT NULL \
         DEFAULT now(), text words, n numeric(30, 2) NOT NULL, remark text, \
         twice numeric GENERATED ALWAYS AS (n * 2) STORED); \
         CREATE UNIQUE INDEX ON note (n)",
    );
    let batches = vec![vec![note(-70_000, "a")], vec![note(-70_000, "b")]];
    run(&server.address(&database, "&key=n"), Append, NOTES, batches)
        .await
        .unwrap();
    let rows = server.psql(&database, "SELECT text, n, twice FROM note");
    assert_eq!(rows, "b|-70000.00|-140000.00");
}

#[tokio::test]
async fn many_rows_go_in_pieces() {
    let Some(server) = Server::shared() else {
        return;
    };
    let database = server.database();
    let long = "x".repeat(3_000_000);
    let batches = vec![
        (0..5000)
            .map(|n| note(n, "some text of some length"))
            .collect(),
        vec![note(5000, &long)],
    ];
    run(
        &server.address(&database, "&create=true"),
        Append,
        NOTES,
        batches,
    )
    .await
    .unwrap();
    let sums = server.psql(
        &database,
        "SELECT count(*), sum(n), max(length(text)) FROM note",
    );
    assert_eq!(sums, "5001|12502500|3000000");
}

#[tokio::test]
async fn a_catalog_makes_feeds_of_tables() {
    let Some(server) = Server::shared() else {
        return;
    };
    let database = server.database();
    let catalog = huntsman_sql::connect(Catalog::default());
    let address = server.address(&database, "&create=true&table=my%20notes&connect_timeout=5");
    let feed = catalog.feed(&address, Append, &BTreeMap::new()).unwrap();
    assert!(!feed.name().contains("s3cret"), "{}", feed.name());
    feed.open(Opening::new(NOTES)).await.unwrap();
    feed.export(vec![note(1, "a")]).await.unwrap();
    feed.close().await.unwrap();
    assert_eq!(server.psql(&database, "SELECT * FROM \"my notes\""), "1|a");
}
