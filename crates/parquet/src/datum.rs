//! An item in Avro's binary encoding, read from the front.
//!
//! It comes from our own encoder; a fault in it is an error nevertheless.

use crate::error::Fault;

/// What is left of an item.
pub(crate) struct Datum<'a>(pub(crate) &'a [u8]);

impl<'a> Datum<'a> {
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Fault::End)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Fault::End)?;
        self.0 = rest;
        Ok(*taken)
    }

    /// An `int` or a `long`: zig-zag, groups of seven bits, the low ones first.
    pub(crate) fn long(&mut self) -> Result<i64, Fault> {
        let mut value = 0_u64;
        for (index, byte) in self.0.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.0 = &self.0[index + 1..];
                let half = i64::try_from(value >> 1).expect("63 bits");
                return Ok(if value & 1 == 0 { half } else { !half });
            }
        }
        Err(Fault::End)
    }

    pub(crate) fn int(&mut self) -> Result<i32, Fault> {
        i32::try_from(self.long()?).map_err(|_| Fault::End)
    }

    /// A length, or the index of a branch or symbol.
    pub(crate) fn index(&mut self) -> Result<usize, Fault> {
        usize::try_from(self.long()?).map_err(|_| Fault::End)
    }

    /// `bytes` or a `string`.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Fault> {
        let count = self.index()?;
        self.take(count)
    }

    /// How many elements of an array or map follow; 0 behind the last.
    pub(crate) fn block(&mut self) -> Result<u64, Fault> {
        let count = self.long()?;
        if count < 0 {
            // The size of the block, for those who skip it.
            self.long()?;
        }
        Ok(count.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_avro_writes_them() {
        for (bytes, number) in [
            (&[0][..], 0),
            (&[1], -1),
            (&[2], 1),
            (&[0x7f], -64),
            (&[0x80, 0x01], 64),
            (
                &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
                i64::MIN,
            ),
            (
                &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
                i64::MAX,
            ),
        ] {
            let mut datum = Datum(bytes);
            assert_eq!(datum.long().unwrap(), number);
            assert!(datum.0.is_empty());
        }
    }

    #[test]
    fn what_ends_too_early_is_an_error() {
        assert!(Datum(&[]).long().is_err());
        assert!(Datum(&[0x80; 20]).long().is_err());
        assert!(Datum(&[4, b'a']).bytes().is_err());
        assert!(Datum(&[1]).index().is_err());
        assert!(Datum(&[0; 3]).array::<4>().is_err());
    }

    #[test]
    fn blocks_may_tell_their_size() {
        let mut datum = Datum(&[3, 10, 0]);
        assert_eq!(datum.block().unwrap(), 2);
        assert_eq!(datum.block().unwrap(), 0);
    }
}
