//! Bytes that are read from the front, none of them trusted.

use crate::varint;

/// The most values within each other that are read or written: records, arrays and maps.
pub(crate) const MAX_DEPTH: usize = 128;

/// So many values a datum may have beyond eight for each of its bytes. Values can take no bytes, so
/// without a bound a short text could stand for any number of them.
const FREE_VALUES: usize = 1 << 18;

/// Why bytes are no data of a schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {fault}")]
pub struct DecodeError {
    /// How many bytes were read before.
    pub offset: usize,
    /// What is wrong there.
    pub fault: DecodeFault,
}

/// What is wrong at one place of the data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeFault {
    /// The data stop within a value.
    #[error("the data end within {what}: {missing} more bytes are needed")]
    End {
        /// `a string`, `a number`.
        what: &'static str,
        /// At least so many.
        missing: u64,
    },
    /// A number goes on for more than 64 bits.
    #[error("a number of more than 64 bits")]
    LongNumber,
    /// A number that an `int` does not hold.
    #[error("{0} is no int: it has more than 32 bits")]
    LargeInt(i64),
    /// A length below zero.
    #[error("{what} of length {length}")]
    Negative {
        /// `a string`, `bytes`.
        what: &'static str,
        /// The length.
        length: i64,
    },
    /// A boolean that is neither 0 nor 1.
    #[error("{0} is no boolean: 0 and 1 are")]
    Boolean(u8),
    /// Text that is not UTF-8.
    #[error("a string is not UTF-8")]
    Utf8,
    /// An enum without such a symbol.
    #[error("the enum `{name}` has {count} symbols, and none has the number {index}")]
    Symbol {
        /// Its full name.
        name: String,
        /// How many there are.
        count: usize,
        /// What was read.
        index: i64,
    },
    /// A union without such a branch.
    #[error("the union has {count} branches, and none has the number {index}")]
    Branch {
        /// How many there are.
        count: usize,
        /// What was read.
        index: i64,
    },
    /// A block of an array or a map is not as long as it says.
    #[error("a block of {said} bytes has its items in {found}")]
    BlockSize {
        /// What it says.
        said: i64,
        /// What its items took.
        found: usize,
    },
    /// Values within values beyond any use.
    #[error("values stand more than {MAX_DEPTH} deep within each other")]
    TooDeep,
    /// More values than such a text may stand for.
    #[error("so few bytes stand for more than {FREE_VALUES} values: refused")]
    TooMany,
    /// The data go on after the value.
    #[error("{0} bytes are left after the value")]
    Trailing(usize),
    /// A value that the reader's schema has no place for.
    #[error("{0}")]
    Unreadable(String),
}

/// What is left of a datum.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    whole: &'a [u8],
    at: usize,
    /// How many more values may come.
    values: usize,
    depth: usize,
}

type Read<T> = Result<T, DecodeError>;

impl<'a> Cursor<'a> {
    pub(crate) fn new(whole: &'a [u8]) -> Self {
        Self {
            whole,
            at: 0,
            values: whole.len().saturating_mul(8).saturating_add(FREE_VALUES),
            depth: 0,
        }
    }

    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    pub(crate) fn left(&self) -> usize {
        self.whole.len() - self.at
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.left() == 0
    }

    /// The error, at this place.
    pub(crate) fn fault<T>(&self, fault: DecodeFault) -> Read<T> {
        Err(DecodeError {
            offset: self.at,
            fault,
        })
    }

    /// All was read.
    pub(crate) fn end(&self) -> Read<()> {
        match self.left() {
            0 => Ok(()),
            left => self.fault(DecodeFault::Trailing(left)),
        }
    }

    /// Counts a value.
    pub(crate) fn count(&mut self) -> Read<()> {
        match self.values.checked_sub(1) {
            Some(left) => {
                self.values = left;
                Ok(())
            }
            None => self.fault(DecodeFault::TooMany),
        }
    }

    /// Does something one step further in.
    pub(crate) fn within<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth == MAX_DEPTH {
            return self.fault(DecodeFault::TooDeep);
        }
        self.depth += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    pub(crate) fn take(&mut self, count: usize, what: &'static str) -> Read<&'a [u8]> {
        match self.whole[self.at..].get(..count) {
            Some(bytes) => {
                self.at += count;
                Ok(bytes)
            }
            None => self.fault(DecodeFault::End {
                what,
                missing: (count - self.left()) as u64,
            }),
        }
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Read<[u8; N]> {
        let bytes = self.take(N, what)?;
        Ok(bytes.try_into().expect("as many as were asked for"))
    }

    pub(crate) fn long(&mut self) -> Read<i64> {
        let mut value = 0_u64;
        for (index, byte) in self.whole[self.at..].iter().take(10).enumerate() {
            // The tenth has one bit left.
            if index == 9 && *byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.at += index + 1;
                return Ok(varint::unzigzag(value));
            }
        }
        let fault = match self.left() {
            0..10 if self.whole[self.at..].iter().all(|byte| byte & 0x80 != 0) => {
                DecodeFault::End {
                    what: "a number",
                    missing: 1,
                }
            }
            _ => DecodeFault::LongNumber,
        };
        self.fault(fault)
    }

    pub(crate) fn int(&mut self) -> Read<i32> {
        let start = self.at;
        let value = self.long()?;
        i32::try_from(value).or_else(|_| {
            self.at = start;
            self.fault(DecodeFault::LargeInt(value))
        })
    }

    pub(crate) fn boolean(&mut self) -> Read<bool> {
        match self.whole.get(self.at) {
            Some(0 | 1) => Ok(self.take(1, "a boolean")?[0] == 1),
            Some(other) => self.fault(DecodeFault::Boolean(*other)),
            None => self.take(1, "a boolean").map(|_| false),
        }
    }

    pub(crate) fn float(&mut self) -> Read<f32> {
        Ok(f32::from_le_bytes(self.array("a float")?))
    }

    pub(crate) fn double(&mut self) -> Read<f64> {
        Ok(f64::from_le_bytes(self.array("a double")?))
    }

    pub(crate) fn bytes(&mut self) -> Read<&'a [u8]> {
        self.sized("bytes")
    }

    pub(crate) fn text(&mut self) -> Read<&'a str> {
        let start = self.at;
        let bytes = self.sized("a string")?;
        std::str::from_utf8(bytes).or_else(|_| {
            self.at = start;
            self.fault(DecodeFault::Utf8)
        })
    }

    fn sized(&mut self, what: &'static str) -> Read<&'a [u8]> {
        let start = self.at;
        let length = self.long()?;
        if length < 0 {
            self.at = start;
            return self.fault(DecodeFault::Negative { what, length });
        }
        match usize::try_from(length) {
            Ok(count) => self.take(count, what),
            Err(_) => self.fault(DecodeFault::End {
                what,
                missing: length.unsigned_abs() - self.left() as u64,
            }),
        }
    }

    /// The index of one of so many symbols.
    pub(crate) fn symbol(&mut self, known: &crate::schema::Enum) -> Read<usize> {
        let count = known.symbols.len();
        self.index(count, |index| DecodeFault::Symbol {
            name: known.name.to_string(),
            count,
            index,
        })
    }

    /// The index of one of so many branches.
    pub(crate) fn branch(&mut self, count: usize) -> Read<usize> {
        self.index(count, |index| DecodeFault::Branch { count, index })
    }

    fn index(&mut self, count: usize, fault: impl FnOnce(i64) -> DecodeFault) -> Read<usize> {
        let start = self.at;
        let index = self.long()?;
        match usize::try_from(index) {
            Ok(index) if index < count => Ok(index),
            _ => {
                self.at = start;
                self.fault(fault(index))
            }
        }
    }

    /// Reads the items of an array or map: blocks with their count, up to an empty one; a count
    /// below zero is followed by the size in bytes.
    pub(crate) fn blocks(&mut self, mut item: impl FnMut(&mut Self) -> Read<()>) -> Read<()> {
        loop {
            let count = self.long()?;
            if count == 0 {
                return Ok(());
            }
            let said = if count < 0 { Some(self.long()?) } else { None };
            let start = self.at;
            for _ in 0..count.unsigned_abs() {
                item(self)?;
            }
            let found = self.at - start;
            if let Some(said) = said.filter(|said| usize::try_from(*said) != Ok(found)) {
                self.at = start;
                return self.fault(DecodeFault::BlockSize { said, found });
            }
        }
    }
}
