//! A place whose disk fills up: files with the scheme `disk`.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use huntsman_export::{Delivered, Mode, Output, Place, Recovery, Start, Words};
use huntsman_testkit::Room;

/// A disk with so much room.
pub(crate) struct Disk(pub(crate) Room);

impl Place for Disk {
    fn schemes(&self) -> &'static [&'static str] {
        &["disk"]
    }

    fn open(&self, address: &str, start: Start<'_>, _: &Words) -> io::Result<Box<dyn Output>> {
        let path = PathBuf::from(address.trim_start_matches("disk:"));
        let resumes = matches!(start, Start::Resume { .. });
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(!resumes)
            .open(&path)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::Error(error) => error,
            TryLockError::WouldBlock => io::ErrorKind::ResourceBusy.into(),
        })?;
        let mut at = file.metadata()?.len();
        if let Start::Resume { state, .. } = start {
            let len = std::str::from_utf8(state).map_err(io::Error::other)?;
            let len = len.parse().map_err(io::Error::other)?;
            if at < len {
                return Err(io::Error::other("it is shorter than it was"));
            }
            at = len;
            file.set_len(at)?;
        }
        file.seek(SeekFrom::Start(at))?;
        Ok(Box::new(Open {
            room: self.0.clone(),
            is_new: at == 0,
            job: !matches!(start, Start::New { job: None, .. }),
            path,
            file,
            tail: Vec::new(),
            keep: at,
        }))
    }

    fn recovery(&self, _: &str) -> Recovery {
        Recovery::Exact
    }

    fn remove(&self, address: &str, _: Mode, _: &str, _: &Words) -> io::Result<()> {
        match std::fs::remove_file(address.trim_start_matches("disk:")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }
}

struct Open {
    room: Room,
    path: PathBuf,
    file: File,
    is_new: bool,
    job: bool,
    /// What stood behind `keep` before this run.
    tail: Vec<u8>,
    keep: u64,
}

impl Open {
    fn put_back(&mut self) -> io::Result<()> {
        if self.is_new {
            return std::fs::remove_file(&self.path);
        }
        self.file.set_len(self.keep)?;
        self.file.write_all_at(&self.tail, self.keep)
    }
}

impl Output for Open {
    fn old(&mut self) -> io::Result<Option<u64>> {
        let len = self.file.metadata()?.len();
        Ok((len > 0).then_some(len))
    }

    fn read(&mut self, from: u64, into: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(into, from)
    }

    fn go_on(&mut self, keep: u64) -> io::Result<()> {
        let len = self.file.metadata()?.len();
        self.tail = vec![0; usize::try_from(len - keep).map_err(io::Error::other)?];
        self.file.read_exact_at(&mut self.tail, keep)?;
        self.keep = keep;
        self.file.set_len(keep)?;
        self.file.seek(SeekFrom::Start(keep))?;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.room.write_all(&self.file, bytes)
    }

    fn sync(&mut self) -> io::Result<Vec<u8>> {
        self.file.sync_all()?;
        Ok(self.file.stream_position()?.to_string().into_bytes())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.file.sync_all()
    }

    fn fail(&mut self, delivered: &Delivered) -> String {
        if self.job && delivered.items > 0 {
            return "it can be gone on with".to_owned();
        }
        match self.put_back() {
            Ok(()) => "the file is as it was".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    fn abandon(&mut self, _: &Delivered) {
        self.put_back().expect("the test's disk can be tidied");
    }
}
