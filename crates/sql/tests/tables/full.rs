//! A full disk, and one that has room again: a small file system of the test's own, which only the
//! processes of the test see.

use std::process::Command;

use huntsman_core::{Export, ExportError, Opening, Position, Record, Sequence, Timestamp};
use huntsman_export::Mode::Append;

use crate::row::{NOTES, has, note, sink, sqlite3};
use crate::server::{Server, may_mount};

/// Rows in all, and in a batch.
const ROWS: i64 = 4000;
const BATCH: i64 = 100;
/// So many bytes has a row: all of them have no room until the filler is gone.
const LONG: usize = 1000;
const SIZE: &str = "16m";
const FILL: &str = "head -c 14680064 /dev/zero > small/filler";

fn job(position: Option<Position>) -> Opening {
    let opening = Opening::new(NOTES).of("spider", Timestamp(5));
    opening.resuming("job", position)
}

/// The batch behind this record.
fn batch(after: Sequence) -> Vec<Record> {
    let first = i64::try_from(after.0).unwrap();
    // The rows are stored as they are: text of one letter would be compressed.
    let text = |n: i64| {
        let letters =
            (0..LONG).map(|at| char::from(b'a' + ((n as usize * 31 + at * at * 7) % 26) as u8));
        letters.collect::<String>()
    };
    let last = ROWS.min(first + BATCH);
    (first..last).map(|n| note(n, &text(n))).collect()
}

/// What a run of the job leaves behind: the position, and why it ended.
async fn run(address: &str, position: Option<Position>) -> (Option<Position>, Option<ExportError>) {
    let sink = sink(address, Append).unwrap();
    let mut last = position.clone();
    let mut after = sink.open(job(position)).await.unwrap();
    while after.0 < ROWS.unsigned_abs() {
        let batch = batch(after);
        let next = Sequence(after.0 + batch.len() as u64);
        if let Err(error) = sink.export(batch).await {
            return (last, Some(error));
        }
        match sink.commit(next).await {
            Ok(position) => last = Some(position),
            Err(error) => return (last, Some(error)),
        }
        after = next;
    }
    sink.close().await.unwrap();
    (last, None)
}

/// Runs until the disk is full, and on when there is room; `free` makes it.
async fn full_and_free(
    address: &str,
    reason: &str,
    free: impl FnOnce(),
    count: impl Fn() -> String,
) {
    let (position, error) = run(address, None).await;
    let error = error.expect("there is no room for all").to_string();
    assert!(error.starts_with("cannot write "), "{error}");
    assert!(error.contains(reason) && !error.contains(['\n']), "{error}");
    let committed = position
        .as_ref()
        .expect("there was room for some")
        .sequence
        .0;
    assert!(
        committed > 0 && committed < ROWS.unsigned_abs(),
        "{committed}"
    );
    assert_eq!(count(), format!("{committed}|{committed}"));
    // Without room nothing changes.
    let (again, error) = run(address, position.clone()).await;
    assert!(error.is_some());
    let sequence = |position: &Option<Position>| position.as_ref().map(|one| one.sequence);
    assert!(sequence(&again) >= sequence(&position), "{again:?}");
    free();
    let (_, error) = run(address, again).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(count(), format!("{ROWS}|{ROWS}"));
}

#[tokio::test]
async fn a_job_goes_on_when_the_disk_of_postgres_has_room_again() {
    let Some(server) = Server::on_small_disk(SIZE) else {
        return;
    };
    server.within(&format!(
        "mkdir small/space && chown --reference=data small/space && {FILL}"
    ));
    let folder = server.folder.display();
    let space = format!("CREATE TABLESPACE small LOCATION '{folder}/small/space'");
    server.psql("postgres", &space);
    let create = "CREATE TABLE note (n bigint NOT NULL, text text NOT NULL) TABLESPACE small";
    server.psql("postgres", create);
    let count = || server.psql("postgres", "SELECT count(*), count(DISTINCT n) FROM note");
    let free = || server.within("rm small/filler");
    let reason = "No space left on device; Check free disk space.";
    let address = server.address("postgres", "");
    full_and_free(&address, reason, free, count).await;
    server.stop();
}

/// Without a job, the batches before are there.
#[tokio::test]
async fn a_full_disk_of_postgres_leaves_whole_batches() {
    let Some(server) = Server::on_small_disk("2m") else {
        return;
    };
    server.within("mkdir small/space && chown --reference=data small/space");
    let folder = server.folder.display();
    let space = format!("CREATE TABLESPACE small LOCATION '{folder}/small/space'");
    server.psql("postgres", &space);
    for words in ["", "&key=n"] {
        server.psql("postgres", "DROP TABLE IF EXISTS note");
        let create =
            "CREATE TABLE note (n bigint UNIQUE NOT NULL, text text NOT NULL) TABLESPACE small";
        server.psql("postgres", create);
        let sink = sink(&server.address("postgres", words), Append).unwrap();
        sink.open(Opening::new(NOTES)).await.unwrap();
        let mut taken = 0;
        let error = loop {
            match sink.export(batch(Sequence(taken))).await {
                Ok(()) => taken += BATCH.unsigned_abs(),
                Err(error) => break error.to_string(),
            }
        };
        sink.abandon().await;
        assert!(error.contains("No space left on device"), "{error}");
        assert!(taken > 0 && taken < ROWS.unsigned_abs(), "{taken}");
        let count = server.psql("postgres", "SELECT count(*) FROM note");
        assert_eq!(count, taken.to_string());
    }
    server.stop();
}

/// It starts itself where it sees a small file system of its own.
#[tokio::test]
async fn a_job_goes_on_when_the_disk_of_sqlite_has_room_again() {
    const GIVEN: &str = "HUNTSMAN_TEST_SMALL_DISK";
    if let Ok(folder) = std::env::var(GIVEN) {
        let path = format!("{folder}/small/x.db");
        let count = || sqlite3(&path, "SELECT count(*), count(DISTINCT n) FROM note");
        let free = || std::fs::remove_file(format!("{folder}/small/filler")).unwrap();
        let address = format!("sqlite:{folder}/small/x.db");
        full_and_free(&address, "the disk is full", free, count).await;
        return;
    }
    if !has("sqlite3") || !may_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "cd \"${GIVEN}\"; mkdir small; mount -t tmpfs -o size={SIZE} none small; {FILL}; exec \"$0\" \"$@\""
    );
    let output = Command::new("unshare")
        .args(["-m", "sh", "-ec", &script])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "full::a_job_goes_on_when_the_disk_of_sqlite_has_room_again",
        ])
        .env(GIVEN, folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}
