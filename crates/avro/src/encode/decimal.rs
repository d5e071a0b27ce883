//! Decimals from text.

use super::serializer::{Datum, Done};
use super::shape::Shape;
use crate::iso::decimal::{self, Fault, Unscaled};
use crate::schema::LogicalType;
use crate::varint;

/// Whether a text is a number of this decimal type.
pub(super) fn fits(logical: LogicalType, text: &str) -> bool {
    match logical {
        LogicalType::Decimal { precision, scale } => {
            decimal::unscaled(text, precision, scale).is_ok()
        }
        LogicalType::BigDecimal => decimal::with_scale(text).is_some(),
        _ => false,
    }
}

impl Datum<'_> {
    /// Writes the number of a text as the decimal that is expected.
    pub(super) fn decimal(self, text: &str, found: impl Fn() -> String) -> Done {
        match self.shape() {
            Shape::Bytes(Some(LogicalType::Decimal { precision, scale })) => {
                match decimal::unscaled(text, *precision, *scale) {
                    Ok(value) => self.sized(value.as_ref()),
                    Err(fault) => return self.no_decimal(fault, found()),
                }
            }
            Shape::Fixed(size, Some(LogicalType::Decimal { precision, scale })) => {
                match decimal::unscaled(text, *precision, *scale) {
                    Ok(value) if value.as_ref().len() <= *size => extended(&value, *size, self.out),
                    Ok(_) => return self.no_decimal(Fault::Precision, found()),
                    Err(fault) => return self.no_decimal(fault, found()),
                }
            }
            Shape::Bytes(Some(LogicalType::BigDecimal)) => match decimal::with_scale(text) {
                Some((value, scale)) => {
                    let start = self.out.len();
                    varint::write_length(value.as_ref().len(), self.out);
                    self.out.extend_from_slice(value.as_ref());
                    varint::write(scale.into(), self.out);
                    varint::insert_length(start, self.out.len() - start, self.out);
                }
                None => return self.refuse(found()),
            },
            _ => return self.refuse(found()),
        }
        Ok(())
    }

    fn no_decimal(self, fault: Fault, found: String) -> Done {
        self.refuse(match fault {
            Fault::NotNumber => found,
            Fault::Scale => format!("{found}, with too many digits after the point,"),
            Fault::Precision => format!("{found}, with too many digits,"),
        })
    }

    /// Writes bytes after their length.
    #[inline]
    pub(super) fn sized(self, bytes: &[u8]) {
        varint::write_length(bytes.len(), self.out);
        self.out.extend_from_slice(bytes);
    }
}

/// The value in so many bytes.
fn extended(value: &Unscaled, size: usize, out: &mut Vec<u8>) {
    let bytes = value.as_ref();
    let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let fill = if negative { 0xff } else { 0 };
    out.resize(out.len() + size - bytes.len(), fill);
    out.extend_from_slice(bytes);
}
