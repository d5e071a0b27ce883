//! A regular file: appended to, or replaced.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use huntsman_core::failpoint::failpoint;

use super::{beside, items, others, resume};
use crate::feed::Mode;
use crate::place::{Delivered, Output};

/// The kernel keeps a file in pieces that begin at multiples of their size: one that is written
/// once, and wholly, is the cheapest.
const STRIDE: Option<NonZeroUsize> = NonZeroUsize::new(128 << 10);

/// Opens, and creates if need be, the file that will be written to.
pub(super) fn open(path: &Path, mode: Mode, job: Option<&str>) -> io::Result<Box<dyn Output>> {
    let path = beside::resolve(path)?;
    Ok(Box::new(match mode {
        Mode::Append => Regular::append(path, job)?,
        Mode::Replace => Regular::replace(path, job)?,
    }))
}

/// What the open file is.
pub(super) enum Origin {
    /// It was there before: its first `keep` bytes still are, `tail` came after them.
    Old { keep: u64, tail: Vec<u8> },
    /// It was created under its own name.
    New,
    /// It was created under this name. It gets its own once there is a position in it that is
    /// known: so what has its own name without one is not ours, and is never removed.
    Early { path: PathBuf },
    /// It was created under this name, to replace another. That one, if any, is kept locked.
    Temporary {
        path: PathBuf,
        _replaced: Option<File>,
    },
}

pub(super) struct Regular {
    file: File,
    /// The name it has, or will have.
    path: PathBuf,
    origin: Origin,
    /// It may be gone on with.
    job: bool,
    /// It was made durable so many times.
    syncs: u64,
}

/// The file that is there, if any, for reading and writing.
pub(super) fn open_old(path: &Path) -> io::Result<Option<File>> {
    match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The same, locked.
pub(super) fn locked_old(path: &Path) -> io::Result<Option<File>> {
    let old = open_old(path)?;
    if let Some(old) = &old {
        beside::lock(old)?;
    }
    Ok(old)
}

impl Regular {
    pub(super) fn new(file: File, path: PathBuf, origin: Origin) -> Self {
        Self {
            file,
            path,
            origin,
            job: false,
            syncs: 0,
        }
    }

    fn append(path: PathBuf, job: Option<&str>) -> io::Result<Self> {
        others::refuse(&path, None)?;
        let (file, origin) = match (open_old(&path)?, job) {
            (Some(file), _) => {
                let keep = file.metadata()?.len();
                (
                    file,
                    Origin::Old {
                        keep,
                        tail: Vec::new(),
                    },
                )
            }
            (None, Some(job)) => {
                let (path, file) = beside::temporary_of_job(&path, job)?;
                (file, Origin::Early { path })
            }
            (None, None) => {
                let mut options = OpenOptions::new();
                let file = options
                    .read(true)
                    .write(true)
                    .create_new(true)
                    .open(&path)?;
                (file, Origin::New)
            }
        };
        beside::lock(&file)?;
        Ok(Self {
            job: job.is_some(),
            ..Self::new(file, path, origin)
        })
    }

    fn replace(path: PathBuf, job: Option<&str>) -> io::Result<Self> {
        let replaced = locked_old(&path)?;
        let permissions = replaced
            .as_ref()
            .map(|old| Ok(old.metadata()?.permissions()));
        let (temporary, file) = match job {
            None => beside::temporary(&path)?,
            Some(job) => beside::temporary_of_job(&path, job)?,
        };
        let ready = beside::lock(&file)
            .and_then(|()| others::refuse(&path, Some(&temporary)))
            .and_then(|()| permissions.transpose())
            .and_then(|permissions| permissions.map_or(Ok(()), |bits| file.set_permissions(bits)));
        if let Err(error) = ready {
            fs::remove_file(&temporary)?;
            return Err(error);
        }
        let origin = Origin::Temporary {
            path: temporary,
            _replaced: replaced,
        };
        Ok(Self::new(file, path, origin))
    }

    /// The name under which the file is now.
    fn present(&self) -> &Path {
        match &self.origin {
            Origin::Temporary { path, .. } | Origin::Early { path } => path,
            Origin::Old { .. } | Origin::New => &self.path,
        }
    }

    /// Gives the file its own name, if it has not got it yet.
    fn named(&mut self) -> io::Result<()> {
        if let Origin::Early { path } = &self.origin {
            failpoint("feed.name.before");
            beside::rename(path, &self.path)?;
            failpoint("feed.name.after");
            self.origin = Origin::New;
        }
        Ok(())
    }

    /// A file without a name takes everything, and nobody will find it.
    fn demand_name(&self) -> io::Result<()> {
        if self.is_gone() {
            let reason = "it was removed while it was being written";
            return Err(io::Error::new(io::ErrorKind::NotFound, reason));
        }
        Ok(())
    }

    fn is_gone(&self) -> bool {
        let found = fs::symlink_metadata(self.present());
        found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    }

    /// Ends the file after what was delivered.
    fn close_after(&mut self, delivered: &Delivered) -> io::Result<()> {
        self.file.set_len(delivered.to)?;
        self.file.seek(SeekFrom::Start(delivered.to))?;
        self.file.write_all(&delivered.closing)?;
        self.file.sync_all()
    }

    /// Makes an old file what it was before the run; removes a new one.
    fn undo(&mut self) -> io::Result<()> {
        match &self.origin {
            Origin::Old { keep, tail } => {
                let whole = keep + tail.len() as u64;
                self.file.seek(SeekFrom::Start(*keep))?;
                self.file.write_all(tail)?;
                self.file.set_len(whole)?;
                self.file.sync_all()
            }
            Origin::New | Origin::Early { .. } | Origin::Temporary { .. } => {
                fs::remove_file(self.present())
            }
        }
    }

    /// Renames the file to `NAME.partial`.
    fn set_aside(&mut self, delivered: &Delivered) -> io::Result<PathBuf> {
        // Its name keeps it from looking whole, so it may as well be readable.
        self.close_after(delivered)?;
        let (partial, _) = beside::partial(&self.path)?;
        fs::rename(self.present(), &partial)?;
        beside::sync_folder(&partial);
        Ok(partial)
    }

    /// Copies what was delivered to `NAME.partial`.
    fn copy_aside(&mut self, delivered: &Delivered) -> io::Result<PathBuf> {
        let (path, mut partial) = beside::partial(&self.path)?;
        let copied = (|| {
            let length = delivered.to - delivered.from;
            self.file.seek(SeekFrom::Start(delivered.from))?;
            partial.write_all(&delivered.opening)?;
            let copied = io::copy(&mut (&self.file).take(length), &mut partial)?;
            if copied < length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            partial.write_all(&delivered.closing)?;
            partial.sync_all()
        })();
        match copied {
            Ok(()) => Ok(path),
            Err(error) => {
                fs::remove_file(&path)?;
                Err(error)
            }
        }
    }

    fn try_fail(&mut self, delivered: &Delivered) -> io::Result<String> {
        let number = items(delivered.items);
        let old = matches!(self.origin, Origin::Old { .. });
        if self.is_gone() {
            return Ok(format!(
                "what was written before ({number}) is gone with it"
            ));
        }
        if delivered.items == 0 {
            self.undo()?;
            return Ok(if old {
                "the file is as it was"
            } else {
                "no item was written"
            }
            .to_owned());
        }
        if !old {
            let partial = self.set_aside(delivered)?;
            return Ok(format!(
                "what was written before ({number}) is in {}",
                shown(&partial)
            ));
        }
        let Ok(partial) = self.copy_aside(delivered) else {
            self.close_after(delivered)?;
            return Ok(format!("what was written before ({number}) is in the file"));
        };
        self.undo()?;
        let partial = shown(&partial);
        Ok(format!(
            "the file is as it was; what was written before ({number}) is in {partial}"
        ))
    }
}

impl Output for Regular {
    fn old(&mut self) -> io::Result<Option<u64>> {
        Ok(match self.origin {
            // With a job, it has to be known again as the empty file that it was.
            Origin::Old { keep, .. } if keep > 0 || self.job => Some(keep),
            _ => None,
        })
    }

    fn read(&mut self, from: u64, into: &mut [u8]) -> io::Result<usize> {
        // What is written next still goes where it would have gone.
        let at = self.file.stream_position()?;
        self.file.seek(SeekFrom::Start(from))?;
        let read = self.file.read(into);
        self.file.seek(SeekFrom::Start(at))?;
        read
    }

    fn go_on(&mut self, from: u64) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(from))?;
        let mut after = Vec::new();
        (&self.file).read_to_end(&mut after)?;
        if let Origin::Old { keep, tail } = &mut self.origin {
            (*keep, *tail) = (from, after);
        }
        failpoint("feed.cut.before");
        self.file.set_len(from)?;
        failpoint("feed.cut.after");
        self.file.seek(SeekFrom::Start(from))?;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        failpoint("feed.write.before");
        self.file.write_all(bytes)?;
        failpoint("feed.write.after");
        Ok(())
    }

    fn stride(&self) -> Option<NonZeroUsize> {
        STRIDE
    }

    fn sync(&mut self) -> io::Result<Vec<u8>> {
        failpoint("feed.sync.before");
        self.file.sync_all()?;
        failpoint("feed.sync.after");
        self.demand_name()?;
        if self.syncs > 0 {
            self.named()?;
        }
        if self.syncs < 2 {
            beside::sync_folder(&self.path);
        }
        self.syncs += 1;
        resume::position(&mut self.file)
    }

    fn finish(&mut self) -> io::Result<()> {
        failpoint("feed.finish.before");
        self.file.sync_all()?;
        self.demand_name()?;
        self.named()?;
        if let Origin::Temporary { path, .. } = &self.origin {
            failpoint("feed.replace.before");
            fs::rename(path, &self.path)?;
            failpoint("feed.replace.after");
        }
        if !matches!(self.origin, Origin::Old { .. }) {
            beside::sync_folder(&self.path);
        }
        failpoint("feed.finish.after");
        Ok(())
    }

    fn fail(&mut self, delivered: &Delivered) -> String {
        self.try_fail(delivered).unwrap_or_else(|error| {
            let number = items(delivered.items);
            let present = shown(self.present());
            format!("what was written before ({number}) stays in {present}, cut off: {error}")
        })
    }

    fn abandon(&mut self, delivered: &Delivered) {
        let done = match &self.origin {
            _ if delivered.items == 0 => self.undo(),
            Origin::Old { .. } | Origin::New | Origin::Early { .. } => self.close_after(delivered),
            Origin::Temporary { .. } => self.set_aside(delivered).map(drop),
        };
        // Nobody is left to tell; a file that was not closed does not look whole.
        done.unwrap_or_default();
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().escape_debug().to_string()
}
