//! Undoing chunks, which other archives keep (RFC 9112 §7.1).

use std::io::{self, BufRead, Read};

/// The longest line that may announce a chunk.
const LINE: u64 = 4096;

/// Reads what stands in chunks.
pub(crate) struct Chunked<R> {
    input: R,
    left: u64,
    state: State,
}

#[derive(PartialEq)]
enum State {
    First,
    Within,
    End,
    /// Something undid the chunks and left the name of them in the head.
    Plain,
}

impl<R: BufRead> Chunked<R> {
    pub(crate) fn new(input: R) -> Self {
        Self {
            input,
            left: 0,
            state: State::First,
        }
    }

    /// Reads the line before a chunk, and the line end behind the last one.
    fn announced(&mut self) -> io::Result<()> {
        let is_first = self.state == State::First;
        if is_first
            && !self
                .input
                .fill_buf()?
                .first()
                .is_some_and(u8::is_ascii_hexdigit)
        {
            self.state = State::Plain;
            return Ok(());
        }
        if !is_first {
            let mut end = Vec::new();
            (&mut self.input).take(2).read_until(b'\n', &mut end)?;
            if !matches!(&end[..], b"\r\n" | b"\n") {
                return Err(broken());
            }
        }
        let mut line = Vec::new();
        (&mut self.input).take(LINE).read_until(b'\n', &mut line)?;
        let size = line.split(|byte| *byte == b';').next().unwrap_or_default();
        let size = std::str::from_utf8(size.trim_ascii()).ok();
        let size = size.and_then(|size| u64::from_str_radix(size, 16).ok());
        self.left = size.filter(|_| line.ends_with(b"\n")).ok_or_else(broken)?;
        self.state = match self.left {
            0 => State::End,
            _ => State::Within,
        };
        Ok(())
    }
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "its chunks are broken")
}

impl<R: BufRead> Read for Chunked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && matches!(self.state, State::First | State::Within) {
            self.announced()?;
        }
        match self.state {
            State::End => Ok(0),
            State::Plain => self.input.read(into),
            State::First | State::Within => {
                let count = (&mut self.input).take(self.left).read(into)?;
                if count == 0 && !into.is_empty() {
                    return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
                }
                self.left -= count as u64;
                Ok(count)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        // One byte at a time, so that every border between reads is met.
        let input = io::BufReader::with_capacity(1, text);
        Chunked::new(input).read_to_end(&mut all)?;
        Ok(all)
    }

    #[test]
    fn chunks_are_joined() {
        let text = b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
        assert_eq!(read(text).unwrap(), b"abc0123456789");
        assert_eq!(read(b"0\r\n\r\n").unwrap(), b"");
        assert_eq!(read(b"").unwrap(), b"");
        assert_eq!(
            read(b"<html>").unwrap(),
            b"<html>",
            "they are undone already"
        );
    }

    #[test]
    fn broken_chunks_are_errors() {
        for text in [
            &b"3\r\nab"[..],
            b"3\r\nabc",
            b"3\r\nabcd\r\n0\r\n\r\n",
            b"3",
            b"fffffffffffffffff\r\n",
        ] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }
}
