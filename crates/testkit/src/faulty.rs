//! Writers that fail as disks do.

use std::io::{self, ErrorKind, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is left of a disk, in bytes; clones share it.
///
/// ```
/// use huntsman_testkit::Room;
///
/// let room = Room::of(5);
/// assert_eq!((room.take(3), room.take(3)), (3, 2));
/// assert_eq!(room.check().unwrap_err().kind(), std::io::ErrorKind::StorageFull);
/// room.add(1);
/// assert!(room.check().is_ok());
/// ```
#[derive(Debug, Clone)]
pub struct Room(Arc<AtomicU64>);

impl Room {
    /// So many bytes.
    #[must_use]
    pub fn of(bytes: u64) -> Self {
        Self(Arc::new(AtomicU64::new(bytes)))
    }

    /// Bytes that are left.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Somebody removed a file.
    pub fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Takes up to `wanted` bytes: how many there were.
    pub fn take(&self, wanted: usize) -> usize {
        let wanted = wanted as u64;
        let take = |left: u64| Some(left - left.min(wanted));
        let before = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        let left = before.unwrap_or_else(|left| left);
        usize::try_from(left.min(wanted)).unwrap_or(usize::MAX)
    }

    /// Whether there is room at all.
    ///
    /// # Errors
    /// The system's error for a disk without room.
    pub fn check(&self) -> io::Result<()> {
        match self.left() {
            0 => Err(no_room()),
            _ => Ok(()),
        }
    }

    /// Writes what fits to `out`.
    ///
    /// # Errors
    /// Not all fits, or `out` fails.
    pub fn write_all(&self, mut out: impl Write, bytes: &[u8]) -> io::Result<()> {
        let fits = self.take(bytes.len());
        out.write_all(&bytes[..fits])?;
        if fits < bytes.len() {
            return Err(no_room());
        }
        Ok(())
    }
}

/// The system's own error where it has one.
fn no_room() -> io::Error {
    if cfg!(unix) {
        const ENOSPC: i32 = 28;
        io::Error::from_raw_os_error(ENOSPC)
    } else {
        ErrorKind::StorageFull.into()
    }
}

/// A writer with faults, before another one.
///
/// ```
/// use std::io::Write;
/// use huntsman_testkit::{Faulty, Room};
///
/// let mut out = Faulty::new(Vec::new()).short(2).room(Room::of(5));
/// assert_eq!(out.write(b"abc").unwrap(), 2);
/// assert!(out.write_all(b"defg").is_err());
/// assert_eq!(out.into_inner(), b"abdef");
/// ```
#[derive(Debug, Clone)]
pub struct Faulty<W> {
    inner: W,
    room: Option<Room>,
    short: usize,
    interrupts: bool,
    interrupted: bool,
    fails_to_flush: bool,
}

impl<W> Faulty<W> {
    /// A writer without a fault.
    pub fn new(inner: W) -> Self {
        Self {
            inner,
            room: None,
            short: usize::MAX,
            interrupts: false,
            interrupted: false,
            fails_to_flush: false,
        }
    }

    /// Fails when this room is used up.
    #[must_use]
    pub fn room(self, room: Room) -> Self {
        Self {
            room: Some(room),
            ..self
        }
    }

    /// Takes at most so many bytes at once.
    #[must_use]
    pub fn short(self, most: usize) -> Self {
        Self {
            short: most,
            ..self
        }
    }

    /// Is interrupted by a signal before each write.
    #[must_use]
    pub fn interrupts(self) -> Self {
        Self {
            interrupts: true,
            ..self
        }
    }

    /// Takes all, and fails to make it durable.
    #[must_use]
    pub fn fails_to_flush(self) -> Self {
        Self {
            fails_to_flush: true,
            ..self
        }
    }

    /// What stands behind it.
    pub fn into_inner(self) -> W {
        self.inner
    }
}

impl<W: Write> Write for Faulty<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.interrupted = self.interrupts && !self.interrupted;
        if self.interrupted {
            return Err(ErrorKind::Interrupted.into());
        }
        let wanted = bytes.len().min(self.short);
        let fits = match &self.room {
            Some(room) => room.take(wanted),
            None => wanted,
        };
        if fits == 0 && wanted > 0 {
            return Err(no_room());
        }
        self.inner.write_all(&bytes[..fits])?;
        Ok(fits)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.fails_to_flush {
            return Err(io::Error::other("the disk does not answer"));
        }
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_write_goes_on() {
        let mut out = Faulty::new(Vec::new()).interrupts().short(3);
        out.write_all(b"abcdefgh").unwrap();
        assert_eq!(out.into_inner(), b"abcdefgh");
    }

    #[test]
    fn a_full_disk_has_the_error_of_the_system() {
        let room = Room::of(4);
        let mut out = Faulty::new(Vec::new()).room(room.clone());
        let error = out.write_all(b"abcdefgh").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        room.add(2);
        out.write_all(b"ef").unwrap();
        assert_eq!(out.into_inner(), b"abcdef");
    }

    #[test]
    fn a_flush_can_fail_after_writes_that_do_not() {
        let mut out = Faulty::new(Vec::new()).fails_to_flush();
        out.write_all(b"abc").unwrap();
        assert!(out.flush().is_err());
    }
}
