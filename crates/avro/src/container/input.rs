//! A file that is read from the front, with an eye on how far it is.

use std::io::{self, Read};

use super::{ContainerFault, Limits};
use crate::varint;

#[derive(Debug)]
pub(super) struct Input<R> {
    from: R,
    pub(super) offset: u64,
}

type Got<T> = Result<T, ContainerFault>;

impl<R: Read> Input<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, offset: 0 }
    }

    /// One byte; none at the end of the file.
    fn byte(&mut self) -> Got<Option<u8>> {
        let mut byte = [0];
        loop {
            match self.from.read(&mut byte) {
                Ok(0) => return Ok(None),
                Ok(_) => {
                    self.offset += 1;
                    return Ok(Some(byte[0]));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A number; none if the file ends before it.
    pub(super) fn long(&mut self, what: &'static str) -> Got<Option<i64>> {
        let mut value = 0_u64;
        for index in 0..10 {
            let byte = match self.byte()? {
                Some(byte) => byte,
                None if index == 0 => return Ok(None),
                None => return Err(ContainerFault::Truncated(what)),
            };
            if index == 9 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                return Ok(Some(varint::unzigzag(value)));
            }
        }
        Err(ContainerFault::OutOfRange(what))
    }

    /// A length of at most so many bytes.
    pub(super) fn length(&mut self, what: &'static str, most: usize) -> Got<usize> {
        let length = self.long(what)?.ok_or(ContainerFault::Truncated(what))?;
        if length < 0 {
            return Err(ContainerFault::OutOfRange(what));
        }
        match usize::try_from(length) {
            Ok(length) if length <= most => Ok(length),
            _ => Err(ContainerFault::TooLarge { what, most }),
        }
    }

    /// So many bytes. Room is made as they come, not as they are announced.
    pub(super) fn bytes(&mut self, count: usize, what: &'static str) -> Got<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = self
            .from
            .by_ref()
            .take(count as u64)
            .read_to_end(&mut bytes)?;
        self.offset += read as u64;
        if read < count {
            return Err(ContainerFault::Truncated(what));
        }
        Ok(bytes)
    }

    pub(super) fn array<const N: usize>(&mut self, what: &'static str) -> Got<[u8; N]> {
        let bytes = self.bytes(N, what)?;
        Ok(bytes.try_into().expect("as many as were asked for"))
    }

    /// The metadata of a header: blocks of keys and values.
    pub(super) fn metadata(&mut self, limits: Limits) -> Got<Vec<(String, Vec<u8>)>> {
        const WHAT: &str = "the header";
        let mut entries: Vec<(String, Vec<u8>)> = Vec::new();
        let mut left = limits.header;
        let too_large = || ContainerFault::TooLarge {
            what: WHAT,
            most: limits.header,
        };
        loop {
            let count = self.long(WHAT)?.ok_or(ContainerFault::Truncated(WHAT))?;
            if count == 0 {
                return Ok(entries);
            }
            if count < 0 {
                self.long(WHAT)?;
            }
            for _ in 0..count.unsigned_abs() {
                let mut part = || {
                    // An entry costs memory even if it is empty.
                    left = left.checked_sub(32).ok_or_else(too_large)?;
                    let length = self.length(WHAT, left).map_err(|fault| match fault {
                        ContainerFault::TooLarge { .. } => too_large(),
                        other => other,
                    })?;
                    left -= length;
                    self.bytes(length, WHAT)
                };
                let key = String::from_utf8_lossy(&part()?).into_owned();
                entries.push((key, part()?));
            }
        }
    }
}
