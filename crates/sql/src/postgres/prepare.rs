//! Before the first request: the position of the job, and the tables.

use huntsman_core::Opening;
use huntsman_export::Mode;

use super::cells::type_name;
use super::session::{Fault, Session, Sink, replacing};
use super::shape;
use crate::position::{self, Found, Standing};
use crate::table::Table;
use crate::text::{list, on_conflict, quoted};

/// What PostgreSQL keeps of a name, in bytes.
const NAME: usize = 63;

/// Makes or checks all tables. It runs within a transaction.
pub(super) async fn all(session: &mut Session, opening: &Opening) -> Result<Vec<Sink>, Fault> {
    let target = session.target.clone();
    let tables = Table::all(opening.schemas, &target.wanted, true, target.place());
    let tables = tables.map_err(Fault::Told)?;
    let is_read_only = "SELECT current_setting('transaction_read_only') = 'on'";
    if session.client.query_one(is_read_only, &[]).await?.get(0) {
        return Err(session.failed("the database is read-only"));
    }
    // Two sinks that open at once would make the same tables: one after the other. The number has
    // no meaning but to be ours.
    let lock = "SELECT pg_advisory_xact_lock(5219462816453)";
    session.client.execute(lock, &[]).await?;
    let standing = Standing::of(opening, &target.wanted, target.mode == Mode::Replace);
    if let Some(mut standing) = standing {
        stand(session, &mut standing, opening).await?;
        session.standing = Some(standing);
    }
    let mut sinks = Vec::with_capacity(tables.len());
    for (number, table) in tables.into_iter().enumerate() {
        sinks.push(sink(session, number, table).await?);
    }
    Ok(sinks)
}

/// Finds the position of the job, and takes the sink over.
async fn stand(session: &Session, standing: &mut Standing, opening: &Opening) -> Result<(), Fault> {
    let name = session.named("huntsman_positions");
    // Where the table is there, no right to make one is needed.
    if oid(session, &name).await?.is_none() {
        let create = position::CREATE.replacen("huntsman_positions", &name, 1);
        session.client.batch_execute(&create).await?;
    }
    let find = format!(
        "SELECT began, run, sequence, beyond, replacing FROM {name} WHERE job = $1 AND sink = $2 \
         FOR UPDATE"
    );
    let found = session
        .client
        .query_opt(&find, &[&standing.job, &standing.sink])
        .await?
        .map(|row| Found {
            began: row.get(0),
            run: row.get(1),
            sequence: row.get(2),
            beyond: row.get(3),
            replacing: row.get(4),
        });
    let taken = standing.take(found, opening.after());
    taken.map_err(|reason| session.failed(reason))?;
    let put = format!(
        "INSERT INTO {name} (job, sink, began, run, sequence, beyond, replacing) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (job, sink) DO UPDATE SET \
         began = excluded.began, run = excluded.run, sequence = excluded.sequence, \
         beyond = excluded.beyond, replacing = excluded.replacing"
    );
    let Standing {
        job,
        sink,
        began,
        run,
        sequence,
        beyond,
        replacing,
        ..
    } = standing;
    let values: [&(dyn tokio_postgres::types::ToSql + Sync); 7] =
        [job, sink, began, run, sequence, beyond, replacing];
    session.client.execute(&put, &values).await?;
    Ok(())
}

/// The number of a table; none if there is none of this name.
async fn oid(session: &Session, name: &str) -> Result<Option<u32>, Fault> {
    let row = session
        .client
        .query_one("SELECT to_regclass($1)::oid", &[&name])
        .await?;
    Ok(row.get(0))
}

/// Makes or checks a table, and those beside it.
async fn sink(session: &Session, number: usize, table: Table) -> Result<Sink, Fault> {
    let (wanted, client) = (&session.target.wanted, &session.client);
    let name = session.named(&table.name);
    let known = found(session, &name, &table).await?;
    let is_replacing = match &session.standing {
        Some(standing) => standing.replacing,
        None => session.target.mode == Mode::Replace,
    };
    let forms = shape::forms(session, known, &table, is_replacing).await?;
    let aim = if is_replacing {
        waiting(session, number, &name, &table).await?
    } else {
        name.clone()
    };
    let columns = table.names();
    let listed = list(columns.iter().copied());
    let (into, merge) = if wanted.key.is_empty() {
        (aim.clone(), None)
    } else {
        let stage = format!("pg_temp.huntsman_stage_{number}");
        client
            .batch_execute(&staged(&stage, &listed, &name))
            .await?;
        let key = list(wanted.key.iter().map(String::as_str));
        let conflict = on_conflict(&columns, &wanted.key);
        // Of rows with one key in a batch, the last one counts.
        let merge = format!(
            "INSERT INTO {aim} ({listed}) SELECT {listed} FROM (SELECT DISTINCT ON ({key}) * \
             FROM {stage} ORDER BY {key}, huntsman_row DESC) AS last ORDER BY huntsman_row\
             {conflict}; TRUNCATE {stage}"
        );
        (stage, Some(merge))
    };
    let copy = format!("COPY {into} ({listed}) FROM STDIN (FORMAT binary)");
    Ok(Sink {
        copy: client.prepare(&copy).await?,
        forms,
        merge,
        replace: is_replacing.then(|| replacing(&name, &aim, &table)),
        table,
    })
}

/// The number of the table for the items, which is made if that is asked for.
async fn found(session: &Session, name: &str, table: &Table) -> Result<u32, Fault> {
    let mut names = table.names();
    names.push(&table.name);
    if let Some(long) = names.iter().find(|name| name.len() > NAME) {
        return Err(session.failed(format_args!(
            "PostgreSQL keeps {NAME} bytes of a name, and {long} has {}",
            long.len()
        )));
    }
    if let Some(known) = oid(session, name).await? {
        return Ok(known);
    }
    let wanted = &session.target.wanted;
    if !wanted.create {
        return Err(session.failed(format_args!(
            "there is no table {}: create=true makes it",
            table.name
        )));
    }
    let made = made(name, table, &wanted.key);
    session.client.batch_execute(&made).await?;
    let made = oid(session, name).await?;
    made.ok_or_else(|| session.failed("the search_path hides the table that was made"))
}

/// The statements that make a table of this session alone, with the columns of `name` and one for
/// the order of rows.
fn staged(stage: &str, columns: &str, name: &str) -> String {
    format!(
        "CREATE TEMP TABLE {} AS SELECT {columns} FROM {name} WITH NO DATA; {}",
        stage.trim_start_matches("pg_temp."),
        numbered(stage)
    )
}

/// The statement that gives a table a column for the order in which rows came.
fn numbered(name: &str) -> String {
    format!("ALTER TABLE {name} ADD COLUMN huntsman_row bigint GENERATED ALWAYS AS IDENTITY")
}

/// A table for rows that replace others at the end. That of a job outlives a crash; another is gone
/// with the session.
async fn waiting(
    session: &Session,
    number: usize,
    name: &str,
    table: &Table,
) -> Result<String, Fault> {
    let wanted = &session.target.wanted;
    let (waiting, create, drop) = match &session.standing {
        Some(standing) => {
            let waiting = session.named(&standing.waiting(number));
            if !standing.is_new {
                return match oid(session, &waiting).await? {
                    Some(_) => Ok(waiting),
                    None => Err(session.failed(format_args!(
                        "the table {waiting}, where the rows of the job wait, is gone: start a new \
                         job"
                    ))),
                };
            }
            let drop = format!("DROP TABLE IF EXISTS {waiting}; ");
            (waiting.clone(), format!("TABLE {waiting}"), drop)
        }
        None => {
            let own = format!("huntsman_new_{number}");
            (
                format!("pg_temp.{own}"),
                format!("TEMP TABLE {own}"),
                String::new(),
            )
        }
    };
    let columns = list(table.names());
    let mut statements =
        format!("{drop}CREATE {create} AS SELECT {columns} FROM {name} WITH NO DATA; ");
    statements.push_str(&numbered(&waiting));
    if !wanted.key.is_empty() {
        let key = list(wanted.key.iter().map(String::as_str));
        statements.push_str(&format!("; ALTER TABLE {waiting} ADD UNIQUE ({key})"));
    }
    session.client.batch_execute(&statements).await?;
    Ok(waiting)
}

/// The statement that makes a table.
fn made(name: &str, table: &Table, key: &[String]) -> String {
    let columns = table.columns.iter().map(|column| {
        let null = if column.optional { "" } else { " NOT NULL" };
        format!("{} {}{null}", quoted(&column.name), type_name(column.sort))
    });
    let mut parts: Vec<String> = columns.collect();
    if !key.is_empty() {
        parts.push(format!("UNIQUE ({})", list(key.iter().map(String::as_str))));
    }
    format!("CREATE TABLE {name} ({})", parts.join(", "))
}
