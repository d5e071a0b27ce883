//! A value in step with its type, so that bytes are told from numbers.

use huntsman_core::{Kind, Schema};
use serde::Serialize;
use serde::ser::{
    Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct,
    Serializer,
};

/// A value of this kind. It serializes like the value, but bytes are bytes, also where serde has
/// them one by one: `Vec<u8>`, `[u8; 16]`.
pub(super) struct Typed<'a, T: ?Sized> {
    kind: Kind,
    value: &'a T,
}

impl<'a, T: ?Sized> Typed<'a, T> {
    pub(super) fn new(kind: Kind, value: &'a T) -> Self {
        Self {
            kind: present(kind),
            value,
        }
    }
}

impl<T: Serialize + ?Sized> Serialize for Typed<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { kind, value } = *self;
        match kind {
            Kind::Bytes
            | Kind::Fixed { .. }
            | Kind::List(_)
            | Kind::Map(_)
            | Kind::Struct(_)
            | Kind::Union(_) => value.serialize(Within { kind, to }),
            _ => value.serialize(to),
        }
    }
}

/// What a value is when it is there.
fn present(mut kind: Kind) -> Kind {
    while let Kind::Optional(inner) = kind {
        kind = *inner;
    }
    kind
}

/// Whether bytes are somewhere in a value.
pub(super) fn mentions_bytes(kind: &Kind) -> bool {
    mentions(kind, &is_bytes, &mut Vec::new())
}

/// Whether bytes can be somewhere in a value: also where its type is open.
pub(super) fn mentions_open(kind: &Kind) -> bool {
    let open = |kind| is_bytes(kind) || matches!(kind, Kind::Any);
    mentions(kind, &open, &mut Vec::new())
}

fn mentions(kind: &Kind, wanted: &impl Fn(Kind) -> bool, seen: &mut Vec<&'static Schema>) -> bool {
    match kind {
        kind if wanted(*kind) => true,
        Kind::Optional(inner) | Kind::List(inner) | Kind::Map(inner) => {
            mentions(inner, wanted, seen)
        }
        Kind::Union(kinds) => kinds.iter().any(|kind| mentions(kind, wanted, seen)),
        // A type may be within itself.
        Kind::Struct(schema) if seen.iter().any(|known| std::ptr::eq(*known, *schema)) => false,
        Kind::Struct(schema) => {
            seen.push(schema);
            schema
                .fields
                .iter()
                .any(|field| mentions(&field.kind, wanted, seen))
        }
        _ => false,
    }
}

/// The first of the types that a kind may be for which there is an answer.
fn first<T>(kind: Kind, answer: &impl Fn(Kind) -> Option<T>) -> Option<T> {
    match present(kind) {
        Kind::Union(kinds) => kinds.iter().find_map(|kind| first(*kind, answer)),
        kind => answer(kind),
    }
}

fn element_of(kind: Kind) -> Option<Kind> {
    first(kind, &|kind| match kind {
        Kind::List(inner) => Some(*inner),
        _ => None,
    })
}

fn value_of(kind: Kind) -> Option<Kind> {
    first(kind, &|kind| match kind {
        Kind::Map(inner) => Some(*inner),
        _ => None,
    })
}

fn is_bytes(kind: Kind) -> bool {
    let bytes = |kind| matches!(kind, Kind::Bytes | Kind::Fixed { .. }).then_some(());
    first(kind, &bytes).is_some()
}

/// The struct that is called so, else the first.
fn struct_of(kind: Kind, name: Option<&str>) -> Option<&'static Schema> {
    let schema = |kind| match kind {
        Kind::Struct(schema) => Some(schema),
        _ => None,
    };
    let called = |kind| schema(kind).filter(|schema| Some(schema.name) == name);
    first(kind, &called).or_else(|| first(kind, &schema))
}

/// Passes on what a value says of itself.
struct Within<S> {
    kind: Kind,
    to: S,
}

macro_rules! passed_on {
    ($($method:ident($($arg:ident: $type:ty),*);)+) => {
        $(fn $method(self, $($arg: $type),*) -> Result<S::Ok, S::Error> {
            self.to.$method($($arg),*)
        })+
    };
}

impl<S: Serializer> Serializer for Within<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Elements<S, S::SerializeSeq>;
    type SerializeTuple = Elements<S, S::SerializeTuple>;
    type SerializeTupleStruct = Elements<S, S::SerializeTupleStruct>;
    type SerializeTupleVariant = S::SerializeTupleVariant;
    type SerializeMap = Entries<S::SerializeMap>;
    type SerializeStruct = Fields<S::SerializeStruct>;
    type SerializeStructVariant = S::SerializeStructVariant;

    passed_on! {
        serialize_bool(value: bool);
        serialize_i8(value: i8);
        serialize_i16(value: i16);
        serialize_i32(value: i32);
        serialize_i64(value: i64);
        serialize_i128(value: i128);
        serialize_u8(value: u8);
        serialize_u16(value: u16);
        serialize_u32(value: u32);
        serialize_u64(value: u64);
        serialize_u128(value: u128);
        serialize_f32(value: f32);
        serialize_f64(value: f64);
        serialize_char(value: char);
        serialize_str(value: &str);
        serialize_bytes(value: &[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(name: &'static str);
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str);
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.to.serialize_some(&Typed::new(self.kind, value))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let value = Typed::new(self.kind, value);
        self.to.serialize_newtype_struct(name, &value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.to
            .serialize_newtype_variant(name, index, variant, value)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        Elements::new(self, len, |to| to.serialize_seq(len))
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        Elements::new(self, Some(len), |to| to.serialize_tuple(len))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        Elements::new(self, Some(len), |to| to.serialize_tuple_struct(name, len))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<S::SerializeTupleVariant, S::Error> {
        self.to.serialize_tuple_variant(name, index, variant, len)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        Ok(Entries {
            map: value_of(self.kind),
            schema: struct_of(self.kind, None),
            value: None,
            to: self.to.serialize_map(len)?,
        })
    }

    fn serialize_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        Ok(Fields {
            fields: struct_of(self.kind, Some(name)),
            next: 0,
            to: self.to.serialize_struct(name, len)?,
        })
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<S::SerializeStructVariant, S::Error> {
        self.to.serialize_struct_variant(name, index, variant, len)
    }
}

/// A sequence: of bytes, or of anything else.
enum Elements<S, Q> {
    Bytes(Vec<u8>, S),
    Other(Kind, Q),
}

impl<S: Serializer, Q> Elements<S, Q> {
    /// A list is taken before bytes, as in Avro.
    fn new(
        from: Within<S>,
        len: Option<usize>,
        other: impl FnOnce(S) -> Result<Q, S::Error>,
    ) -> Result<Self, S::Error> {
        match element_of(from.kind) {
            None if is_bytes(from.kind) => {
                let room = len.unwrap_or_default().min(1 << 16);
                Ok(Self::Bytes(Vec::with_capacity(room), from.to))
            }
            element => Ok(Self::Other(element.unwrap_or(Kind::Any), other(from.to)?)),
        }
    }
}

fn byte<T: Serialize + ?Sized, E: serde::ser::Error>(value: &T) -> Result<u8, E> {
    let value = value
        .serialize(serde_json::value::Serializer)
        .map_err(E::custom)?;
    let byte = value.as_u64().and_then(|byte| u8::try_from(byte).ok());
    byte.ok_or_else(|| E::custom(format!("`{value}` is not a byte (0 to 255)")))
}

macro_rules! elements {
    ($($trait:ident::$method:ident, $serialize:ident;)+) => {
        $(impl<S: Serializer> $trait for Elements<S, S::$serialize> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                match self {
                    Self::Bytes(bytes, _) => {
                        bytes.push(byte(value)?);
                        Ok(())
                    }
                    Self::Other(kind, to) => to.$method(&Typed::new(*kind, value)),
                }
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                match self {
                    Self::Bytes(bytes, to) => to.serialize_bytes(&bytes),
                    Self::Other(_, to) => to.end(),
                }
            }
        })+
    };
}

elements! {
    SerializeSeq::serialize_element, SerializeSeq;
    SerializeTuple::serialize_element, SerializeTuple;
    SerializeTupleStruct::serialize_field, SerializeTupleStruct;
}

/// The entries of a map, or a struct that is written as one.
struct Entries<M> {
    map: Option<Kind>,
    schema: Option<&'static Schema>,
    /// What the next value is.
    value: Option<Kind>,
    to: M,
}

impl<M: SerializeMap> SerializeMap for Entries<M> {
    type Ok = M::Ok;
    type Error = M::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), M::Error> {
        self.value = self.map;
        if let Some(schema) = self.schema {
            let name = key
                .serialize(serde_json::value::Serializer)
                .map_err(M::Error::custom)?;
            let name = name.as_str();
            let mut fields = schema.fields.iter();
            let field = fields.find(|field| Some(field.name) == name);
            self.value = field.map(|field| field.kind).or(self.map);
        }
        self.to.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), M::Error> {
        let kind = self.value.unwrap_or(Kind::Any);
        self.to.serialize_value(&Typed::new(kind, value))
    }

    fn end(self) -> Result<M::Ok, M::Error> {
        self.to.end()
    }
}

/// The fields of a struct.
struct Fields<F> {
    fields: Option<&'static Schema>,
    /// The field that is expected next.
    next: usize,
    to: F,
}

impl<F> Fields<F> {
    fn kind(&mut self, name: &str) -> Kind {
        let fields = self.fields.map_or(&[][..], |schema| schema.fields);
        let is_next = fields
            .get(self.next)
            .is_some_and(|field| field.name == name);
        let found = if is_next {
            Some(self.next)
        } else {
            fields.iter().position(|field| field.name == name)
        };
        found.map_or(Kind::Any, |index| {
            self.next = index + 1;
            fields[index].kind
        })
    }
}

impl<F: SerializeStruct> SerializeStruct for Fields<F> {
    type Ok = F::Ok;
    type Error = F::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), F::Error> {
        let kind = self.kind(name);
        self.to.serialize_field(name, &Typed::new(kind, value))
    }

    fn skip_field(&mut self, name: &'static str) -> Result<(), F::Error> {
        self.to.skip_field(name)
    }

    fn end(self) -> Result<F::Ok, F::Error> {
        self.to.end()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use huntsman_core::Field;
    use serde_json::{Value, json};

    use super::*;

    static HASH: Kind = Kind::Fixed {
        name: "Hash",
        size: 2,
    };
    static BYTES: Kind = Kind::Bytes;
    static NUMBERS: Kind = Kind::List(&Kind::UInt(8));
    static NODE: Schema = Schema::new(
        "Node",
        &[
            Field::new("raw", Kind::Optional(&Kind::Bytes)),
            Field::new("numbers", NUMBERS),
            Field::new("next", Kind::Optional(&Kind::Struct(&NODE))),
        ],
    );
    static PLAIN: Schema = Schema::new("Plain", &[Field::new("numbers", NUMBERS)]);

    #[derive(Serialize)]
    struct Node {
        raw: Option<Vec<u8>>,
        numbers: Vec<u8>,
        next: Option<Box<Self>>,
    }

    fn written(kind: Kind, value: impl Serialize) -> Value {
        let mut out = Vec::new();
        crate::formats::object::compact(&Typed::new(kind, &value), &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn bytes_are_told_from_numbers_by_the_type() {
        assert_eq!(written(Kind::Bytes, [1, 2]), json!("AQI="));
        assert_eq!(written(HASH, Some([255_u8, 0])), json!("/wA="));
        assert_eq!(
            written(Kind::List(&BYTES), [[1], [2]]),
            json!(["AQ==", "Ag=="])
        );
        let map = BTreeMap::from([("k", [1])]);
        assert_eq!(written(Kind::Map(&BYTES), &map), json!({"k": "AQ=="}));
        assert_eq!(written(NUMBERS, [1, 2]), json!([1, 2]));
        assert_eq!(written(Kind::Any, [1, 2]), json!([1, 2]));
        let either = Kind::Union(&[Kind::Text, Kind::Bytes]);
        assert_eq!(written(either, [1]), json!("AQ=="));
        assert_eq!(written(either, "a"), json!("a"));
    }

    #[test]
    fn bytes_are_found_in_types_that_are_within_themselves() {
        assert!(mentions_bytes(&Kind::Struct(&NODE)));
        assert!(!mentions_bytes(&Kind::Struct(&PLAIN)));
        let inner = Node {
            raw: Some(vec![1]),
            numbers: vec![2],
            next: None,
        };
        let outer = Node {
            raw: None,
            numbers: vec![],
            next: Some(Box::new(inner)),
        };
        let expected = json!({"raw": null, "numbers": [],
            "next": {"raw": "AQ==", "numbers": [2], "next": null}});
        assert_eq!(written(Kind::Struct(&NODE), &outer), expected);
        let as_map = serde_json::to_value(&outer).unwrap();
        assert_eq!(written(Kind::Struct(&NODE), as_map), expected);
    }

    #[test]
    fn what_is_no_byte_is_refused() {
        let mut out = Vec::new();
        let error = crate::formats::object::compact(&Typed::new(Kind::Bytes, &[256]), &mut out);
        assert_eq!(
            error.unwrap_err().to_string(),
            "`256` is not a byte (0 to 255)"
        );
    }
}
