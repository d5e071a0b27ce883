//! The words of a schema that constrain values, and what each applies to.
//!
//! They are those of JSON Schema 2020-12 where it has one, with its meaning. A word stands on a
//! field or in a type's own object, and applies to the values of the types that it fits:
//! `minLength` on `["null", "string", "int"]` holds texts to it and lets numbers be.
//!
//! | word | value | applies to |
//! | --- | --- | --- |
//! | `minLength`, `maxLength` | count | `string`, `enum`: Unicode scalar values; `bytes`, `fixed`: bytes |
//! | `pattern` | regular expression of the crate `regex`, unanchored | `string`, `enum` |
//! | `format`, or an unknown `logicalType` | see [`crate::format`] | `string` |
//! | `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum` | number | numbers, `decimal`, dates and times as the number that they are in Avro |
//! | `multipleOf` | number above 0 | the same |
//! | `minItems`, `maxItems` | count | `array` |
//! | `uniqueItems` | boolean | `array` |
//! | `minProperties`, `maxProperties` | count | `map` |
//! | `enum` | list of JSON values, not empty | all |
//! | `const` | JSON value | all |
//! | `unique` | boolean: no other item of the crawl has this value | all |
//! | `additionalFields` | boolean: unknown fields are let be | `record` |
//! | `contentMediaType` | text; `application/json` on a `string` lets any JSON value stand | `string`, `bytes` |
//! | `confluent:rules` | see [`crate::cel`] | all |

mod constraint;
mod near;

use huntsman_avro::schema::LogicalType;
use huntsman_avro::{Node, Type};

pub use constraint::{CheckError, Constraint, read};
pub use near::nearest;

/// What a word applies to: a set of kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family(u8);

impl Family {
    /// Nothing: the null type, unions.
    pub const NONE: Self = Self(0);
    /// `string`, `enum`, UUIDs.
    pub const TEXT: Self = Self(1);
    /// Numbers, decimals, dates and times.
    pub const NUMBER: Self = Self(2);
    /// `bytes` and `fixed` that are no number.
    pub const BYTES: Self = Self(4);
    /// `boolean`.
    pub const BOOLEAN: Self = Self(8);
    /// `array`.
    pub const LIST: Self = Self(16);
    /// `map`.
    pub const MAP: Self = Self(32);
    /// `record`.
    pub const RECORD: Self = Self(64);
    /// Every value but null.
    pub const ALL: Self = Self(127);

    /// Both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether they have a kind in common.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// That of the values of a type. A union has none of its own.
    #[must_use]
    pub fn of(node: &Node) -> Self {
        match (&node.kind, node.logical) {
            (Type::Null | Type::Union(_), _) => Self::NONE,
            (_, Some(LogicalType::Decimal { .. } | LogicalType::BigDecimal))
            | (Type::Int | Type::Long | Type::Float | Type::Double, _) => Self::NUMBER,
            (Type::Fixed(_), Some(LogicalType::Uuid)) | (Type::String | Type::Enum(_), _) => {
                Self::TEXT
            }
            (Type::Bytes | Type::Fixed(_), _) => Self::BYTES,
            (Type::Boolean, _) => Self::BOOLEAN,
            (Type::Array(_), _) => Self::LIST,
            (Type::Map(_), _) => Self::MAP,
            (Type::Record(_), _) => Self::RECORD,
        }
    }
}

/// A word that constrains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the word that it is named after")]
pub enum Word {
    MinLength,
    MaxLength,
    Pattern,
    Format,
    LogicalType,
    Minimum,
    Maximum,
    ExclusiveMinimum,
    ExclusiveMaximum,
    MultipleOf,
    MinItems,
    MaxItems,
    UniqueItems,
    MinProperties,
    MaxProperties,
    Enum,
    Const,
    Unique,
    AdditionalFields,
    ContentMediaType,
    Rules,
}

/// Every word: as it is written, and what it applies to.
pub const WORDS: [(&str, Word, Family); 21] = [
    (
        "minLength",
        Word::MinLength,
        Family::TEXT.and(Family::BYTES),
    ),
    (
        "maxLength",
        Word::MaxLength,
        Family::TEXT.and(Family::BYTES),
    ),
    ("pattern", Word::Pattern, Family::TEXT),
    ("format", Word::Format, Family::TEXT),
    ("logicalType", Word::LogicalType, Family::TEXT),
    ("minimum", Word::Minimum, Family::NUMBER),
    ("maximum", Word::Maximum, Family::NUMBER),
    ("exclusiveMinimum", Word::ExclusiveMinimum, Family::NUMBER),
    ("exclusiveMaximum", Word::ExclusiveMaximum, Family::NUMBER),
    ("multipleOf", Word::MultipleOf, Family::NUMBER),
    ("minItems", Word::MinItems, Family::LIST),
    ("maxItems", Word::MaxItems, Family::LIST),
    ("uniqueItems", Word::UniqueItems, Family::LIST),
    ("minProperties", Word::MinProperties, Family::MAP),
    ("maxProperties", Word::MaxProperties, Family::MAP),
    ("enum", Word::Enum, Family::ALL),
    ("const", Word::Const, Family::ALL),
    ("unique", Word::Unique, Family::ALL),
    ("additionalFields", Word::AdditionalFields, Family::RECORD),
    (
        "contentMediaType",
        Word::ContentMediaType,
        Family::TEXT.and(Family::BYTES),
    ),
    ("confluent:rules", Word::Rules, Family::ALL),
];

impl Word {
    /// The word that is written so.
    #[must_use]
    pub fn written(text: &str) -> Option<Self> {
        let known = WORDS.iter().find(|(written, ..)| *written == text)?;
        Some(known.1)
    }

    /// As it is written.
    #[must_use]
    pub fn text(self) -> &'static str {
        let known = WORDS.iter().find(|(_, word, _)| *word == self);
        known.map_or("", |(written, ..)| written)
    }

    /// The rule that it makes, by name: a `logicalType` that Avro does not know is a `format`, so
    /// that a rule has one name however it was written.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Self::LogicalType => Self::Format.text(),
            word => word.text(),
        }
    }

    /// What it applies to.
    #[must_use]
    pub fn family(self) -> Family {
        let known = WORDS.iter().find(|(_, word, _)| *word == self);
        known.map_or(Family::NONE, |(.., family)| *family)
    }
}
