//! What a killed process left at the end of a file.

use std::fs::File;
use std::path::Path;

use crate::error::WarcError;
use crate::reader::Reader;

/// A file without one whole record is given up only if it is no longer than this: it then was
/// killed in its first one. What is longer is something else, and not ours to cut.
const FIRST: u64 = 4096;

/// The length of what is whole in `file`, which stands at `path`: all of it but a last record that
/// is cut off.
pub(crate) fn whole(file: &File, path: &Path) -> Result<u64, WarcError> {
    let length = file.metadata().map_err(WarcError::file(path))?.len();
    if length == 0 {
        return Ok(0);
    }
    let mut reader = Reader::open(path)?;
    let mut end = 0;
    loop {
        match reader.next(|_, _| Ok(())) {
            Ok(Some(_)) if reader.ends_early() => break,
            Ok(Some(_)) => end = reader.end(),
            Ok(None) => break,
            // What is damaged in the middle stays as it is; behind it is what counts.
            Err(_) => {
                if !reader.pass_over().map_err(WarcError::file(path))? {
                    break;
                }
            }
        }
    }
    if end == 0 && length > FIRST {
        return Err(WarcError::Foreign {
            path: path.to_owned(),
            reason: "there is no whole record in it".to_owned(),
        });
    }
    Ok(end)
}
