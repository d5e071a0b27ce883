//! A spider's arguments: `-a NAME=VALUE` into the fields of its struct.

use std::cell::RefCell;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, MapAccess, Visitor};
use thiserror::Error;

/// Why arguments do not make a spider.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ArgsError {
    /// The spider has no such argument.
    #[error("no argument {name:?}{}", hint(.nearest.as_deref(), .known))]
    Unknown {
        /// What was written.
        name: String,
        /// The most alike name that there is.
        nearest: Option<String>,
        /// All names.
        known: Vec<String>,
    },
    /// A value does not suit, or one that is needed is missing.
    #[error("{0}")]
    Value(String),
}

fn hint(nearest: Option<&str>, known: &[String]) -> String {
    match nearest {
        Some(nearest) => format!("; did you mean {nearest:?}? (known: {})", known.join(", ")),
        None => "; this spider takes none".to_owned(),
    }
}

/// Makes a spider from its arguments, each the text behind `NAME=`.
///
/// Numbers, booleans, text, options of these and lists (with commas) are understood. A field that
/// has no argument needs `Option` or `#[serde(default)]`.
///
/// # Errors
/// An unknown name, a value that does not suit, or a missing one.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Quotes { tag: Option<String>, #[serde(default)] pages: u32 }
/// let args = [("tag".to_owned(), "life".to_owned())];
/// let spider: Quotes = huntsman::args::from_args(&args).unwrap();
/// assert_eq!((spider.tag.as_deref(), spider.pages), (Some("life"), 0));
/// ```
pub fn from_args<S: DeserializeOwned>(args: &[(String, String)]) -> Result<S, ArgsError> {
    let known = names::<S>();
    for (name, _) in args {
        if !known.contains(&name.as_str()) {
            return Err(ArgsError::Unknown {
                name: name.clone(),
                nearest: crate::nearest::nearest(name, known.iter().copied()).map(str::to_owned),
                known: known.iter().map(|&name| name.to_owned()).collect(),
            });
        }
    }
    S::deserialize(Args { args }).map_err(|error| ArgsError::Value(error.0))
}

/// The names of the arguments that a spider takes.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Quotes { tag: Option<String> }
/// assert_eq!(huntsman::args::names::<Quotes>(), ["tag"]);
/// ```
#[must_use]
pub fn names<S: DeserializeOwned>() -> Vec<&'static str> {
    let found = RefCell::new(Vec::new());
    // Deserializing says the names of the fields and then fails, as there are no values.
    let probed = S::deserialize(Probe { found: &found });
    drop(probed);
    found.into_inner()
}

#[derive(Debug)]
struct Reason(String);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Reason {}

impl de::Error for Reason {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self(text.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self(format!(
            "argument {field:?} is missing; give -a {field}=VALUE"
        ))
    }
}

struct Probe<'a> {
    found: &'a RefCell<Vec<&'static str>>,
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Reason;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Reason> {
        Err(Reason(String::new()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Reason> {
        *self.found.borrow_mut() = fields.to_vec();
        Err(Reason(String::new()))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct Args<'a> {
    args: &'a [(String, String)],
}

impl<'de> Deserializer<'de> for Args<'_> {
    type Error = Reason;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reason> {
        visitor.visit_map(Pairs {
            args: self.args.iter(),
            value: None,
        })
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Reason> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Pairs<'a> {
    args: std::slice::Iter<'a, (String, String)>,
    value: Option<(&'a str, &'a str)>,
}

impl<'de> MapAccess<'de> for Pairs<'_> {
    type Error = Reason;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Reason> {
        let Some((name, value)) = self.args.next() else {
            return Ok(None);
        };
        self.value = Some((name, value));
        let name: StrDeserializer<'_, Reason> = name.as_str().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, Reason> {
        let (name, text) = self
            .value
            .take()
            .ok_or_else(|| Reason("no value".to_owned()))?;
        seed.deserialize(Text(text))
            .map_err(|error| Reason(format!("argument {name}={text}: {error}")))
    }
}

/// One value as text.
struct Text<'a>(&'a str);

macro_rules! parsed {
    ($($method:ident => $visit:ident, $what:literal;)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reason> {
            let value = self.0.parse().map_err(|_| Reason(concat!("not ", $what).to_owned()))?;
            visitor.$visit(value)
        })+
    };
}

impl<'de> Deserializer<'de> for Text<'_> {
    type Error = Reason;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reason> {
        visitor.visit_str(self.0)
    }

    parsed! {
        deserialize_bool => visit_bool, "true or false";
        deserialize_i8 => visit_i8, "a whole number of this size";
        deserialize_i16 => visit_i16, "a whole number of this size";
        deserialize_i32 => visit_i32, "a whole number of this size";
        deserialize_i64 => visit_i64, "a whole number of this size";
        deserialize_u8 => visit_u8, "a whole number of this size";
        deserialize_u16 => visit_u16, "a whole number of this size";
        deserialize_u32 => visit_u32, "a whole number of this size";
        deserialize_u64 => visit_u64, "a whole number of this size";
        deserialize_f32 => visit_f32, "a number";
        deserialize_f64 => visit_f64, "a number";
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reason> {
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reason> {
        let parts = self
            .0
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        visitor.visit_seq(de::value::SeqDeserializer::new(parts.map(Text)))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Reason> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Reason> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct
        identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Reason> for Text<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Order {
        Up,
        Down,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct All {
        start: Vec<String>,
        limit: Option<u32>,
        #[serde(default)]
        deep: bool,
        order: Option<Order>,
    }

    fn parse(args: &[(&str, &str)]) -> Result<All, String> {
        let args: Vec<_> = args
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        from_args(&args).map_err(|error| error.to_string())
    }

    #[test]
    fn values_by_type() {
        let all = parse(&[
            ("start", "a, b"),
            ("limit", "3"),
            ("deep", "true"),
            ("order", "down"),
        ]);
        assert_eq!(
            all.unwrap(),
            All {
                start: vec!["a".into(), "b".into()],
                limit: Some(3),
                deep: true,
                order: Some(Order::Down)
            }
        );
        let few = parse(&[("start", "a")]).unwrap();
        assert_eq!((few.limit, few.deep, few.order), (None, false, None));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let errors = [
            parse(&[]),
            parse(&[("strat", "a")]),
            parse(&[("start", "a"), ("limit", "many")]),
            parse(&[("start", "a"), ("order", "left")]),
        ]
        .map(Result::unwrap_err);
        insta::assert_snapshot!(errors.join("\n"), @r#"
        argument "start" is missing; give -a start=VALUE
        no argument "strat"; did you mean "start"? (known: start, limit, deep, order)
        argument limit=many: not a whole number of this size
        argument order=left: unknown variant `left`, expected `up` or `down`
        "#);
    }

    #[test]
    fn a_spider_without_arguments_takes_none() {
        #[derive(Debug, Deserialize)]
        struct Unit;
        assert!(from_args::<Unit>(&[]).is_ok());
        let error = from_args::<Unit>(&[("a".into(), "1".into())]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no argument \"a\"; this spider takes none"
        );
    }
}
