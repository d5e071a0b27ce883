//! The fields of a record, in whatever order they come.

use serde::Serialize;

use super::serializer::Done;
use super::shape::{Field, Record};
use super::{EncodeError, EncodeFault, Encoder};
use crate::nearest;

/// A record that is being written: see [`Encoder::encode_fields`].
#[derive(Debug)]
pub struct RecordFields<'a> {
    encoder: &'a Encoder,
    record: &'a Record,
    depth: usize,
    pub(super) out: &'a mut Vec<u8>,
    /// The fields before this one are written, in order.
    pub(super) next: usize,
    loose: Option<Loose>,
    whole: bool,
}

/// RecordFields that came out of order; they are put into order at the end.
#[derive(Debug)]
struct Loose {
    /// Where the first of them is.
    start: usize,
    /// Where each field from `next` on is, once it came.
    spans: Vec<Option<(usize, usize)>>,
}

impl<'a> RecordFields<'a> {
    pub(super) fn new(
        encoder: &'a Encoder,
        record: &'a Record,
        depth: usize,
        out: &'a mut Vec<u8>,
    ) -> Self {
        Self {
            encoder,
            record,
            depth,
            out,
            next: 0,
            loose: None,
            whole: true,
        }
    }

    /// The number of a field.
    #[inline]
    pub(super) fn find(&self, name: &str) -> Result<usize, EncodeError> {
        if self
            .record
            .fields
            .get(self.next)
            .is_some_and(|f| *f.name == *name)
        {
            return Ok(self.next);
        }
        match self.record.by_name.get(name) {
            Some(index) => Ok(*index),
            None => Err(self.unknown(name)),
        }
    }

    /// The number of the field of this name.
    ///
    /// # Errors
    /// The record has no such field.
    pub fn number(&self, name: &str) -> Result<usize, EncodeError> {
        self.find(name)
    }

    /// Writes the field of this number.
    ///
    /// # Errors
    /// The field is there already, or this is no value of its type: where, what was expected and what
    /// came. The record is not written then, whatever comes after.
    ///
    /// # Panics
    /// [`RecordFields::number`] has never given this number for the record.
    #[inline]
    pub fn set<T: Serialize + ?Sized>(
        &mut self,
        number: usize,
        value: &T,
    ) -> Result<(), EncodeError> {
        let written = self.at(number, value);
        self.whole &= written.is_ok();
        written
    }

    /// Whether nothing was wrong with a field.
    /// The field of this number, if all before it have come in order.
    #[inline]
    pub(super) fn expected(&self, number: usize) -> Option<&'a Field> {
        let next = number == self.next && self.loose.is_none();
        self.record.fields.get(number).filter(|_| next)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    #[inline]
    pub(super) fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Done {
        self.at(self.find(name)?, value)
    }

    /// Writes the value of a field.
    #[inline]
    pub(super) fn at<T: Serialize + ?Sized>(&mut self, index: usize, value: &T) -> Done {
        if index != self.next || self.loose.is_some() {
            return self.out_of_order(index, value);
        }
        self.next += 1;
        self.write(index, value)
    }

    #[inline]
    fn write<T: Serialize + ?Sized>(&mut self, index: usize, value: &T) -> Done {
        let field = &self.record.fields[index];
        self.encoder
            .write(field.node, self.depth, value, self.out)
            .map_err(|error| error.in_field(&field.name))
    }

    fn out_of_order<T: Serialize + ?Sized>(&mut self, index: usize, value: &T) -> Done {
        let start = self.out.len();
        let left = self.record.fields.len() - self.next;
        let loose = self.loose.get_or_insert_with(|| Loose {
            start,
            spans: vec![None; left],
        });
        let place = index.checked_sub(self.next);
        if place.is_none_or(|place| loose.spans[place].is_some()) {
            let name = self.record.fields[index].name.to_string();
            return Err(EncodeError::new(EncodeFault::RepeatedField(name)));
        }
        self.write(index, value)?;
        let span = Some((start, self.out.len()));
        if let (Some(loose), Some(place)) = (&mut self.loose, place) {
            loose.spans[place] = span;
        }
        Ok(())
    }

    /// The field is not there.
    pub(super) fn skip(&mut self, name: &str) -> Done {
        let index = self.find(name)?;
        if index != self.next || self.loose.is_some() {
            return Ok(());
        }
        self.next += 1;
        let default = self.default(index)?;
        self.out.extend_from_slice(default);
        Ok(())
    }

    fn default(&self, index: usize) -> Result<&'a [u8], EncodeError> {
        let field = &self.record.fields[index];
        field.default.as_deref().ok_or_else(|| {
            EncodeError::new(EncodeFault::MissingField {
                field: field.name.to_string(),
                record: self.record.name.to_string(),
            })
        })
    }

    /// Makes ready for the value of this field alone: its number, and the bytes that follow it.
    pub(super) fn only(self, name: &str) -> Result<(usize, Vec<u8>), EncodeError> {
        let index = self.find(name)?;
        for before in 0..index {
            let default = self.default(before)?;
            self.out.extend_from_slice(default);
        }
        let after = index + 1..self.record.fields.len();
        let defaults: Result<Vec<_>, _> = after.map(|after| self.default(after)).collect();
        Ok((index, defaults?.concat()))
    }

    /// Completes the record, and gives back where it was written to.
    #[inline]
    pub(super) fn finish(mut self) -> Result<&'a mut Vec<u8>, EncodeError> {
        if self.next < self.record.fields.len() {
            self.complete()?;
        }
        Ok(self.out)
    }

    fn complete(&mut self) -> Done {
        let fields = self.next..self.record.fields.len();
        let Some(loose) = self.loose.take() else {
            for index in fields {
                let default = self.default(index)?;
                self.out.extend_from_slice(default);
            }
            return Ok(());
        };
        let mut ordered = Vec::with_capacity(self.out.len() - loose.start);
        for (index, span) in fields.zip(loose.spans) {
            match span {
                Some((from, to)) => ordered.extend_from_slice(&self.out[from..to]),
                None => ordered.extend_from_slice(self.default(index)?),
            }
        }
        self.out.truncate(loose.start);
        self.out.extend_from_slice(&ordered);
        Ok(())
    }

    fn unknown(&self, name: &str) -> EncodeError {
        let known = self.record.fields.iter().map(|field| &*field.name);
        let hint = match nearest::nearest(name, known) {
            Some(nearest) => format!(": is `{nearest}` meant?"),
            None => String::new(),
        };
        EncodeError::new(EncodeFault::UnknownField {
            field: name.to_owned(),
            record: self.record.name.to_string(),
            hint,
        })
    }
}
