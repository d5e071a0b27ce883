//! What every sink promises.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use huntsman_core::Export;
use huntsman_export::Mode;
use huntsman_testkit::export_suite::{ExportSuite, Trial};

use crate::row::{has, sink, sqlite3};
use crate::server::Server;

fn numbers(text: &str) -> Vec<u64> {
    text.lines().map(|line| line.parse().unwrap()).collect()
}

/// In a folder of its own, so that a cut leaves the very files of that moment.
fn sqlite(mode: Mode, words: &str) -> Trial<Box<dyn Export>> {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let path = folder.path().join("items.db").display().to_string();
    let address = format!("sqlite:{path}{words}");
    let (read, rows) = (path.clone(), path);
    let open = move || {
        // The folder lives as long as the trial.
        assert!(folder.path().is_dir());
        sink(&address, mode).unwrap()
    };
    let is_there = |path: &str| std::path::Path::new(path).exists();
    let parent = std::path::Path::new(&rows).parent().unwrap().to_owned();
    Trial::new(open, move || match is_there(&read) {
        true => numbers(&sqlite3(&read, "SELECT number FROM sample ORDER BY rowid")),
        false => Vec::new(),
    })
    .in_folder(parent)
    .snapshot(move || match is_there(&rows) {
        true => sqlite3(&rows, "SELECT * FROM sample ORDER BY rowid").into_bytes(),
        false => Vec::new(),
    })
}

#[tokio::test]
async fn sqlite_keeps_every_promise() {
    if has("sqlite3") {
        let suite = ExportSuite::new(|| sqlite(Mode::Append, "?table=sample"));
        suite.appends().resumes().one_shape().run().await;
    }
}

#[tokio::test]
async fn sqlite_keeps_every_promise_with_a_key() {
    if has("sqlite3") {
        let suite = ExportSuite::new(|| sqlite(Mode::Append, "?table=sample&key=number"));
        suite.appends().resumes().one_shape().run().await;
    }
}

#[tokio::test]
async fn sqlite_keeps_every_promise_when_it_replaces() {
    if has("sqlite3") {
        let suite = ExportSuite::new(|| sqlite(Mode::Replace, "?key=number"));
        suite.resumes().run().await;
    }
}

/// A schema with a table that numbers its rows: tables of PostgreSQL have no order.
fn made(schema: &str, key: bool) -> String {
    let key = if key { ", UNIQUE (number)" } else { "" };
    format!(
        "CREATE SCHEMA {schema}; CREATE TABLE {schema}.sample (number numeric(20) NOT NULL, \
         text text NOT NULL, price float8 NOT NULL, is_new boolean NOT NULL, note text, \
         tags jsonb NOT NULL, facts jsonb NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY{key})"
    )
}

fn postgres(
    server: &'static Server,
    database: &'static str,
    mode: Mode,
    words: &str,
) -> Trial<Box<dyn Export>> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let schema = format!("s{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let key = words.contains("key=");
    server.psql(database, &made(&schema, key));
    let words = format!("&schema={schema}{words}");
    let address = server.address(database, &words);
    let lost = schema.clone();
    Trial::new(
        move || sink(&address, mode).unwrap(),
        move || {
            let select = format!("SELECT number FROM {schema}.sample ORDER BY id");
            numbers(&server.psql(database, &select))
        },
    )
    .loses("its schema is empty", move || {
        let anew = format!("DROP SCHEMA {lost} CASCADE; {}", made(&lost, key));
        server.psql(database, &anew);
    })
}

fn database(server: &'static Server) -> &'static str {
    server.database().leak()
}

#[tokio::test]
async fn postgres_keeps_every_promise() {
    if let Some(server) = Server::shared() {
        let database = database(server);
        let suite = ExportSuite::new(|| postgres(server, database, Mode::Append, "&table=sample"));
        suite.appends().resumes().one_shape().run().await;
    }
}

#[tokio::test]
async fn postgres_keeps_every_promise_with_a_key() {
    if let Some(server) = Server::shared() {
        let database = database(server);
        let suite = ExportSuite::new(|| {
            postgres(server, database, Mode::Append, "&table=sample&key=number")
        });
        suite.appends().resumes().one_shape().run().await;
    }
}

#[tokio::test]
async fn postgres_keeps_every_promise_when_it_replaces() {
    if let Some(server) = Server::shared() {
        let database = database(server);
        let suite = ExportSuite::new(|| postgres(server, database, Mode::Replace, "&key=number"));
        suite.resumes().run().await;
    }
}
