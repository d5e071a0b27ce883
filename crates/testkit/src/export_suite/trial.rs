//! One place that sinks are tried on.

use std::fmt;
use std::path::{Path, PathBuf};

use super::folder::{self, Frozen};

/// A fresh place, and the ways to it.
pub struct Trial<E> {
    pub(super) open: Box<dyn Fn() -> E + Send + Sync>,
    read: Box<dyn Fn() -> Vec<u64> + Send + Sync>,
    snapshot: Option<Box<dyn Fn() -> Vec<u8> + Send + Sync>>,
    pub(super) full: Option<Box<dyn Fn(u64) -> E + Send + Sync>>,
    pub(super) losses: Vec<Loss>,
    folder: Option<PathBuf>,
    tears: bool,
}

/// What happens, and how.
pub(super) type Loss = (&'static str, Box<dyn Fn() + Send + Sync>);

impl<E> fmt::Debug for Trial<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trial")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl<E> Trial<E> {
    /// `open` makes a sink on the place, not opened yet; `read` gives the numbers of the samples in
    /// it, in their order, and panics if it is not whole.
    #[must_use]
    pub fn new(
        open: impl Fn() -> E + Send + Sync + 'static,
        read: impl Fn() -> Vec<u64> + Send + Sync + 'static,
    ) -> Self {
        Self {
            open: Box::new(open),
            read: Box::new(read),
            snapshot: None,
            full: None,
            losses: Vec::new(),
            folder: None,
            tears: false,
        }
    }

    /// All that is in the place, to the byte or to the row: two runs that end alike have the same.
    /// Left out, the numbers alone are compared.
    #[must_use]
    pub fn snapshot(self, snapshot: impl Fn() -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self {
            snapshot: Some(Box::new(snapshot)),
            ..self
        }
    }

    /// All that the sink keeps is in the files of this folder, which holds nothing else. A cut
    /// then leaves the very files of that moment, whatever the sink does when it is dropped; and
    /// the files are the [snapshot](Trial::snapshot).
    #[must_use]
    pub fn in_folder(self, path: impl Into<PathBuf>) -> Self {
        let folder = path.into();
        let seen = folder.clone();
        let trial = self.snapshot(move || folder::bytes(&seen));
        Self {
            folder: Some(folder),
            ..trial
        }
    }

    /// The folder that all is in.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The files of the folder are only ever added to. A cut then also leaves a part of what was
    /// added since the last commit, to any byte.
    #[must_use]
    pub fn torn(self) -> Self {
        Self {
            tears: true,
            ..self
        }
    }

    /// A way in which the place goes lost between two runs: opening a sink at a position of before
    /// must then be an error.
    #[must_use]
    pub fn loses(mut self, what: &'static str, loss: impl Fn() + Send + Sync + 'static) -> Self {
        self.losses.push((what, Box::new(loss)));
        self
    }

    /// Makes a sink on the place, not opened yet, for which there is room for so many more bytes.
    #[must_use]
    pub fn full(self, full: impl Fn(u64) -> E + Send + Sync + 'static) -> Self {
        Self {
            full: Some(Box::new(full)),
            ..self
        }
    }

    pub(super) fn sink(&self) -> E {
        (self.open)()
    }

    pub(super) fn read(&self) -> Vec<u64> {
        (self.read)()
    }

    /// The numbers, and all there is to compare.
    pub(super) fn content(&self) -> (Vec<u64>, Option<Vec<u8>>) {
        (self.read(), self.snapshot.as_ref().map(|take| take()))
    }

    /// How much of what was added since the last commit is there after a cut, in quarters.
    pub(super) fn tears(&self) -> &'static [usize] {
        match self.tears {
            true => &[4, 0, 1, 3],
            false => &[4],
        }
    }

    /// The files as they are now, if there are files.
    pub(super) fn frozen(&self) -> Option<Frozen> {
        self.folder.as_deref().map(Frozen::of)
    }

    /// What a crash leaves of a sink, with so many quarters of what was added since `before`.
    pub(super) fn cut(&self, sink: E, before: Option<&Frozen>, quarters: usize) {
        let now = self.frozen();
        drop(sink);
        if let (Some(folder), Some(now)) = (&self.folder, now) {
            now.torn(before, quarters).put_back(folder);
        }
    }
}
