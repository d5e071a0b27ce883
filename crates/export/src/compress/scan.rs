//! Walking through a compressed file that is there, in bounded memory.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

use super::Compression;
use super::old::Old;
use crate::format::{Ends, LOOK};
use crate::place::Output;

/// So much of a frame is written anew at most, where a file is cut inside it.
const REWRITTEN: u64 = 8 << 20;
const PIECE: usize = 64 * 1024;

/// A frame that is not empty: where it begins in the file, and which part of the content it is.
#[derive(Debug, Clone, Copy)]
struct Frame {
    file: u64,
    raw: u64,
    len: u64,
}

/// What is known of a file.
#[derive(Debug)]
pub(crate) struct Scan {
    /// The ends of its content.
    pub(crate) ends: Ends,
    compression: Compression,
    /// Its length as it is.
    len: u64,
    /// The frames of the last [`LOOK`] bytes of its content.
    frames: VecDeque<Frame>,
}

/// Reads an old file of this length; the reason where it is not whole frames.
pub(crate) fn scan(
    compression: Compression,
    output: &mut dyn Output,
    len: u64,
) -> io::Result<Result<Scan, String>> {
    let mut found = Scan {
        ends: Ends {
            head: Vec::new(),
            tail: Vec::new(),
            len: 0,
        },
        compression,
        len,
        frames: VecDeque::new(),
    };
    let mut old = Old::new(output, 0, len);
    while old.offset() < len {
        let frame = Frame {
            file: old.offset(),
            raw: found.ends.len,
            len: 0,
        };
        if let Err(error) = each(compression, &mut old, |piece| found.take(piece)) {
            return match old.failed.take() {
                Some(failed) => Err(failed),
                None => Ok(Err(reason(compression, &error, frame.file))),
            };
        }
        found.push(Frame {
            len: found.ends.len - frame.raw,
            ..frame
        });
    }
    Ok(Ok(found))
}

/// What is wrong with the frame that begins at this byte.
fn reason(compression: Compression, error: &io::Error, at: u64) -> String {
    let name = compression.name();
    match (error.kind(), at) {
        (io::ErrorKind::UnexpectedEof, _) => {
            format!("its last {name} frame is cut off, from byte {at} on")
        }
        (_, 0) => format!("it is not whole {name}: {error}"),
        _ => format!("what it has from byte {at} on is not whole {name}: {error}"),
    }
}

/// Decodes one frame, and gives its content piece by piece.
fn each(
    compression: Compression,
    old: &mut Old<'_>,
    take: impl FnMut(&[u8]) -> bool,
) -> io::Result<()> {
    match compression {
        Compression::None => pieces(old, take),
        Compression::Gzip(_) => pieces(&mut GzDecoder::new(old), take),
        Compression::Zstd(_) => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(old)?.single_frame();
            pieces(&mut decoder, take)?;
            // The decoder ends where the frame does; one that is cut off before its first byte of
            // content is seen here.
            decoder.finish().fill_buf().map(drop)
        }
    }
}

/// Gives what can be read piece by piece, until there is no more or it is not wanted.
fn pieces(from: &mut impl Read, mut take: impl FnMut(&[u8]) -> bool) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        match from.read(&mut piece)? {
            0 => return Ok(()),
            read if take(&piece[..read]) => {}
            _ => return Ok(()),
        }
    }
}

impl Scan {
    fn take(&mut self, piece: &[u8]) -> bool {
        let Ends { head, tail, len } = &mut self.ends;
        head.extend_from_slice(&piece[..piece.len().min(LOOK - head.len())]);
        tail.extend_from_slice(piece);
        let more = tail.len().saturating_sub(LOOK);
        tail.drain(..more);
        *len += piece.len() as u64;
        true
    }

    fn push(&mut self, frame: Frame) {
        if frame.len == 0 {
            return;
        }
        self.frames.push_back(frame);
        let seen = self.ends.len.saturating_sub(LOOK as u64);
        while self
            .frames
            .front()
            .is_some_and(|front| front.raw + front.len <= seen)
        {
            self.frames.pop_front();
        }
    }

    /// Where the file is cut so that so many bytes of its content stay, and the part of the
    /// content between there and them; the reason where that is too much.
    pub(crate) fn cut(
        &self,
        keep: u64,
        output: &mut dyn Output,
    ) -> io::Result<Result<(u64, Vec<u8>), String>> {
        let inside = |frame: &&Frame| frame.raw <= keep && keep < frame.raw + frame.len;
        let Some(frame) = self.frames.iter().find(inside) else {
            return Ok(Ok((self.len, Vec::new())));
        };
        let wanted = keep - frame.raw;
        if wanted > REWRITTEN {
            return Ok(Err(format!(
                "its last {} frame has {wanted} bytes, too many to write them anew: decompress it, \
                 and append to that",
                self.compression.name()
            )));
        }
        let mut content = Vec::new();
        if wanted > 0 {
            let mut old = Old::new(output, frame.file, self.len);
            each(self.compression, &mut old, |piece| {
                content.extend_from_slice(piece);
                (content.len() as u64) < wanted
            })?;
            content.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
        }
        Ok(Ok((frame.file, content)))
    }
}

/// The first [`LOOK`] bytes of the content of a file of this length.
pub(crate) fn head(
    compression: Compression,
    output: &mut dyn Output,
    len: u64,
) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut old = Old::new(output, 0, len);
    while old.offset() < len && head.len() < LOOK {
        let before = old.offset();
        each(compression, &mut old, |piece| {
            head.extend_from_slice(piece);
            head.len() < LOOK
        })?;
        // A place that has less than it said would keep us here for ever.
        if old.offset() == before {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    head.truncate(LOOK);
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A place that has fewer bytes than it says.
    struct Short;

    impl Output for Short {
        fn write(&mut self, _: &[u8]) -> io::Result<()> {
            Ok(())
        }

        fn finish(&mut self) -> io::Result<()> {
            Ok(())
        }

        fn read(&mut self, from: u64, into: &mut [u8]) -> io::Result<usize> {
            let more = usize::try_from(10_u64.saturating_sub(from)).unwrap_or(0);
            let count = more.min(into.len());
            into[..count].fill(b'x');
            Ok(count)
        }
    }

    #[test]
    fn a_place_with_less_than_it_said_is_an_error() {
        let error = head(Compression::None, &mut Short, 100).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
