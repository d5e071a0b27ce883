//! A regular file: appended to, or replaced.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{Delivered, Place, beside, items};
use crate::feed::Mode;
use crate::formats::{Ends, LOOK};

/// Opens, and creates if need be, the file that will be written to.
pub(super) fn open(path: &Path, mode: Mode) -> io::Result<Box<dyn Place>> {
    let path = beside::resolve(path)?;
    Ok(Box::new(match mode {
        Mode::Append => Regular::append(path)?,
        Mode::Replace => Regular::replace(path)?,
    }))
}

/// What the open file is.
enum Origin {
    /// It was there before: its first `keep` bytes still are, `tail` came after them.
    Old { keep: u64, tail: Vec<u8> },
    /// It was created under its own name.
    New,
    /// It was created under this name, to replace another. That one, if any, is kept locked.
    Temporary {
        path: PathBuf,
        _replaced: Option<File>,
    },
}

struct Regular {
    file: File,
    /// The name it has, or will have.
    path: PathBuf,
    origin: Origin,
}

/// The file that is there, if any, for reading and writing.
fn open_old(path: &Path) -> io::Result<Option<File>> {
    match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Regular {
    fn append(path: PathBuf) -> io::Result<Self> {
        beside::refuse_others(&path, None)?;
        let (file, origin) = match open_old(&path)? {
            Some(file) => {
                let keep = file.metadata()?.len();
                (
                    file,
                    Origin::Old {
                        keep,
                        tail: Vec::new(),
                    },
                )
            }
            None => {
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
        Ok(Self { file, path, origin })
    }

    fn replace(path: PathBuf) -> io::Result<Self> {
        let replaced = open_old(&path)?;
        if let Some(replaced) = &replaced {
            beside::lock(replaced)?;
        }
        let permissions = replaced
            .as_ref()
            .map(|old| Ok(old.metadata()?.permissions()));
        let (temporary, file) = beside::temporary(&path)?;
        let ready = beside::lock(&file)
            .and_then(|()| beside::refuse_others(&path, Some(&temporary)))
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
        Ok(Self { file, path, origin })
    }

    /// The name under which the file is now.
    fn present(&self) -> &Path {
        match &self.origin {
            Origin::Temporary { path, .. } => path,
            Origin::Old { .. } | Origin::New => &self.path,
        }
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
            Origin::New | Origin::Temporary { .. } => fs::remove_file(self.present()),
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

impl Place for Regular {
    fn old(&mut self) -> io::Result<Option<Ends>> {
        let len = match self.origin {
            Origin::Old { keep, .. } if keep > 0 => keep,
            _ => return Ok(None),
        };
        let look = len.min(LOOK as u64);
        let (mut head, mut tail) = (Vec::new(), Vec::new());
        self.file.seek(SeekFrom::Start(0))?;
        (&self.file).take(look).read_to_end(&mut head)?;
        self.file.seek(SeekFrom::Start(len - look))?;
        (&self.file).take(look).read_to_end(&mut tail)?;
        Ok(Some(Ends { head, tail, len }))
    }

    fn go_on(&mut self, from: u64) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(from))?;
        let mut after = Vec::new();
        (&self.file).take(LOOK as u64).read_to_end(&mut after)?;
        if let Origin::Old { keep, tail } = &mut self.origin {
            (*keep, *tail) = (from, after);
        }
        self.file.set_len(from)?;
        self.file.seek(SeekFrom::Start(from))?;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.file.sync_all()?;
        if let Origin::Temporary { path, .. } = &self.origin {
            fs::rename(path, &self.path)?;
        }
        if !matches!(self.origin, Origin::Old { .. }) {
            beside::sync_folder(&self.path);
        }
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
            Origin::Old { .. } | Origin::New => self.close_after(delivered),
            Origin::Temporary { .. } => self.set_aside(delivered).map(drop),
        };
        // Nobody is left to tell; a file that was not closed does not look whole.
        done.unwrap_or_default();
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().escape_debug().to_string()
}
