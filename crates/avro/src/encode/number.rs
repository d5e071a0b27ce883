//! Numbers.

use super::EncodeError;
use super::decimal;
use super::serializer::{Datum, Done};
use super::shape::Shape;
use crate::schema::LogicalType;
use crate::varint;

impl Datum<'_> {
    /// An integer of 64 bits: the common types of it straight away.
    #[inline]
    pub(super) fn long(self, value: i64) -> Done {
        match self.shape() {
            Shape::Long(_) => varint::write(value, self.out),
            Shape::Int(_) if i32::try_from(value).is_ok() => varint::write(value, self.out),
            _ => return self.integer(value.into()),
        }
        Ok(())
    }

    pub(super) fn integer(self, value: i128) -> Done {
        match self.shape() {
            Shape::Int(_) => match i32::try_from(value) {
                Ok(value) => varint::write(value.into(), self.out),
                Err(_) => return self.no_number(value),
            },
            Shape::Long(_) => match i64::try_from(value) {
                Ok(value) => varint::write(value, self.out),
                Err(_) => return self.no_number(value),
            },
            Shape::Byte => match u8::try_from(value) {
                Ok(value) => self.out.push(value),
                Err(_) => return self.no_number(value),
            },
            Shape::Float => match exact(value, 24) {
                #[expect(clippy::cast_possible_truncation, reason = "it has at most 24 bits")]
                Some(value) => self.out.extend_from_slice(&(value as f32).to_le_bytes()),
                None => return self.no_number(value),
            },
            Shape::Double => match exact(value, 53) {
                Some(value) => self.out.extend_from_slice(&value.to_le_bytes()),
                None => return self.no_number(value),
            },
            Shape::Bytes(Some(_)) | Shape::Fixed(_, Some(_)) => {
                let found = || format!("the number {value}");
                return self.decimal(&value.to_string(), found);
            }
            Shape::Union(union) => {
                return match union.pick(self.encoder, |shape| fits_integer(shape, value)) {
                    Some(number) => self.branch(union, number).integer(value),
                    None => self.no_number(value),
                };
            }
            _ => return self.no_number(value),
        }
        Ok(())
    }

    pub(super) fn single(self, value: f32) -> Done {
        match self.shape() {
            Shape::Float => {
                self.out.extend_from_slice(&value.to_le_bytes());
                Ok(())
            }
            Shape::Double => self.double(value.into()),
            Shape::Union(union) => {
                let fits = |shape: &Shape| match shape {
                    Shape::Float => Some(true),
                    Shape::Double => Some(false),
                    other => fits_decimal(other, value),
                };
                match union.pick(self.encoder, fits) {
                    Some(number) => self.branch(union, number).single(value),
                    None => self.no_number(value),
                }
            }
            _ => self.number_text(value),
        }
    }

    pub(super) fn double(self, value: f64) -> Done {
        match self.shape() {
            Shape::Double => self.out.extend_from_slice(&value.to_le_bytes()),
            Shape::Float => match narrow(value) {
                Some(value) => self.out.extend_from_slice(&value.to_le_bytes()),
                None => return self.no_number(value),
            },
            Shape::Union(union) => {
                let fits = |shape: &Shape| match shape {
                    Shape::Double => Some(true),
                    Shape::Float => narrow(value).map(|_| false),
                    other => fits_decimal(other, value),
                };
                return match union.pick(self.encoder, fits) {
                    Some(number) => self.branch(union, number).double(value),
                    None => self.no_number(value),
                };
            }
            _ => return self.number_text(value),
        }
        Ok(())
    }

    /// A float as a decimal, by its shortest text.
    fn number_text(self, value: impl std::fmt::Display) -> Done {
        match self.shape() {
            Shape::Bytes(Some(_)) | Shape::Fixed(_, Some(_)) => {
                let found = || format!("the number {value}");
                self.decimal(&value.to_string(), found)
            }
            _ => self.no_number(value),
        }
    }

    fn no_number<T>(&self, value: impl std::fmt::Display) -> Result<T, EncodeError> {
        self.refuse(format!("the number {value}"))
    }
}

fn fits_integer(shape: &Shape, value: i128) -> Option<bool> {
    match shape {
        Shape::Int(_) => i32::try_from(value).is_ok().then_some(true),
        Shape::Long(_) => i64::try_from(value).is_ok().then_some(true),
        Shape::Float => exact(value, 24).map(|_| false),
        Shape::Double => exact(value, 53).map(|_| false),
        other => fits_decimal(other, value),
    }
}

/// Text is made only for a decimal: most branches are none.
fn fits_decimal(shape: &Shape, value: impl std::fmt::Display) -> Option<bool> {
    match shape {
        Shape::Bytes(Some(logical)) | Shape::Fixed(_, Some(logical)) => {
            let decimal = matches!(
                logical,
                LogicalType::Decimal { .. } | LogicalType::BigDecimal
            );
            (decimal && decimal::fits(*logical, &value.to_string())).then_some(false)
        }
        _ => None,
    }
}

/// The integer as a float with so many bits of precision, if it is one.
fn exact(value: i128, bits: u32) -> Option<f64> {
    let magnitude = value.unsigned_abs();
    let used = (128 - magnitude.leading_zeros()).saturating_sub(magnitude.trailing_zeros());
    #[expect(clippy::cast_precision_loss, reason = "it has been found exact")]
    (magnitude == 0 || used <= bits).then_some(value as f64)
}

/// The nearest float; none for a number that would become infinite.
fn narrow(value: f64) -> Option<f32> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the nearest float is meant"
    )]
    let float = value as f32;
    (float.is_finite() || !value.is_finite()).then_some(float)
}
