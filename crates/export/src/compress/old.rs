//! A file that is there, read from some byte on.

use std::io::{self, BufRead, Read};

use crate::place::Output;

/// So much is read at once.
const PIECE: usize = 64 * 1024;

/// What an output has, up to a length.
pub(super) struct Old<'a> {
    output: &'a mut dyn Output,
    piece: Vec<u8>,
    /// Where in `piece` it goes on.
    at: usize,
    /// Where in the file `piece` ends.
    end: u64,
    len: u64,
    /// Why it could not be read, apart from what a decoder makes of it.
    pub(super) failed: Option<io::Error>,
}

impl<'a> Old<'a> {
    pub(super) fn new(output: &'a mut dyn Output, from: u64, len: u64) -> Self {
        Self {
            output,
            piece: Vec::new(),
            at: 0,
            end: from,
            len,
            failed: None,
        }
    }

    /// Where in the file it goes on.
    pub(super) fn offset(&self) -> u64 {
        self.end - (self.piece.len() - self.at) as u64
    }

    fn fill(&mut self) -> io::Result<()> {
        let most = (self.len - self.end).min(PIECE as u64);
        self.piece.resize(usize::try_from(most).unwrap_or(PIECE), 0);
        self.at = 0;
        let read = if self.piece.is_empty() {
            Ok(0)
        } else {
            self.output.read(self.end, &mut self.piece)
        };
        match read {
            Ok(read) => {
                self.piece.truncate(read);
                self.end += read as u64;
                Ok(())
            }
            Err(error) => {
                self.piece.clear();
                let same = io::Error::new(error.kind(), error.to_string());
                self.failed = Some(error);
                Err(same)
            }
        }
    }
}

impl BufRead for Old<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.piece.len() {
            self.fill()?;
        }
        Ok(&self.piece[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

impl Read for Old<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}
