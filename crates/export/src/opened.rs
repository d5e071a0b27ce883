//! How a file is opened: anew, behind what is there, or where an earlier run stood.

use std::io;

use huntsman_core::ExportError;

use crate::compress::{self, Compression, Scan};
use crate::file::{File, Old};
use crate::format::{Encode, Ends, LOOK};
use crate::place::Output;

/// A file that is opened before its first record.
pub(crate) struct Opening<'a> {
    /// Its address for messages.
    pub(crate) name: &'a str,
    pub(crate) compression: Compression,
    pub(crate) bytes: std::sync::Arc<std::sync::atomic::AtomicU64>,
}

/// What an output that has something makes of the file.
enum Found {
    /// There is nothing to go on with.
    Nothing,
    Content(Old, bool),
    Unfit(String),
}

impl Opening<'_> {
    pub(crate) fn cannot(&self, source: io::Error) -> ExportError {
        ExportError::Io {
            place: self.name.to_owned(),
            source,
        }
    }

    /// Looks at what is there; what has nothing is not begun yet.
    pub(crate) fn anew(
        self,
        mut encode: Box<dyn Encode>,
        mut output: Box<dyn Output>,
    ) -> Result<File, ExportError> {
        let found = self.found(&mut *encode, &mut *output);
        match found.map_err(|error| self.cannot(error))? {
            Found::Nothing => Ok(File::new(encode, output, self.compression, self.bytes)),
            Found::Content(old, empty) => {
                Ok(File::new(encode, output, self.compression, self.bytes).after(old, empty))
            }
            Found::Unfit(reason) => Err(ExportError::NotOurs {
                place: self.name.to_owned(),
                expected: encode.label(),
                reason,
            }),
        }
    }

    fn found(&self, encode: &mut dyn Encode, output: &mut dyn Output) -> io::Result<Found> {
        let Some(len) = output.old()? else {
            return Ok(Found::Nothing);
        };
        let scan = if self.compression.is_none() {
            None
        } else {
            match compress::scan(self.compression, output, len)? {
                Ok(scan) => Some(scan),
                Err(reason) => return Ok(Found::Unfit(reason)),
            }
        };
        let ends = match &scan {
            Some(Scan { ends, .. }) => ends.clone(),
            None => ends(output, len)?,
        };
        if ends.len == 0 {
            let old = Old {
                keep: 0,
                anew: Vec::new(),
                blank: true,
            };
            return Ok(Found::Content(old, true));
        }
        let keep = match encode.append(&ends) {
            Ok(keep) => keep,
            Err(reason) => return Ok(Found::Unfit(reason)),
        };
        let (at, mut anew) = match &scan {
            None => (keep.keep, Vec::new()),
            Some(scan) => match scan.cut(keep.keep, output)? {
                Ok(cut) => cut,
                Err(reason) => return Ok(Found::Unfit(reason)),
            },
        };
        anew.extend_from_slice(keep.joint);
        let old = Old {
            keep: at,
            anew,
            blank: false,
        };
        Ok(Found::Content(old, keep.empty))
    }

    /// Goes on where an earlier run stood.
    pub(crate) fn resumed(
        self,
        mut encode: Box<dyn Encode>,
        mut output: Box<dyn Output>,
        at: u64,
        empty: bool,
        records: u64,
    ) -> Result<File, ExportError> {
        let head = compress::head(self.compression, &mut *output, at);
        let head = head.map_err(|error| self.cannot(error))?;
        encode
            .resume(&head)
            .map_err(|reason| ExportError::NotOurs {
                place: self.name.to_owned(),
                expected: encode.label(),
                reason,
            })?;
        let file = File::new(encode, output, self.compression, self.bytes);
        Ok(file.resumed(at, empty, records))
    }
}

/// The two ends of a file of this length.
fn ends(output: &mut dyn Output, len: u64) -> io::Result<Ends> {
    let look = len.min(LOOK as u64);
    Ok(Ends {
        head: exactly(output, 0, look)?,
        tail: exactly(output, len - look, look)?,
        len,
    })
}

/// So many bytes of what is there.
pub(crate) fn exactly(output: &mut dyn Output, from: u64, count: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(count).map_err(io::Error::other)?];
    let mut filled = 0;
    while filled < bytes.len() {
        match output.read(from + filled as u64, &mut bytes[filled..])? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => filled += read,
        }
    }
    Ok(bytes)
}
