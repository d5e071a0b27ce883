//! How rows are written: numbers of variable length, text with its length, a checksum at the end.

use crate::error::StoreError;

/// Appends a number, seven bits a byte, the lowest first (LEB128).
pub(crate) fn put_uint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(0x80 | u8::try_from(value & 0x7f).unwrap_or_default());
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or_default());
}

/// Appends bytes with their length.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_uint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Ends a row: its checksum (CRC-32) covers the key too, so a row in another's place is found out.
pub(crate) fn seal(key: &[u8], out: &mut Vec<u8>) {
    let sum = checksum(key, out);
    out.extend_from_slice(&sum.to_le_bytes());
}

/// A row's content, if its checksum is right.
pub(crate) fn unseal<'a>(table: &str, key: &[u8], row: &'a [u8]) -> Result<Reader<'a>, StoreError> {
    match row.split_last_chunk::<4>() {
        Some((content, sum)) if checksum(key, content) == u32::from_le_bytes(*sum) => {
            Ok(Reader(content))
        }
        _ => Err(StoreError::Damaged(format!(
            "a row of `{table}` does not match its checksum"
        ))),
    }
}

fn checksum(key: &[u8], content: &[u8]) -> u32 {
    let mut hash = crc32fast::Hasher::new();
    hash.update(key);
    hash.update(content);
    hash.finalize()
}

/// What is still to be read of a row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], StoreError> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or_else(|| misread("it ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        let (taken, rest) = self
            .0
            .split_first_chunk::<N>()
            .ok_or_else(|| misread("it ends too early"))?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, StoreError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn uint(&mut self) -> Result<u64, StoreError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(misread("a number is too long"))
    }

    pub(crate) fn narrow<T: TryFrom<u64>>(&mut self) -> Result<T, StoreError> {
        T::try_from(self.uint()?).map_err(|_| misread("a number is too large"))
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], StoreError> {
        let length = self.narrow()?;
        self.take(length)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, StoreError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| misread("text is not UTF-8"))
    }

    /// That all was read.
    pub(crate) fn end(self) -> Result<(), StoreError> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(misread("it is too long"))
    }
}

/// A row that has its checksum and still says nothing.
pub(crate) fn misread(what: &str) -> StoreError {
    StoreError::Damaged(format!("a row cannot be read: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut out = Vec::new();
            put_uint(&mut out, value);
            let mut reader = Reader(&out);
            assert_eq!(reader.uint().unwrap(), value);
            reader.end().unwrap();
        }
    }

    #[test]
    fn any_changed_bit_and_any_other_key_is_found_out() {
        let mut row = b"content".to_vec();
        seal(b"key", &mut row);
        assert_eq!(unseal("t", b"key", &row).unwrap().0, b"content");
        assert!(unseal("t", b"kez", &row).is_err());
        for bit in 0..row.len() * 8 {
            let mut changed = row.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(unseal("t", b"key", &changed).is_err(), "bit {bit}");
        }
        assert!(unseal("t", b"key", &row[..3]).is_err());
    }
}
