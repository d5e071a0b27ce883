//! The suite for sinks passes a right one, and finds each fault of wrong ones.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use huntsman_core::{Export, ExportError, Guarantee, Opening, Position, Record, Sequence};
use huntsman_testkit::Room;
use huntsman_testkit::export_suite::{ExportSuite, Trial};

/// What is wrong with a sink.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    None,
    LosesTheLast,
    TurnsBatches,
    BeginsAnew,
    KeepsWhatWasNotCommitted,
    CommitsLate,
    ForgetsTheOutbox,
    TakesAnEmptyPlace,
    SharesItsPlace,
    MixesShapes,
    ThinksThereIsRoom,
    LeavesAFile,
}

/// One number a line, behind a line with the name of the type, before a line that says `end`.
struct Numbers {
    path: PathBuf,
    fault: Fault,
    room: Option<Room>,
    file: Mutex<Option<File>>,
}

type Opened = Result<File, ExportError>;

fn failed(source: io::Error) -> ExportError {
    ExportError::Io {
        place: "the numbers".to_owned(),
        source,
    }
}

fn refused(reason: &str) -> ExportError {
    ExportError::Other(reason.to_owned())
}

const END: &[u8] = b"end\n";

impl Numbers {
    fn file(&self) -> MutexGuard<'_, Option<File>> {
        self.file.lock().expect("no other thread panicked")
    }

    fn write(&self, bytes: &[u8]) -> Result<(), ExportError> {
        let mut file = self.file();
        let file = file.as_mut().expect("it is open");
        match &self.room {
            Some(room) if self.fault != Fault::ThinksThereIsRoom => {
                let before = file.stream_position().map_err(failed)?;
                let written = room.write_all(&mut *file, bytes);
                if written.is_err() {
                    file.set_len(before).map_err(failed)?;
                }
                written.map_err(failed)
            }
            _ => file.write_all(bytes).map_err(failed),
        }
    }

    fn ready(&self, opening: &Opening) -> io::Result<Opened> {
        let mut options = OpenOptions::new();
        let anew = opening.position.is_none() || self.fault == Fault::TakesAnEmptyPlace;
        let options = options.read(true).write(true).create(anew);
        let mut file = options.open(&self.path)?;
        if self.fault != Fault::SharesItsPlace && file.try_lock().is_err() {
            return Ok(Err(refused("another sink writes this")));
        }
        let mut old = Vec::new();
        file.read_to_end(&mut old)?;
        let len = match &opening.position {
            Some(position) => {
                let text = std::str::from_utf8(&position.state).map_err(io::Error::other)?;
                text.parse().map_err(io::Error::other)?
            }
            None if self.fault == Fault::BeginsAnew => 0,
            None => old.len() - END.len() * usize::from(old.ends_with(END)),
        };
        let resumes = opening.position.is_some();
        let keeps = resumes && self.fault == Fault::KeepsWhatWasNotCommitted;
        if resumes && self.fault == Fault::LeavesAFile {
            File::create(self.path.with_extension("tmp"))?;
        }
        if len > old.len() && self.fault != Fault::TakesAnEmptyPlace {
            return Ok(Err(refused("the place is not what it was")));
        }
        if !keeps {
            file.set_len(len as u64)?;
        }
        file.seek(SeekFrom::End(0))?;
        let head = format!("{}\n", opening.schemas[0].name);
        if len == 0 {
            file.write_all(head.as_bytes())?;
        } else if len > old.len() {
            file.set_len(0)?;
        } else if !old.starts_with(head.as_bytes()) && self.fault != Fault::MixesShapes {
            file.write_all(&old[len..])?;
            return Ok(Err(refused("the place has items of another shape")));
        }
        Ok(Ok(file))
    }
}

#[async_trait]
impl Export for Numbers {
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        *self.file() = Some(self.ready(&opening).map_err(failed)??);
        Ok(opening.after())
    }

    async fn export(&self, mut batch: Vec<Record>) -> Result<(), ExportError> {
        match self.fault {
            Fault::LosesTheLast => drop(batch.pop()),
            Fault::TurnsBatches => batch.reverse(),
            _ => {}
        }
        let mut lines = String::new();
        for record in batch {
            let item = serde_json::to_value(record.item.fields());
            let item = item.map_err(|error| refused(&error.to_string()))?;
            lines += &format!("{}\n", item["number"]);
        }
        self.write(lines.as_bytes())
    }

    async fn commit(&self, up_to: Sequence) -> Result<Position, ExportError> {
        let file = self.file();
        let file = file.as_ref().expect("it is open");
        file.sync_all().map_err(failed)?;
        let mut len = file.metadata().map_err(failed)?.len();
        if self.fault == Fault::CommitsLate {
            len = 7;
        }
        let forgets = self.fault == Fault::ForgetsTheOutbox;
        Ok(Position {
            sequence: Sequence(if forgets { up_to.0 / 2 } else { up_to.0 }),
            state: len.to_string().into_bytes(),
        })
    }

    async fn close(&self) -> Result<(), ExportError> {
        self.write(END)?;
        *self.file() = None;
        Ok(())
    }

    fn guarantee(&self) -> Guarantee {
        Guarantee::ExactlyOnce
    }
}

fn read(path: &Path) -> Vec<u64> {
    let text = std::fs::read_to_string(path).expect("the file is there");
    let lines = text.lines().skip(1);
    let lines = lines.take_while(|line| *line != "end");
    lines.map(|line| line.parse().expect("a number")).collect()
}

fn trial(fault: Fault) -> Trial<Numbers> {
    let folder = Arc::new(tempfile::tempdir().expect("a folder"));
    let path = folder.path().join("numbers");
    let make = {
        let path = path.clone();
        move |room| Numbers {
            path: path.clone(),
            fault,
            room,
            file: Mutex::default(),
        }
    };
    let (full, lost) = (make.clone(), path.clone());
    let path_of_folder = folder.path().to_owned();
    let read = move || {
        let _kept = &folder;
        read(&path)
    };
    Trial::new(move || make(None), read)
        .in_folder(path_of_folder)
        .torn()
        .loses("its file is gone", move || {
            std::fs::remove_file(&lost).expect("there is a file");
        })
        .full(move |room| full(Some(Room::of(room))))
}

async fn suite(fault: Fault) {
    ExportSuite::new(|| trial(fault))
        .appends()
        .resumes()
        .one_writer()
        .one_shape()
        .run()
        .await;
}

#[tokio::test]
async fn a_right_sink_passes() {
    suite(Fault::None).await;
}

macro_rules! found {
    ($($name:ident $fault:ident $message:literal;)+) => {$(
        #[tokio::test]
        #[should_panic(expected = $message)]
        async fn $name() {
            suite(Fault::$fault).await;
        }
    )+};
}

found! {
    a_lost_record LosesTheLast "every record once";
    another_order TurnsBatches "in the order of the outbox";
    a_place_begun_anew BeginsAnew "what was there stays";
    records_that_stay_after_a_cut KeepsWhatWasNotCommitted "once, in order";
    a_position_before_its_records CommitsLate "once, in order";
    a_position_of_another_record ForgetsTheOutbox "a commit is of all";
    a_lost_place_that_nobody_misses TakesAnEmptyPlace "and the sink goes on";
    two_writers SharesItsPlace "two sinks are open";
    two_shapes MixesShapes "another shape";
    a_full_disk_that_nobody_notices ThinksThereIsRoom "all fits into it";
    a_file_that_stays LeavesAFile "of an uninterrupted run";
}
