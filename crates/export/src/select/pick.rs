//! Fields out of whatever serde delivers for a struct.

use std::fmt::Display;

use serde::ser::{
    self, Error as _, Impossible, Serialize, SerializeMap, SerializeStruct, Serializer,
};

use super::shape::Step;

/// What looks at the members of a struct as they come.
pub(super) trait Members: Sized {
    type Ok;
    type Error: ser::Error;

    /// A member.
    fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Self::Error>;

    /// An `Option` that holds the struct.
    fn some<T: Serialize + ?Sized>(self, value: &T) -> Result<Self::Ok, Self::Error> {
        value.serialize(Walk(self))
    }

    /// There is no struct.
    fn none(self) -> Result<Self::Ok, Self::Error>;

    /// There are no further members.
    fn end(self) -> Result<Self::Ok, Self::Error>;
}

/// Fields in the order in which the item has them, into a struct that is being written.
pub(super) struct Run<'a, S> {
    out: &'a mut S,
    steps: &'a [Step],
}

impl<'a, S: SerializeStruct> Run<'a, S> {
    pub(super) fn new(out: &'a mut S, steps: &'a [Step]) -> Self {
        Self { out, steps }
    }
}

impl<S: SerializeStruct> Members for Run<'_, S> {
    type Ok = ();
    type Error = S::Error;

    fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), S::Error> {
        // A field that serde skipped is passed over.
        let Some(at) = self.steps.iter().position(|step| step.source == name) else {
            return Ok(());
        };
        self.steps = &self.steps[at..];
        while let Some((step, rest)) = self.steps.split_first()
            && step.source == name
        {
            if step.rest.is_empty() {
                self.out.serialize_field(step.name, value)?;
            } else {
                let value = At {
                    value,
                    path: step.rest,
                    nullable: step.nullable,
                };
                self.out.serialize_field(step.name, &value)?;
            }
            self.steps = rest;
        }
        Ok(())
    }

    fn none(self) -> Result<(), S::Error> {
        Err(no_struct("nothing"))
    }

    fn end(self) -> Result<(), S::Error> {
        Ok(())
    }
}

/// What is at a path in a value.
struct At<'a, T: ?Sized> {
    value: &'a T,
    path: &'static [&'static str],
    /// It becomes an `Option`.
    nullable: bool,
}

impl<T: Serialize + ?Sized> Serialize for At<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(Walk(Inner {
            out: Some(serializer),
            done: None,
            path: self.path,
            nullable: self.nullable,
        }))
    }
}

/// The one member that a path names, into a serializer.
struct Inner<S: Serializer> {
    out: Option<S>,
    done: Option<S::Ok>,
    path: &'static [&'static str],
    nullable: bool,
}

impl<S: Serializer> Inner<S> {
    fn out(&mut self) -> Result<S, S::Error> {
        let out = self.out.take();
        out.ok_or_else(|| S::Error::custom("a struct has a field twice"))
    }
}

impl<S: Serializer> Members for Inner<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), S::Error> {
        let Some((first, rest)) = self.path.split_first() else {
            return Ok(());
        };
        if *first != name {
            return Ok(());
        }
        let out = self.out()?;
        let done = if rest.is_empty() {
            value.serialize(out)
        } else {
            value.serialize(Walk(Self {
                out: Some(out),
                done: None,
                path: rest,
                nullable: self.nullable,
            }))
        };
        self.done = Some(done?);
        Ok(())
    }

    fn some<T: Serialize + ?Sized>(mut self, value: &T) -> Result<S::Ok, S::Error> {
        if !self.nullable {
            return value.serialize(Walk(self));
        }
        let path = self.path;
        self.out()?.serialize_some(&At {
            value,
            path,
            nullable: false,
        })
    }

    fn none(mut self) -> Result<S::Ok, S::Error> {
        self.out()?.serialize_none()
    }

    fn end(mut self) -> Result<S::Ok, S::Error> {
        match self.done.take() {
            Some(done) => Ok(done),
            None => self.none(),
        }
    }
}

fn no_struct<E: ser::Error>(what: impl Display) -> E {
    E::custom(format!("it is no struct with fields, but {what}"))
}

/// A serializer that hands the members of a struct to someone.
pub(super) struct Walk<M>(pub(super) M);

macro_rules! no_structs {
    ($($method:ident($($argument:ident: $type:ty),*) -> $ok:ty, $what:literal;)+) => {
        $(fn $method(self, $($argument: $type),*) -> Result<$ok, M::Error> {
            $(let _unused = $argument;)*
            Err(no_struct($what))
        })+
    };
}

impl<M: Members> Serializer for Walk<M> {
    type Ok = M::Ok;
    type Error = M::Error;
    type SerializeSeq = Impossible<M::Ok, M::Error>;
    type SerializeTuple = Impossible<M::Ok, M::Error>;
    type SerializeTupleStruct = Impossible<M::Ok, M::Error>;
    type SerializeTupleVariant = Impossible<M::Ok, M::Error>;
    type SerializeMap = Pairs<M>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<M::Ok, M::Error>;

    no_structs! {
        serialize_bool(v: bool) -> M::Ok, "a boolean";
        serialize_i8(v: i8) -> M::Ok, "a number";
        serialize_i16(v: i16) -> M::Ok, "a number";
        serialize_i32(v: i32) -> M::Ok, "a number";
        serialize_i64(v: i64) -> M::Ok, "a number";
        serialize_u8(v: u8) -> M::Ok, "a number";
        serialize_u16(v: u16) -> M::Ok, "a number";
        serialize_u32(v: u32) -> M::Ok, "a number";
        serialize_u64(v: u64) -> M::Ok, "a number";
        serialize_f32(v: f32) -> M::Ok, "a number";
        serialize_f64(v: f64) -> M::Ok, "a number";
        serialize_char(v: char) -> M::Ok, "text";
        serialize_str(v: &str) -> M::Ok, "text";
        serialize_bytes(v: &[u8]) -> M::Ok, "bytes";
        serialize_unit_struct(name: &'static str) -> M::Ok, "nothing";
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str) -> M::Ok, "a variant";
        serialize_seq(len: Option<usize>) -> Self::SerializeSeq, "a list";
        serialize_tuple(len: usize) -> Self::SerializeTuple, "a tuple";
        serialize_tuple_struct(name: &'static str, len: usize) -> Self::SerializeTupleStruct, "a tuple";
        serialize_tuple_variant(name: &'static str, index: u32, variant: &'static str, len: usize) -> Self::SerializeTupleVariant, "a variant";
        serialize_struct_variant(name: &'static str, index: u32, variant: &'static str, len: usize) -> Self::SerializeStructVariant, "a variant";
    }

    fn serialize_none(self) -> Result<M::Ok, M::Error> {
        self.0.none()
    }

    fn serialize_unit(self) -> Result<M::Ok, M::Error> {
        self.0.none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<M::Ok, M::Error> {
        self.0.some(value)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<M::Ok, M::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<M::Ok, M::Error> {
        Err(no_struct("a variant"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Pairs<M>, M::Error> {
        Ok(Pairs {
            members: self.0,
            key: String::new(),
        })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, M::Error> {
        Ok(self)
    }
}

impl<M: Members> SerializeStruct for Walk<M> {
    type Ok = M::Ok;
    type Error = M::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), M::Error> {
        self.0.member(name, value)
    }

    fn end(self) -> Result<M::Ok, M::Error> {
        self.0.end()
    }
}

/// A struct that is delivered as a map, as those of `flatten` and of mended items are.
pub(super) struct Pairs<M> {
    members: M,
    key: String,
}

impl<M: Members> SerializeMap for Pairs<M> {
    type Ok = M::Ok;
    type Error = M::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), M::Error> {
        let key = serde_json::to_value(key).map_err(M::Error::custom)?;
        self.key = match key {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), M::Error> {
        self.members.member(&self.key, value)
    }

    fn end(self) -> Result<M::Ok, M::Error> {
        self.members.end()
    }
}
