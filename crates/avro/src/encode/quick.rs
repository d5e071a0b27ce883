//! Scalars of a record whose types say all: written without serde.

use super::EncodeError;
use super::record::RecordFields;
use super::serializer::Done;
use super::shape::{Shape, Union};
use crate::varint;

/// A type whose values are written as they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Text,
}

/// What is written of a field that is a scalar, or one of a scalar and null.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Quick {
    scalar: Option<Scalar>,
    /// What stands before the scalar: the number of its branch.
    branch: Option<u8>,
    /// What stands for null.
    null: Option<u8>,
}

impl Quick {
    /// None of it for a type that needs a closer look.
    pub(super) fn of(shapes: &[Shape], shape: &Shape) -> Self {
        match shape {
            Shape::Union(union) => Self::of_union(shapes, union).unwrap_or_default(),
            shape => Self {
                scalar: scalar(shape),
                ..Self::default()
            },
        }
    }

    fn of_union(shapes: &[Shape], union: &Union) -> Option<Self> {
        let null = union.null.filter(|_| union.branches.len() == 2)?;
        let other = 1 - null;
        Some(Self {
            scalar: Some(scalar(&shapes[union.branches[other]])?),
            branch: number(other),
            null: number(null),
        })
    }
}

/// The number of a branch as it is written.
fn number(branch: usize) -> Option<u8> {
    u8::try_from(2 * branch).ok()
}

fn scalar(shape: &Shape) -> Option<Scalar> {
    Some(match shape {
        Shape::Boolean => Scalar::Boolean,
        Shape::Int(_) => Scalar::Int,
        Shape::Long(_) => Scalar::Long,
        Shape::Float => Scalar::Float,
        Shape::Double => Scalar::Double,
        Shape::String(super::shape::Text::Any) => Scalar::Text,
        _ => return None,
    })
}

impl RecordFields<'_> {
    /// Goes to the field if it is the next, and a scalar of one of these types.
    #[inline]
    fn step(&mut self, number: usize, wanted: impl FnOnce(Scalar) -> bool) -> bool {
        let Some(field) = self.expected(number) else {
            return false;
        };
        let Quick { scalar, branch, .. } = field.quick;
        if !scalar.is_some_and(wanted) {
            return false;
        }
        self.next += 1;
        if let Some(branch) = branch {
            self.out.push(branch);
        }
        true
    }

    /// As [`RecordFields::set`] does with `()`.
    ///
    /// # Errors
    /// As [`RecordFields::set`].
    #[inline]
    pub fn set_null(&mut self, number: usize) -> Result<(), EncodeError> {
        match self.expected(number).and_then(|field| field.quick.null) {
            Some(null) => {
                self.next += 1;
                self.out.push(null);
                Ok(())
            }
            None => self.set(number, &()),
        }
    }

    /// As [`RecordFields::set`] does.
    ///
    /// # Errors
    /// As [`RecordFields::set`].
    #[inline]
    pub fn set_bool(&mut self, number: usize, value: bool) -> Result<(), EncodeError> {
        if !self.step(number, |scalar| scalar == Scalar::Boolean) {
            return self.set(number, &value);
        }
        self.out.push(u8::from(value));
        Ok(())
    }

    /// As [`RecordFields::set`] does.
    ///
    /// # Errors
    /// As [`RecordFields::set`].
    #[inline]
    pub fn set_long(&mut self, number: usize, value: i64) -> Result<(), EncodeError> {
        let fits = |scalar| match scalar {
            Scalar::Long => true,
            Scalar::Int => i32::try_from(value).is_ok(),
            _ => false,
        };
        if !self.step(number, fits) {
            return self.set(number, &value);
        }
        varint::write(value, self.out);
        Ok(())
    }

    /// As [`RecordFields::set`] does.
    ///
    /// # Errors
    /// As [`RecordFields::set`].
    #[inline]
    pub fn set_float(&mut self, number: usize, value: f32) -> Result<(), EncodeError> {
        if !self.step(number, |scalar| scalar == Scalar::Float) {
            return self.set(number, &value);
        }
        self.out.extend_from_slice(&value.to_le_bytes());
        Ok(())
    }

    /// As [`RecordFields::set`] does.
    ///
    /// # Errors
    /// As [`RecordFields::set`].
    #[inline]
    pub fn set_double(&mut self, number: usize, value: f64) -> Result<(), EncodeError> {
        if !self.step(number, |scalar| scalar == Scalar::Double) {
            return self.set(number, &value);
        }
        self.out.extend_from_slice(&value.to_le_bytes());
        Ok(())
    }

    /// As [`RecordFields::set`] does.
    ///
    /// # Errors
    /// As [`RecordFields::set`].
    #[inline]
    pub fn set_text(&mut self, number: usize, value: &str) -> Done {
        if !self.step(number, |scalar| scalar == Scalar::Text) {
            return self.set(number, value);
        }
        varint::write_length(value.len(), self.out);
        self.out.extend_from_slice(value.as_bytes());
        Ok(())
    }
}
