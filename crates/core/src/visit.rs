//! The fields of an item one by one, for formats that write them so.

use std::fmt;

use serde::Serialize;
use serde::ser::{self, Impossible, SerializeStruct, Serializer};

/// What takes the fields of an item, one call for each, in the order in which serde has them.
///
/// What serde says of a value in more than one way comes in one: integers of all widths as 64 bits,
/// `Some` and newtypes as what is in them, unit variants and characters as text, units as null.
///
/// ```
/// use huntsman_core::visit::{self, NotVisited, Visit, Visited};
///
/// #[derive(serde::Serialize)]
/// struct Book { title: &'static str, pages: Option<u16>, tags: Vec<String> }
///
/// #[derive(Default)]
/// struct Told(String);
///
/// impl Told {
///     fn tell(&mut self, field: &str, value: impl std::fmt::Debug) -> Visited {
///         self.0 += &format!("{field}={value:?};");
///         Ok(())
///     }
/// }
///
/// impl Visit for Told {
///     fn null(&mut self, field: &'static str) -> Visited { self.tell(field, ()) }
///     fn bool(&mut self, field: &'static str, value: bool) -> Visited { self.tell(field, value) }
///     fn int(&mut self, field: &'static str, value: i64) -> Visited { self.tell(field, value) }
///     fn uint(&mut self, field: &'static str, value: u64) -> Visited { self.tell(field, value) }
///     fn f32(&mut self, field: &'static str, value: f32) -> Visited { self.tell(field, value) }
///     fn f64(&mut self, field: &'static str, value: f64) -> Visited { self.tell(field, value) }
///     fn text(&mut self, field: &'static str, value: &str) -> Visited { self.tell(field, value) }
///     fn bytes(&mut self, field: &'static str, value: &[u8]) -> Visited { self.tell(field, value) }
///     fn other(&mut self, field: &'static str, value: &dyn erased_serde::Serialize) -> Visited {
///         self.tell(field, serde_json::to_string(value).map_err(|_| NotVisited)?)
///     }
/// }
///
/// let mut told = Told::default();
/// let book = Book { title: "Emma", pages: Some(474), tags: vec!["novel".to_owned()] };
/// visit::fields(&book, &mut told)?;
/// assert_eq!(told.0, r#"title="Emma";pages=474;tags="[\"novel\"]";"#);
/// # Ok::<(), NotVisited>(())
/// ```
///
/// Each method is called with the field's name, and may say [`NotVisited`]: no further one comes
/// then.
#[expect(missing_docs, reason = "the types say it")]
#[expect(clippy::missing_errors_doc, reason = "the trait says it")]
pub trait Visit {
    fn null(&mut self, field: &'static str) -> Visited;
    fn bool(&mut self, field: &'static str, value: bool) -> Visited;
    fn int(&mut self, field: &'static str, value: i64) -> Visited;
    fn uint(&mut self, field: &'static str, value: u64) -> Visited;
    fn f32(&mut self, field: &'static str, value: f32) -> Visited;
    fn f64(&mut self, field: &'static str, value: f64) -> Visited;
    fn text(&mut self, field: &'static str, value: &str) -> Visited;
    fn bytes(&mut self, field: &'static str, value: &[u8]) -> Visited;
    /// A value with an inside, or an integer that needs more than 64 bits.
    fn other(&mut self, field: &'static str, value: &dyn erased_serde::Serialize) -> Visited;
}

/// Whether a visit goes on.
pub type Visited = Result<(), NotVisited>;

/// The fields were not, or not all, handed over; those that were are to be forgotten. The item is to
/// be had as a whole, by [`Item::fields`](crate::Item::fields), which also says what is wrong with
/// it, if anything is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the item does not come field by field")]
pub struct NotVisited;

/// Hands the fields of a struct over as its `Serialize` has them, compiled for its type: so they
/// cost one virtual call each. It is what `#[derive(Item)]` makes of
/// [`Item::visit`](crate::Item::visit).
///
/// # Errors
/// `visit` said so, or the value is no struct for serde, or refuses to be written.
#[inline]
pub fn fields<T: Serialize + ?Sized>(value: &T, visit: &mut dyn Visit) -> Visited {
    value.serialize(Fields(visit)).map_err(|_| NotVisited)
}

/// Why a value was not handed over.
#[derive(Debug)]
enum Stop {
    /// It has an inside.
    Inside,
    /// No more are wanted.
    End,
}

impl From<NotVisited> for Stop {
    fn from(_: NotVisited) -> Self {
        Self::End
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        NotVisited.fmt(f)
    }
}

impl std::error::Error for Stop {}

impl ser::Error for Stop {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::End
    }
}

type Done = Result<(), Stop>;
type Never = Impossible<(), Stop>;

/// Takes a struct, and nothing else.
struct Fields<'a>(&'a mut dyn Visit);

impl SerializeStruct for Fields<'_> {
    type Ok = ();
    type Error = Stop;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, field: &'static str, value: &T) -> Done {
        let visit = &mut *self.0;
        match value.serialize(Value { field, visit }) {
            Err(Stop::Inside) => Ok(self.0.other(field, &value)?),
            done => done,
        }
    }

    fn skip_field(&mut self, _: &'static str) -> Done {
        // What a field that is left out means is the format's to say.
        Err(Stop::End)
    }

    #[inline]
    fn end(self) -> Done {
        Ok(())
    }
}

/// Takes the value of a field, if it has no inside.
struct Value<'a> {
    field: &'static str,
    visit: &'a mut dyn Visit,
}

macro_rules! refuse {
    ($stop:ident: $($method:ident($($type:ty),*) -> $ok:ty;)+) => {
        $(fn $method(self, $(_: $type),*) -> Result<$ok, Stop> { Err(Stop::$stop) })+
    };
}

impl Serializer for Fields<'_> {
    type Ok = ();
    type Error = Stop;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Self;
    type SerializeStructVariant = Never;

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Stop> {
        Ok(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Done {
        Err(Stop::End)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, _: &T) -> Done {
        Err(Stop::End)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Done {
        Err(Stop::End)
    }

    refuse! { End:
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_str(&str) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }
}

macro_rules! scalars {
    ($($serialize:ident($type:ty) $method:ident;)+) => {
        $(#[inline]
        fn $serialize(self, value: $type) -> Done {
            Ok(self.visit.$method(self.field, value.into())?)
        })+
    };
}

impl Serializer for Value<'_> {
    type Ok = ();
    type Error = Stop;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    scalars! {
        serialize_bool(bool) bool;
        serialize_i8(i8) int;
        serialize_i16(i16) int;
        serialize_i32(i32) int;
        serialize_i64(i64) int;
        serialize_u8(u8) uint;
        serialize_u16(u16) uint;
        serialize_u32(u32) uint;
        serialize_u64(u64) uint;
        serialize_f32(f32) f32;
        serialize_f64(f64) f64;
        serialize_str(&str) text;
        serialize_bytes(&[u8]) bytes;
    }

    fn serialize_char(self, value: char) -> Done {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_none(self) -> Done {
        Ok(self.visit.null(self.field)?)
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        self.serialize_none()
    }

    #[inline]
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.serialize_str(variant)
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Done {
        Err(Stop::Inside)
    }

    refuse! { Inside:
        serialize_i128(i128) -> ();
        serialize_u128(u128) -> ();
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct(&'static str, usize) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }
}
