//! How a single value gets from Avro's binary encoding to its column.

use huntsman_avro::iso;

use crate::column::Values;
use crate::datum::Datum;
use crate::error::Fault;

const DAY_MILLIS: i64 = 86_400_000;

/// How a value is taken from Avro's binary encoding.
#[derive(Debug, Clone)]
pub(crate) enum Take {
    Boolean,
    Int,
    /// Milliseconds since midnight.
    TimeMillis,
    Long,
    /// Microseconds since midnight.
    TimeMicros,
    Float,
    Double,
    Bytes,
    Symbol(Box<[Box<[u8]>]>),
    Fixed(usize),
    /// A UUID as text.
    Uuid,
    /// A decimal, in so many bytes.
    Decimal(Source, usize),
    /// A decimal as text.
    DecimalText(Source, usize),
    BigDecimal,
}

/// Where the unscaled value of a decimal is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    Bytes,
    Fixed(usize),
}

impl Take {
    /// Takes the value that comes next to the end of the column.
    pub(crate) fn value(&self, datum: &mut Datum<'_>, values: &mut Values) -> Result<(), Fault> {
        match (self, values) {
            (Self::Boolean, Values::Bool(to)) => to.push(datum.array::<1>()? != [0]),
            (Self::Int, Values::Int32(to)) => to.push(datum.int()?),
            (Self::TimeMillis, Values::Int32(to)) => {
                let time = datum.int()?;
                of_day(time.into(), DAY_MILLIS)?;
                to.push(time);
            }
            (Self::Long, Values::Int64(to)) => to.push(datum.long()?),
            (Self::TimeMicros, Values::Int64(to)) => {
                let time = datum.long()?;
                of_day(time, DAY_MILLIS * 1000)?;
                to.push(time);
            }
            (Self::Float, Values::Float(to)) => to.push(f32::from_le_bytes(datum.array()?)),
            (Self::Double, Values::Double(to)) => to.push(f64::from_le_bytes(datum.array()?)),
            (Self::Bytes, Values::Bytes(to)) => to.push(datum.bytes()?),
            (Self::Symbol(symbols), Values::Bytes(to)) => {
                to.push(symbols.get(datum.index()?).ok_or(Fault::End)?);
            }
            (Self::Fixed(size), Values::Fixed(to)) => to.push(datum.take(*size)?),
            (Self::Uuid, Values::Fixed(to)) => to.push(&uuid(datum.bytes()?).ok_or(Fault::Uuid)?),
            (Self::Decimal(source, width), to) => unscaled(source.take(datum)?, *width, to)?,
            (Self::DecimalText(source, scale), Values::Bytes(to)) => {
                let text = iso::decimal_text(source.take(datum)?, *scale);
                to.push(text.ok_or(Fault::Digits)?.as_bytes());
            }
            (Self::BigDecimal, Values::Bytes(to)) => {
                to.push(big_decimal(datum.bytes()?)?.as_bytes());
            }
            _ => unreachable!("a column has the type of what is taken to it"),
        }
        Ok(())
    }
}

impl Source {
    fn take<'a>(self, datum: &mut Datum<'a>) -> Result<&'a [u8], Fault> {
        match self {
            Self::Bytes => datum.bytes(),
            Self::Fixed(size) => datum.take(size),
        }
    }
}

/// A time of day is within one: readers have no other.
fn of_day(time: i64, day: i64) -> Result<(), Fault> {
    if (0..day).contains(&time) {
        Ok(())
    } else {
        Err(Fault::Time(time))
    }
}

/// Adds an unscaled value, big-endian two's complement of any length, in the width of its column.
fn unscaled(value: &[u8], width: usize, to: &mut Values) -> Result<(), Fault> {
    let negative = value.first().is_some_and(|first| first & 0x80 != 0);
    let fill = if negative { 0xff } else { 0 };
    // Digits are counted by the encoder; here it is enough that no bit is lost.
    let start = value.len().saturating_sub(width);
    let (cut, kept) = value.split_at(start);
    let sign_stays = kept
        .first()
        .is_none_or(|first| (first & 0x80 != 0) == negative);
    if cut.iter().any(|byte| *byte != fill) || !sign_stays {
        return Err(Fault::Digits);
    }
    let mut wide = [fill; 32];
    wide[32 - kept.len()..].copy_from_slice(kept);
    match to {
        Values::Int32(to) => to.push(i32::from_be_bytes(*last(&wide))),
        Values::Int64(to) => to.push(i64::from_be_bytes(*last(&wide))),
        Values::Fixed(to) => to.push(&wide[32 - width..]),
        _ => unreachable!("decimals are integers or of a fixed length"),
    }
    Ok(())
}

fn last<const N: usize>(wide: &[u8; 32]) -> &[u8; N] {
    wide.last_chunk().expect("8 bytes at most")
}

/// The bytes of `f81d4fae-7dec-11d0-a765-00a0c91e6bf6`.
fn uuid(text: &[u8]) -> Option<[u8; 16]> {
    let mut digits = text.iter().filter(|byte| **byte != b'-');
    let mut digit = || char::from(*digits.next()?).to_digit(16);
    let mut bytes = [0; 16];
    for byte in &mut bytes {
        *byte = u8::try_from(digit()? << 4 | digit()?).ok()?;
    }
    digits.next().is_none().then_some(bytes)
}

/// The text of a big-decimal: the unscaled value as `bytes`, then the scale as an `int`.
fn big_decimal(bytes: &[u8]) -> Result<String, Fault> {
    let mut datum = Datum(bytes);
    let value = datum.bytes()?;
    let scale = datum.index().map_err(|_| Fault::Digits)?;
    iso::decimal_text(value, scale).ok_or(Fault::Digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::Spans;

    #[test]
    fn unscaled_values_are_extended_and_cut_without_loss() {
        for (value, number) in [
            (&[][..], Some(0)),
            (&[0x04, 0xe2], Some(1250)),
            (&[0xff], Some(-1)),
            (&[0, 0, 0, 0, 0x7f, 0, 0, 0], Some(0x7f00_0000)),
            (&[0xff, 0x80, 0, 0, 0], Some(i32::MIN)),
            (&[0, 0x80, 0, 0, 0], None),
            (&[0xff, 0x7f, 0xff, 0xff, 0xff], None),
            (&[1, 0, 0, 0, 0], None),
        ] {
            let mut column = Values::Int32(Vec::new());
            let done = unscaled(value, 4, &mut column);
            let Values::Int32(numbers) = column else {
                unreachable!()
            };
            assert_eq!(done.is_ok(), number.is_some(), "{value:?}");
            assert_eq!(numbers.first().copied(), number, "{value:?}");
        }
        let mut column = Values::Fixed(Spans::default());
        unscaled(&[0xfe], 9, &mut column).unwrap();
        let Values::Fixed(spans) = &mut column else {
            unreachable!()
        };
        let taken: Vec<parquet::data_type::ByteArray> = spans.take();
        assert_eq!(
            taken[0].data(),
            [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe]
        );
    }

    #[test]
    fn a_uuid_has_32_digits() {
        let bytes = uuid(b"F81D4FAE-7dec-11d0-a765-00a0c91e6bf6").unwrap();
        assert_eq!(bytes[..2], [0xf8, 0x1d]);
        assert_eq!(bytes[15], 0xf6);
        assert!(uuid(b"f81d4fae-7dec-11d0-a765-00a0c91e6bf").is_none());
        assert!(uuid(b"f81d4fae-7dec-11d0-a765-00a0c91e6bf66").is_none());
        assert!(uuid(b"g81d4fae-7dec-11d0-a765-00a0c91e6bf6").is_none());
    }
}
