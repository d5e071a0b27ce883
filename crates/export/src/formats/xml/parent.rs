//! An element with others in it.

use std::mem;

use serde::Serialize;
use serde::ser::{
    Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
};
use serde_json::{Error, Result, Value};

use super::element::{Element, Elements, Tag};

/// An element with others in it.
pub(super) struct Parent<'a, 'o> {
    to: &'a mut Elements<'o>,
    tag: Tag<'a>,
    /// The variant whose entry is open as well.
    variant: Option<&'static str>,
    children: bool,
    key: String,
}

impl<'a, 'o> Parent<'a, 'o> {
    /// Of an element that is open.
    pub(super) fn new(to: &'a mut Elements<'o>, tag: Tag<'a>) -> Self {
        Self {
            to,
            tag,
            variant: None,
            children: false,
            key: String::new(),
        }
    }

    /// With an entry for a variant, which the others are in.
    pub(super) fn of_variant(self, name: &'static str) -> Result<Self> {
        self.to.open(&Tag::Entry(name))?;
        Ok(Self {
            variant: Some(name),
            ..self
        })
    }

    pub(super) fn child<T: Serialize + ?Sized>(&mut self, tag: Tag<'_>, value: &T) -> Result<()> {
        self.children = true;
        value.serialize(Element { to: self.to, tag })
    }

    pub(super) fn finish(self) {
        let mut children = self.children;
        if let Some(variant) = self.variant {
            self.to.close(&Tag::Entry(variant), children);
            children = true;
        }
        self.to.close(&self.tag, children);
    }
}

macro_rules! lists {
    ($($trait:ident::$method:ident;)+) => {
        $(impl $trait for Parent<'_, '_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                self.child(Tag::Value, value)
            }

            fn end(self) -> Result<()> {
                self.finish();
                Ok(())
            }
        })+
    };
}

lists! {
    SerializeSeq::serialize_element;
    SerializeTuple::serialize_element;
    SerializeTupleStruct::serialize_field;
    SerializeTupleVariant::serialize_field;
}

macro_rules! structs {
    ($($trait:ident),+) => {
        $(impl $trait for Parent<'_, '_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<()> {
                self.child(Tag::Field(name), value)
            }

            fn end(self) -> Result<()> {
                self.finish();
                Ok(())
            }
        })+
    };
}

structs!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Parent<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.key = match key.serialize(serde_json::value::Serializer)? {
            Value::String(text) => text,
            other @ (Value::Number(_) | Value::Bool(_)) => other.to_string(),
            _ => return Err(Error::custom("a key is text, a number or a bool")),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let key = mem::take(&mut self.key);
        let tag = match self.tag {
            Tag::Item(..) => Tag::Field(&key),
            _ => Tag::Entry(&key),
        };
        self.child(tag, value)
    }

    fn end(self) -> Result<()> {
        self.finish();
        Ok(())
    }
}
