//! What a single value of Avro becomes: the type of its column.

use huntsman_avro::schema::{Enum, LogicalType as Avro};
use huntsman_avro::{Node, Type};
use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::errors::Result as Built;
use parquet::schema::types::Type as Parquet;

use crate::column::{Spans, Values};
use crate::take::{Source, Take};

/// The most digits of a decimal that readers have.
const MAX_DIGITS: usize = 76;

/// A column before it has a name.
pub(crate) struct Leaf {
    pub(crate) take: Take,
    physical: Physical,
    logical: Option<LogicalType>,
    /// A type that is older than logical types, and is none of them.
    converted: ConvertedType,
    length: usize,
    decimal: (usize, usize),
}

impl Leaf {
    fn new(take: Take, physical: Physical, logical: Option<LogicalType>) -> Self {
        Self {
            take,
            physical,
            logical,
            converted: ConvertedType::NONE,
            length: 0,
            decimal: (0, 0),
        }
    }

    fn text(take: Take) -> Self {
        Self::new(take, Physical::BYTE_ARRAY, Some(LogicalType::String))
    }

    fn fixed(take: Take, length: usize, logical: Option<LogicalType>) -> Self {
        Self {
            length,
            ..Self::new(take, Physical::FIXED_LEN_BYTE_ARRAY, logical)
        }
    }

    /// The column of a type without types in it; `None` for others.
    pub(crate) fn of(node: &Node) -> Option<Self> {
        let plain = |take, physical| Some(Self::new(take, physical, None));
        match &node.kind {
            Type::Boolean => plain(Take::Boolean, Physical::BOOLEAN),
            Type::Int => Some(int(node.logical)),
            Type::Long => Some(long(node.logical)),
            Type::Float => plain(Take::Float, Physical::FLOAT),
            Type::Double => plain(Take::Double, Physical::DOUBLE),
            Type::Bytes => Some(match node.logical {
                Some(Avro::Decimal { precision, scale }) => {
                    decimal(Source::Bytes, precision, scale)
                }
                Some(Avro::BigDecimal) => Self::text(Take::BigDecimal),
                _ => Self::new(Take::Bytes, Physical::BYTE_ARRAY, None),
            }),
            Type::String if node.logical == Some(Avro::Uuid) => {
                Some(Self::fixed(Take::Uuid, 16, Some(LogicalType::Uuid)))
            }
            Type::String if node.holds_json() => Some(Self::new(
                Take::Bytes,
                Physical::BYTE_ARRAY,
                Some(LogicalType::Json),
            )),
            Type::String => Some(Self::text(Take::Bytes)),
            Type::Enum(known) => Some(Self::text(symbols(known))),
            Type::Fixed(fixed) => Some(bytes(fixed.size, node.logical)),
            Type::Null | Type::Array(_) | Type::Map(_) | Type::Union(_) | Type::Record(_) => None,
        }
    }

    /// A column that has no values.
    pub(crate) fn null() -> Self {
        Self::new(Take::Int, Physical::INT32, Some(LogicalType::Unknown))
    }

    /// Keys of maps.
    pub(crate) fn key() -> Self {
        Self::text(Take::Bytes)
    }

    /// An empty column.
    pub(crate) fn values(&self) -> Values {
        match self.physical {
            Physical::BOOLEAN => Values::Bool(Vec::new()),
            Physical::INT32 => Values::Int32(Vec::new()),
            Physical::INT64 | Physical::INT96 => Values::Int64(Vec::new()),
            Physical::FLOAT => Values::Float(Vec::new()),
            Physical::DOUBLE => Values::Double(Vec::new()),
            Physical::BYTE_ARRAY => Values::Bytes(Spans::default()),
            Physical::FIXED_LEN_BYTE_ARRAY => Values::Fixed(Spans::default()),
        }
    }

    /// Its type under this name.
    pub(crate) fn build(self, name: &str, repetition: Repetition) -> Built<Parquet> {
        let number = |count: usize| i32::try_from(count).expect("Avro's own limit is 2^31 - 1");
        let builder = Parquet::primitive_type_builder(name, self.physical)
            .with_repetition(repetition)
            .with_precision(number(self.decimal.0))
            .with_scale(number(self.decimal.1))
            .with_length(number(self.length))
            .with_converted_type(self.converted);
        builder.with_logical_type(self.logical).build()
    }
}

fn symbols(known: &Enum) -> Take {
    let symbols = known.symbols.iter();
    Take::Symbol(symbols.map(|symbol| symbol.as_bytes().into()).collect())
}

fn int(logical: Option<Avro>) -> Leaf {
    let (take, logical) = match logical {
        Some(Avro::Date) => (Take::Int, Some(LogicalType::Date)),
        Some(Avro::TimeMillis) => {
            let time = LogicalType::time(false, TimeUnit::MILLIS);
            (Take::TimeMillis, Some(time))
        }
        _ => (Take::Int, None),
    };
    Leaf::new(take, Physical::INT32, logical)
}

fn long(logical: Option<Avro>) -> Leaf {
    let stamp = |utc, unit| Some(LogicalType::timestamp(utc, unit));
    let (take, logical) = match logical {
        Some(Avro::TimeMicros) => {
            let time = LogicalType::time(false, TimeUnit::MICROS);
            (Take::TimeMicros, Some(time))
        }
        Some(Avro::TimestampMillis) => (Take::Long, stamp(true, TimeUnit::MILLIS)),
        Some(Avro::TimestampMicros) => (Take::Long, stamp(true, TimeUnit::MICROS)),
        Some(Avro::TimestampNanos) => (Take::Long, stamp(true, TimeUnit::NANOS)),
        Some(Avro::LocalTimestampMillis) => (Take::Long, stamp(false, TimeUnit::MILLIS)),
        Some(Avro::LocalTimestampMicros) => (Take::Long, stamp(false, TimeUnit::MICROS)),
        Some(Avro::LocalTimestampNanos) => (Take::Long, stamp(false, TimeUnit::NANOS)),
        _ => (Take::Long, None),
    };
    Leaf::new(take, Physical::INT64, logical)
}

fn bytes(size: usize, logical: Option<Avro>) -> Leaf {
    match logical {
        Some(Avro::Decimal { precision, scale }) => decimal(Source::Fixed(size), precision, scale),
        Some(Avro::Uuid) => Leaf::fixed(Take::Fixed(size), size, Some(LogicalType::Uuid)),
        Some(Avro::Duration) => Leaf {
            converted: ConvertedType::INTERVAL,
            ..Leaf::fixed(Take::Fixed(size), size, None)
        },
        _ => Leaf::fixed(Take::Fixed(size), size, None),
    }
}

fn decimal(source: Source, precision: usize, scale: usize) -> Leaf {
    let (physical, width) = match precision {
        ..=9 => (Physical::INT32, 4),
        10..=18 => (Physical::INT64, 8),
        19..=MAX_DIGITS => (Physical::FIXED_LEN_BYTE_ARRAY, width_of(precision)),
        _ => return Leaf::text(Take::DecimalText(source, scale)),
    };
    let number = |digits: usize| i32::try_from(digits).expect("76 at most");
    let logical = LogicalType::decimal(number(scale), number(precision));
    Leaf {
        length: width,
        decimal: (precision, scale),
        ..Leaf::new(Take::Decimal(source, width), physical, Some(logical))
    }
}

/// The fewest bytes that hold any signed number of so many digits.
fn width_of(digits: usize) -> usize {
    // A digit takes log2(10) bits, and the sign takes one: 10^76 is no power of two.
    let bits = digits * 3_321_928_095 / 1_000_000_000 + 1;
    (bits + 1).div_ceil(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_no_more_bytes_than_they_need() {
        for (digits, width) in [(19, 9), (21, 9), (22, 10), (38, 16), (39, 17), (76, 32)] {
            assert_eq!(width_of(digits), width, "{digits}");
        }
        for digits in 1..=MAX_DIGITS {
            let leaf = decimal(Source::Bytes, digits, digits);
            assert!(leaf.build("d", Repetition::REQUIRED).is_ok(), "{digits}");
        }
        let leaf = decimal(Source::Bytes, MAX_DIGITS + 1, 2);
        assert_eq!(leaf.logical, Some(LogicalType::String));
    }
}
