//! Standard output, devices and pipes: what is written is gone.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use super::items;
use crate::place::{Delivered, Output};

/// Something that is only written to.
pub(super) struct Stream {
    out: Box<dyn Write + Send>,
}

impl Stream {
    pub(super) fn standard_output() -> Self {
        Self {
            out: Box::new(io::stdout()),
        }
    }

    pub(super) fn device(path: &Path) -> io::Result<Self> {
        Ok(Self {
            out: Box::new(OpenOptions::new().write(true).open(path)?),
        })
    }
}

impl Output for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.out.flush()
    }

    fn sync(&mut self) -> io::Result<Vec<u8>> {
        self.out.flush()?;
        Ok(Vec::new())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn fail(&mut self, delivered: &Delivered) -> String {
        match delivered.items {
            0 => "no item was written".to_owned(),
            number => format!("what was written before ({}) has no end", items(number)),
        }
    }

    fn abandon(&mut self, delivered: &Delivered) {
        // Nobody is left to tell.
        self.write(&delivered.closing).unwrap_or_default();
    }
}
