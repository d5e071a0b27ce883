//! The names of an item's fields, to choose among the records of a union by.

use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::key::Key;
use super::serializer::Done;
use super::shape::{Record, Shape, Union};
use super::{EncodeError, Encoder};

/// Looks at an item without its values. What it finds is the number of the branch for a map or a
/// struct, and nothing for all else.
pub(super) struct Probe<'a> {
    encoder: &'a Encoder,
    union: &'a Union,
    node: usize,
}

type Found = Result<Option<usize>, EncodeError>;

impl<'a> Probe<'a> {
    pub(super) fn new(encoder: &'a Encoder, union: &'a Union, node: usize) -> Self {
        Self {
            encoder,
            union,
            node,
        }
    }

    fn names(self, called: Option<&'static str>) -> Names<'a> {
        Names {
            fits: vec![Some(0); self.union.members.len()],
            seen: Vec::new(),
            called,
            probe: self,
        }
    }

    /// A record that a map or struct can be; the map of the union is none.
    fn record(&self, member: usize) -> Option<&'a Record> {
        let node = self.union.branches[self.union.members[member]];
        match &self.encoder.shapes[node] {
            Shape::Record(record) => Some(record),
            _ => None,
        }
    }
}

/// The names that came, and what they leave possible.
pub(super) struct Names<'a> {
    probe: Probe<'a>,
    /// For each member, how many fields without a default came; none once a name was not its own.
    fits: Vec<Option<usize>>,
    /// For the message.
    seen: Vec<String>,
    called: Option<&'static str>,
}

impl Names<'_> {
    fn name(&mut self, name: &str) {
        if self.seen.len() < 10 {
            self.seen.push(name.to_owned());
        }
        for (member, fits) in self.fits.iter_mut().enumerate() {
            if let (Some(record), Some(needed)) = (self.probe.record(member), &mut *fits) {
                match record.by_name.get(name) {
                    Some(index) => {
                        *needed += usize::from(record.fields[*index].default.is_none());
                    }
                    None => *fits = None,
                }
            }
        }
    }

    fn found(self) -> Found {
        let complete = |member: &usize| {
            let Some(record) = self.probe.record(*member) else {
                return true;
            };
            let needed = record.fields.iter().filter(|f| f.default.is_none()).count();
            self.fits[*member] == Some(needed)
        };
        let members = || (0..self.fits.len()).filter(complete);
        let called = members().find(|member| {
            let record = self.probe.record(*member);
            record.is_some_and(|record| self.called == Some(&*record.short))
        });
        match called.or_else(|| members().next()) {
            Some(member) => Ok(Some(self.probe.union.members[member])),
            None => Err(self.probe.encoder.mismatch(
                self.probe.node,
                format!("a map or struct with the fields {}", self.seen.join(", ")),
            )),
        }
    }
}

/// Values say nothing.
macro_rules! nothing {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, _: $type) -> Found {
            Ok(None)
        }
    )*};
}

impl<'a> Serializer for Probe<'a> {
    type Ok = Option<usize>;
    type Error = EncodeError;
    type SerializeSeq = Skipped;
    type SerializeTuple = Skipped;
    type SerializeTupleStruct = Skipped;
    type SerializeTupleVariant = Skipped;
    type SerializeMap = Names<'a>;
    type SerializeStruct = Names<'a>;
    type SerializeStructVariant = Skipped;

    nothing! {
        serialize_bool: bool, serialize_char: char, serialize_str: &str, serialize_bytes: &[u8],
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_i128: i128, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_u128: u128, serialize_f32: f32, serialize_f64: f64,
        serialize_unit_struct: &'static str
    }

    fn serialize_none(self) -> Found {
        Ok(None)
    }

    fn serialize_unit(self) -> Found {
        Ok(None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Found {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Found {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Found {
        Ok(None)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Found {
        Ok(None)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Skipped, EncodeError> {
        Ok(Skipped)
    }

    fn serialize_tuple(self, _: usize) -> Result<Skipped, EncodeError> {
        Ok(Skipped)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Skipped, EncodeError> {
        Ok(Skipped)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Names<'a>, EncodeError> {
        Ok(self.names(None))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Names<'a>, EncodeError> {
        Ok(self.names(Some(name)))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Skipped, EncodeError> {
        Ok(Skipped)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Skipped, EncodeError> {
        Ok(Skipped)
    }
}

impl SerializeMap for Names<'_> {
    type Ok = Option<usize>;
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        key.serialize(Key(|name: &str| {
            self.name(name);
            Ok(())
        }))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, _: &T) -> Done {
        Ok(())
    }

    fn end(self) -> Found {
        self.found()
    }
}

impl SerializeStruct for Names<'_> {
    type Ok = Option<usize>;
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, _: &T) -> Done {
        self.name(key);
        Ok(())
    }

    fn end(self) -> Found {
        self.found()
    }
}

/// What has no fields, or a variant, which goes by its name.
pub(super) struct Skipped;

/// Takes parts that say nothing.
macro_rules! skipped {
    ($($part:ident: $method:ident $(, $key:ty)?;)*) => {$(
        impl $part for Skipped {
            type Ok = Option<usize>;
            type Error = EncodeError;

            fn $method<T: Serialize + ?Sized>(&mut self, $(_: $key,)? _: &T) -> Done {
                Ok(())
            }

            fn end(self) -> Found {
                Ok(None)
            }
        }
    )*};
}

skipped! {
    SerializeSeq: serialize_element;
    SerializeTuple: serialize_element;
    SerializeTupleStruct: serialize_field;
    SerializeTupleVariant: serialize_field;
    SerializeStructVariant: serialize_field, &'static str;
}
