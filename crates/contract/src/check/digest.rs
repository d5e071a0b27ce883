//! A hash of a value that is the same for values that are equal as JSON.
//!
//! 1, 1.0 and `1u8` are equal, and the order of an object's members is nothing; an absent `Option`
//! and a unit are null; bytes are a list of numbers. NaN and the infinities equal only themselves.
//! The hash is SipHash-1-3 with 128 bits and a fixed key: two values are taken for equal when
//! their hashes are.

use std::hash::Hasher;

use serde::ser::{self, Serialize};
use siphasher::sip128::{Hasher128, SipHasher13};

use super::number::Number;
use super::stop::Stop;

/// The hash of `value`. A value that fails to serialize has that of null.
pub(crate) fn digest<T: Serialize + ?Sized>(value: &T) -> u128 {
    let all = value.serialize(Digest { elements: None });
    all.unwrap_or_else(|_| tagged(b'n', b""))
}

/// The hashes of the elements of a list, with their indices; of anything else, nothing.
pub(super) fn elements<T: Serialize + ?Sized>(value: &T, found: &mut Vec<(u128, usize)>) {
    found.clear();
    let all = Digest {
        elements: Some(&mut *found),
    };
    if value.serialize(all).is_err() {
        found.clear();
    }
}

fn tagged(tag: u8, bytes: &[u8]) -> u128 {
    let mut hasher = SipHasher13::new();
    hasher.write(&[tag]);
    hasher.write(bytes);
    hasher.finish128().as_u128()
}

fn number(number: Number<'_>) -> u128 {
    let mut hasher = SipHasher13::new();
    hasher.write(b"d");
    let mut end = None;
    number.canonical(
        |digit| hasher.write(&[digit]),
        |negative, power| end = Some((negative, power)),
    );
    let float = match number {
        Number::Float(float) => float,
        Number::Single(float) => float.into(),
        _ => 0.0,
    };
    match end {
        Some((negative, power)) => {
            hasher.write(&[0xff, u8::from(negative)]);
            hasher.write(&power.to_le_bytes());
        }
        None if float.is_nan() => hasher.write(b"?"),
        None => hasher.write(if float > 0.0 { b"+" } else { b"-" }),
    }
    hasher.finish128().as_u128()
}

struct Digest<'e> {
    /// Where the hashes of the elements go, if the value is a list.
    elements: Option<&'e mut Vec<(u128, usize)>>,
}

impl<'e> Digest<'e> {
    /// For a part of a value.
    const PART: Digest<'static> = Digest { elements: None };

    fn list(self) -> Sequence<'e> {
        Sequence {
            elements: self.elements,
            ..Sequence::new(None)
        }
    }
}

/// A list so far.
struct Sequence<'e> {
    hasher: SipHasher13,
    elements: Option<&'e mut Vec<(u128, usize)>>,
    /// For an enum's variant with content: its name.
    variant: Option<&'static str>,
}

impl Sequence<'_> {
    fn new(variant: Option<&'static str>) -> Self {
        let mut hasher = SipHasher13::new();
        hasher.write(b"l");
        Self {
            hasher,
            elements: None,
            variant,
        }
    }

    fn add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        let hash = value.serialize(Digest::PART)?;
        self.hasher.write(&hash.to_le_bytes());
        if let Some(elements) = &mut self.elements {
            elements.push((hash, elements.len()));
        }
        Ok(())
    }

    fn finish(self) -> u128 {
        named(self.variant, self.hasher.finish128().as_u128())
    }
}

/// An object so far: members are added up, so that their order is nothing.
struct Members {
    sum: u128,
    key: u128,
    variant: Option<&'static str>,
}

impl Members {
    fn new(variant: Option<&'static str>) -> Self {
        Self {
            sum: 0,
            key: 0,
            variant,
        }
    }

    fn add(&mut self, key: u128, value: u128) {
        let mut hasher = SipHasher13::new();
        hasher.write(b"m");
        hasher.write(&key.to_le_bytes());
        hasher.write(&value.to_le_bytes());
        self.sum = self.sum.wrapping_add(hasher.finish128().as_u128());
    }

    fn finish(self) -> u128 {
        named(self.variant, tagged(b'o', &self.sum.to_le_bytes()))
    }
}

/// `value`, or the object `{variant: value}`.
fn named(variant: Option<&str>, value: u128) -> u128 {
    let Some(variant) = variant else {
        return value;
    };
    let mut members = Members::new(None);
    members.add(tagged(b't', variant.as_bytes()), value);
    members.finish()
}

macro_rules! numbers {
    ($($method:ident: $type:ty => |$value:ident| $number:expr;)+) => {
        $(fn $method(self, $value: $type) -> Result<u128, Stop> { Ok(number($number)) })+
    };
}

impl<'e> ser::Serializer for Digest<'e> {
    type Ok = u128;
    type Error = Stop;
    type SerializeSeq = Sequence<'e>;
    type SerializeTuple = Sequence<'e>;
    type SerializeTupleStruct = Sequence<'e>;
    type SerializeTupleVariant = Sequence<'e>;
    type SerializeMap = Members;
    type SerializeStruct = Members;
    type SerializeStructVariant = Members;

    numbers! {
        serialize_i8: i8 => |v| Number::Int(v.into());
        serialize_i16: i16 => |v| Number::Int(v.into());
        serialize_i32: i32 => |v| Number::Int(v.into());
        serialize_i64: i64 => |v| Number::Int(v.into());
        serialize_i128: i128 => |v| Number::Int(v);
        serialize_u8: u8 => |v| Number::Int(v.into());
        serialize_u16: u16 => |v| Number::Int(v.into());
        serialize_u32: u32 => |v| Number::Int(v.into());
        serialize_u64: u64 => |v| Number::Int(v.into());
        serialize_u128: u128 => |v| Number::of_u128(v);
        serialize_f32: f32 => |v| Number::Single(v);
        serialize_f64: f64 => |v| Number::Float(v);
    }

    fn serialize_bool(self, v: bool) -> Result<u128, Stop> {
        Ok(tagged(b'b', &[u8::from(v)]))
    }

    fn serialize_char(self, v: char) -> Result<u128, Stop> {
        self.serialize_str(v.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, v: &str) -> Result<u128, Stop> {
        Ok(tagged(b't', v.as_bytes()))
    }

    fn serialize_bytes(self, v: &[u8]) -> Result<u128, Stop> {
        let mut list = Sequence::new(None);
        for byte in v {
            list.add(byte)?;
        }
        Ok(list.finish())
    }

    fn serialize_none(self) -> Result<u128, Stop> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, v: &T) -> Result<u128, Stop> {
        v.serialize(self)
    }

    fn serialize_unit(self) -> Result<u128, Stop> {
        Ok(tagged(b'n', b""))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<u128, Stop> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<u128, Stop> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        v: &T,
    ) -> Result<u128, Stop> {
        v.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        v: &T,
    ) -> Result<u128, Stop> {
        Ok(named(Some(variant), v.serialize(self)?))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Sequence<'e>, Stop> {
        Ok(self.list())
    }

    fn serialize_tuple(self, _: usize) -> Result<Sequence<'e>, Stop> {
        Ok(self.list())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Sequence<'e>, Stop> {
        Ok(self.list())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Sequence<'e>, Stop> {
        Ok(Sequence::new(Some(variant)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members, Stop> {
        Ok(Members::new(None))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members, Stop> {
        Ok(Members::new(None))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Members, Stop> {
        Ok(Members::new(Some(variant)))
    }
}

macro_rules! sequences {
    ($($trait:ident $method:ident;)+) => {
        $(impl ser::$trait for Sequence<'_> {
            type Ok = u128;
            type Error = Stop;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
                self.add(value)
            }

            fn end(self) -> Result<u128, Stop> {
                Ok(self.finish())
            }
        })+
    };
}

sequences! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

macro_rules! structs {
    ($($trait:ident),+) => {
        $(impl ser::$trait for Members {
            type Ok = u128;
            type Error = Stop;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Stop> {
                self.add(tagged(b't', key.as_bytes()), value.serialize(Digest::PART)?);
                Ok(())
            }

            fn end(self) -> Result<u128, Stop> {
                Ok(self.finish())
            }
        })+
    };
}

structs!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Members {
    type Ok = u128;
    type Error = Stop;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Stop> {
        self.key = super::key::text(key, |text| tagged(b't', text.as_bytes()))?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        self.add(self.key, value.serialize(Digest::PART)?);
        Ok(())
    }

    fn end(self) -> Result<u128, Stop> {
        Ok(self.finish())
    }
}
