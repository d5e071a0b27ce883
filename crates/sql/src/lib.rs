//! SQLite and PostgreSQL tables for the items of Huntsman.
//!
//! [`Sqlite`] and [`Postgres`] are connectors: `Catalog::default().connector(Sqlite)`, or
//! [`connect`], makes their addresses known.
//!
//! ```text
//! crawl books --demo -o 'sqlite:books.db?key=upc'
//! crawl books --demo -o 'postgres://me@db.example/shop?table=books&create=true&sslmode=verify-full'
//! ```
//!
//! # Addresses
//!
//! `sqlite:items.db` and `sqlite:///folder/items.db` are files; `%3F` is a `?` in their names.
//! `postgres://` and `postgresql://` are what libpq takes: `postgres://user:password@host:5432/shop`,
//! `postgres:///shop?host=/run/postgresql`. What an address does not say comes from `PGHOST`,
//! `PGPORT`, `PGUSER`, `PGPASSWORD`, `PGDATABASE`, `PGSSLMODE`, `PGSSLROOTCERT`,
//! `PGCONNECT_TIMEOUT` and `~/.pgpass` (`PGPASSFILE`). A password is in no message.
//!
//! | word | means | without it |
//! |---|---|---|
//! | `table` | the table, for items of one type | named after the type: `BookReview` is `book_review` |
//! | `create` | `true` or `false`: a table that is missing is made | `true` for SQLite, whose file is made, too; `false` for PostgreSQL, where tables are of somebody |
//! | `key` | columns by which rows are told apart: a row takes the place of the one with the same key | every item is a row of its own |
//! | `schema` | the schema of PostgreSQL | where the server looks first |
//!
//! Of libpq's words, `sslmode` is `disable`, `prefer` (what it is without the word), `require`,
//! `verify-ca` or `verify-full`; `sslrootcert` is a PEM file or `system`, else
//! `~/.postgresql/root.crt` if there is one, else the system's roots. `require` verifies the chain
//! where a file of roots is named or there, as libpq does. Not there are `sslmode=allow`,
//! certificates of the client, revocation lists, GSSAPI, channel binding and service files; with
//! `prefer`, a TLS handshake that fails is an error, and is not tried again without TLS.
//!
//! # Columns
//!
//! A field is a column of its name, in the order of the fields; `NOT NULL` unless the field is an
//! `Option`. Names may be any, words of SQL included.
//!
//! | field | SQLite | PostgreSQL |
//! |---|---|---|
//! | `bool` | `INTEGER`, 0 or 1 | `boolean` |
//! | `i8`, `u8`, `i16` | `INTEGER` | `smallint` |
//! | `u16`, `i32` | `INTEGER` | `integer` |
//! | `u32`, `i64` | `INTEGER` | `bigint` |
//! | `u64`, `usize` | `INTEGER`; from 2^63 on an error | `numeric(20)` |
//! | `f32`, `f64` | `REAL`; NaN is an error, -0 becomes 0 | `real`, `double precision` |
//! | text, URL | `TEXT` | `text`; NUL in it is an error |
//! | enum | `TEXT` | `text` |
//! | bytes, fixed | `BLOB` | `bytea` |
//! | date | `TEXT`, `2026-11-24` | `date` |
//! | time of day | `TEXT`, `12:30:00.250` | `time` |
//! | timestamp | `TEXT`, `2026-11-24T12:30:00Z` | `timestamptz` |
//! | local timestamp | `TEXT`, without the `Z` | `timestamp` |
//! | UUID | `TEXT` | `uuid` |
//! | decimal | `TEXT`, `12.50`: exact | `numeric(precision, scale)` |
//! | duration, nanoseconds (of an Avro schema) | `TEXT` | `text` |
//! | list, map, struct, union, `any` | `TEXT` with JSON | `jsonb`; NUL in a text of it is an error |
//!
//! In JSON, dates and the like are text as in SQLite, bytes are text whose code points they are, and
//! NaN and infinities are the texts `NaN`, `Infinity`, `-Infinity`. An `Option` that is `None` is
//! null; a null in an `any` that is no `Option` is the JSON `null`.
//!
//! A table that is there may have more columns, if they may be null or have a default, and wider
//! types. One that cannot keep the items as they are is refused before the first request, with the
//! first difference; it is never changed.
//!
//! An item that cannot be written is an error, and its batch is not in the table.
//!
//! # What is there, and when
//!
//! | | `-o` | `-O` |
//! |---|---|---|
//! | while it runs | each batch at once; with a job, what was committed | the old rows |
//! | closed | all rows | the new rows alone, in one transaction: readers see the old ones or the new |
//! | abandoned, failed | the batches before; with a job, what was committed | the old rows |
//!
//! `-O` deletes rows and not the table: its indexes, rights and views stay. An old row that others
//! refer to by a foreign key keeps it from being done, unless the key cascades.
//!
//! # Positions
//!
//! In a crawl with a job, the position is a row of the table `huntsman_positions` in the same
//! database (made where it is missing, whatever `create` says), written in the transaction of the
//! rows: every record is there once. What the database
//! says counts, also where the crawl knows of less. A database that knows less than the crawl is
//! refused: it was restored or replaced. With `-O`, the new rows wait in a table `huntsman_…` beside
//! the old ones until the crawl is done. A run that is opened takes over from an older one of the
//! same job, which cannot commit any more. Two feeds of a job that have the same words in one
//! database would take each other for that.
//!
//! SQLite lets one connection write at a time: rows of a job wait in a temporary file until they are
//! committed, so that several feeds can write into one database. A new file is in WAL mode while the
//! crawl runs, for readers, and one plain file afterwards; the mode of a file that was there stays.
//! A lock of another program is waited for 5 s, one of PostgreSQL 30 s.
//!
//! Rows go into SQLite by a prepared statement, in one transaction a batch; into PostgreSQL by a
//! binary `COPY`, with a key through a temporary table. Of rows with one key in a batch, the last
//! one counts.

mod position;
mod postgres;
mod sqlite;
mod table;
mod text;
mod wanted;

use huntsman_export::Catalog;

pub use postgres::Postgres;
pub use sqlite::Sqlite;

/// The catalog with both databases.
///
/// ```
/// let catalog = huntsman_sql::connect(huntsman_export::Catalog::default());
/// assert!(format!("{catalog:?}").contains("sqlite"));
/// ```
#[must_use]
pub fn connect(catalog: Catalog) -> Catalog {
    catalog.connector(Sqlite).connector(Postgres)
}
