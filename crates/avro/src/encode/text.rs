//! Text and bytes.

use super::decimal;
use super::serializer::{Datum, Done};
use super::shape::{Shape, Text};
use crate::iso;
use crate::schema::LogicalType;
use crate::value::{bytes_of, no_number_of};
use crate::varint;

impl Datum<'_> {
    #[inline]
    pub(super) fn text(self, text: &str) -> Done {
        if let Shape::String(Text::Any) = self.shape() {
            self.sized(text.as_bytes());
            return Ok(());
        }
        self.other_text(text)
    }

    fn other_text(self, text: &str) -> Done {
        match self.shape() {
            Shape::String(Text::Uuid) if iso::uuid::bytes(text).is_some() => {
                self.sized(text.as_bytes());
            }
            Shape::Enum(symbols) => match symbols.get(text) {
                Some(index) => varint::write_length(*index, self.out),
                None => return self.no_text(text),
            },
            Shape::Int(Some(logical)) => {
                let number = iso::number(*logical, text);
                match number.and_then(|number| i32::try_from(number).ok()) {
                    Some(number) => varint::write(number.into(), self.out),
                    None => return self.no_text(text),
                }
            }
            Shape::Long(Some(logical)) => match iso::number(*logical, text) {
                Some(number) => varint::write(number, self.out),
                None => return self.no_text(text),
            },
            Shape::Float | Shape::Double => match no_number_of(text) {
                Some(value) => return self.double(value),
                None => return self.no_text(text),
            },
            Shape::Bytes(_) | Shape::Fixed(..) => return self.binary_text(text),
            Shape::Union(union) => {
                return match union.pick(self.encoder, |shape| fits_text(shape, text)) {
                    Some(number) => self.branch(union, number).text(text),
                    None => self.no_text(text),
                };
            }
            _ => return self.no_text(text),
        }
        Ok(())
    }

    /// Text for bytes: of a logical type, or code points.
    fn binary_text(self, text: &str) -> Done {
        match (self.shape(), logical(self.shape())) {
            (_, Some(LogicalType::Decimal { .. } | LogicalType::BigDecimal)) => {
                return self.decimal(text, || shown(text));
            }
            (_, Some(LogicalType::Uuid)) => match iso::uuid::bytes(text) {
                Some(bytes) => self.out.extend(bytes),
                None => return self.no_text(text),
            },
            (_, Some(LogicalType::Duration)) => match iso::duration::bytes(text) {
                Some(bytes) => self.out.extend(bytes),
                None => return self.no_text(text),
            },
            (shape, _) => match (shape, bytes_of(text)) {
                (Shape::Bytes(_), Some(bytes)) => self.sized(&bytes),
                (Shape::Fixed(size, _), Some(bytes)) if bytes.len() == *size => {
                    self.out.extend(bytes);
                }
                _ => return self.no_text(text),
            },
        }
        Ok(())
    }

    pub(super) fn bytes(self, bytes: &[u8]) -> Done {
        match self.shape() {
            shape if fits_bytes(shape, bytes) => match shape {
                Shape::Bytes(_) => self.sized(bytes),
                _ => self.out.extend_from_slice(bytes),
            },
            Shape::Union(union) => {
                let fits = |shape: &Shape| fits_bytes(shape, bytes).then_some(true);
                return match union.pick(self.encoder, fits) {
                    Some(number) => self.branch(union, number).bytes(bytes),
                    None => self.no_bytes(bytes.len()),
                };
            }
            _ => return self.no_bytes(bytes.len()),
        }
        Ok(())
    }

    pub(super) fn no_bytes(&self, length: usize) -> Done {
        self.refuse(format!("a value of {length} bytes"))
    }

    fn no_text(&self, text: &str) -> Done {
        self.refuse(shown(text))
    }
}

fn logical(shape: &Shape) -> Option<LogicalType> {
    match shape {
        Shape::Bytes(logical) | Shape::Fixed(_, logical) => *logical,
        _ => None,
    }
}

/// Whether bytes are ones of this type as they are.
pub(super) fn fits_bytes(shape: &Shape, bytes: &[u8]) -> bool {
    let sized = match shape {
        Shape::Bytes(_) => true,
        Shape::Fixed(size, _) => bytes.len() == *size,
        _ => return false,
    };
    sized
        && match logical(shape) {
            Some(LogicalType::Decimal { precision, .. }) => {
                iso::decimal::has_at_most(bytes, precision)
            }
            _ => true,
        }
}

fn fits_text(shape: &Shape, text: &str) -> Option<bool> {
    let (fits, exact) = match shape {
        Shape::String(Text::Any) => (true, true),
        Shape::String(Text::Uuid) => (iso::uuid::bytes(text).is_some(), true),
        Shape::Enum(symbols) => (symbols.contains_key(text), true),
        Shape::Int(Some(logical)) => {
            let number = iso::number(*logical, text);
            (number.is_some_and(|n| i32::try_from(n).is_ok()), true)
        }
        Shape::Long(Some(logical)) => (iso::number(*logical, text).is_some(), true),
        Shape::Float | Shape::Double => (no_number_of(text).is_some(), false),
        Shape::Bytes(known) | Shape::Fixed(_, known) => match known {
            Some(LogicalType::Uuid) => (iso::uuid::bytes(text).is_some(), true),
            Some(LogicalType::Duration) => (iso::duration::bytes(text).is_some(), true),
            Some(logical) => (decimal::fits(*logical, text), true),
            None => (is_bytes(shape, text), false),
        },
        _ => return None,
    };
    fits.then_some(exact)
}

fn is_bytes(shape: &Shape, text: &str) -> bool {
    text.chars().all(|c| u32::from(c) <= 0xff)
        && match shape {
            Shape::Fixed(size, _) => text.chars().count() == *size,
            _ => true,
        }
}

/// A text for messages.
fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("the text {short:?}")
}
