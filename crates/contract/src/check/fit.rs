//! Whether a scalar is of a type.

use huntsman_avro::schema::LogicalType;
use huntsman_avro::{Node, Type, iso};

use super::number::{Decimal, Number};
use crate::format::uuid::is_uuid;

/// A value that is neither list nor map, as serde writes it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scalar<'a> {
    Null,
    Boolean(bool),
    Int(i128),
    /// A whole number beyond 128 bits with a sign: of no type.
    Huge,
    Single(f32),
    Double(f64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// What a scalar is, by its type, for the rules.
#[derive(Debug, Clone, Copy)]
pub(super) enum Seen<'a> {
    /// Nothing that rules look at.
    Null,
    Boolean(bool),
    Number(Number<'a>),
    /// A decimal as its unscaled bytes, with its scale.
    Unscaled(&'a [u8], usize),
    Text(&'a str),
    /// A date or time in text, and the number that Avro has for it.
    Moment(&'a str, i64),
    /// So many bytes.
    Bytes(usize),
    /// Any value, to be stored as JSON.
    Json,
}

/// A scalar as a value of a type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit<'a> {
    pub(super) seen: Seen<'a>,
    /// Whether the type has the value as it is, not in another form: of a union, such a type
    /// comes first.
    pub(super) exact: bool,
}

/// Why a scalar is not of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    /// It is something else.
    Kind,
    /// It is the right thing, but too large, too long or too exact.
    Range,
    /// It is text, but not of the form that the type has in text.
    Form,
}

impl Scalar<'_> {
    /// What a message calls it.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Scalar::Null => "null",
            Scalar::Boolean(_) => "a boolean",
            Scalar::Int(_) | Scalar::Huge => "a whole number",
            Scalar::Single(_) | Scalar::Double(_) => "a fractional number",
            Scalar::Text(_) => "text",
            Scalar::Bytes(_) => "bytes",
        }
    }

    fn number(&self) -> Option<Number<'static>> {
        match *self {
            Scalar::Int(int) => Some(Number::Int(int)),
            Scalar::Single(float) => Some(Number::Single(float)),
            Scalar::Double(float) => Some(Number::Float(float)),
            _ => None,
        }
    }
}

/// What `scalar` is as a value of the type `node`, which is no union. What is taken is what
/// [`Encoder`](huntsman_avro::Encoder) takes.
pub(super) fn fit<'a>(node: &Node, scalar: Scalar<'a>) -> Result<Fit<'a>, Misfit> {
    if let Some(logical) = node.logical {
        return fit_logical(node, logical, scalar);
    }
    match (&node.kind, scalar) {
        (Type::Null, Scalar::Null) => exactly(Seen::Null),
        (Type::Boolean, Scalar::Boolean(value)) => exactly(Seen::Boolean(value)),
        (Type::Int | Type::Long, Scalar::Int(int)) => exactly(whole(node, int)?),
        (Type::Float, Scalar::Int(int)) => float_of(int, 24),
        (Type::Double, Scalar::Int(int)) => float_of(int, 53),
        (Type::Double, Scalar::Double(float)) => exactly(Seen::Number(Number::Float(float))),
        (Type::Float, Scalar::Double(float)) => otherwise(single(float)?),
        (Type::Float, Scalar::Single(float)) => exactly(single_number(float)),
        (Type::Double, Scalar::Single(float)) => otherwise(single_number(float)),
        (Type::Float | Type::Double, Scalar::Text(text)) => otherwise(no_number(text)?),
        (Type::String, Scalar::Text(text)) => exactly(Seen::Text(text)),
        (Type::Enum(symbols), Scalar::Text(text)) => {
            let known = symbols.symbols.iter().any(|symbol| symbol == text);
            exactly(demanded(known, Seen::Text(text), Misfit::Form)?)
        }
        (Type::Bytes | Type::Fixed(_), Scalar::Bytes(bytes)) => exactly(sized(node, bytes.len())?),
        (Type::Bytes | Type::Fixed(_), Scalar::Text(text)) => {
            // As in Avro's own JSON: the code points are the bytes.
            let small = text.chars().all(|c| u32::from(c) <= 0xff);
            demanded(small, (), Misfit::Form)?;
            otherwise(sized(node, text.chars().count())?)
        }
        _ => Err(Misfit::Kind),
    }
}

fn exactly(seen: Seen<'_>) -> Result<Fit<'_>, Misfit> {
    Ok(Fit { seen, exact: true })
}

fn otherwise(seen: Seen<'_>) -> Result<Fit<'_>, Misfit> {
    Ok(Fit { seen, exact: false })
}

fn demanded<T>(fits: bool, value: T, misfit: Misfit) -> Result<T, Misfit> {
    if fits { Ok(value) } else { Err(misfit) }
}

fn whole(node: &Node, int: i128) -> Result<Seen<'static>, Misfit> {
    let fits = match node.kind {
        Type::Int => i32::try_from(int).is_ok(),
        _ => i64::try_from(int).is_ok(),
    };
    demanded(fits, Seen::Number(Number::Int(int)), Misfit::Range)
}

/// An integer that is a float of so many bits without rounding.
fn float_of(int: i128, bits: u32) -> Result<Fit<'static>, Misfit> {
    let size = int.unsigned_abs();
    let used = (128 - size.leading_zeros()).saturating_sub(size.trailing_zeros());
    otherwise(demanded(
        used <= bits,
        Seen::Number(Number::Int(int)),
        Misfit::Range,
    )?)
}

fn single_number(float: f32) -> Seen<'static> {
    Seen::Number(Number::Single(float))
}

/// A float that is not infinite stays so with 32 bits.
fn single(float: f64) -> Result<Seen<'static>, Misfit> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whether it is cut is the question"
    )]
    let fits = !float.is_finite() || (float as f32).is_finite();
    demanded(fits, Seen::Number(Number::Float(float)), Misfit::Range)
}

/// Floats that JSON has no number for.
fn no_number(text: &str) -> Result<Seen<'static>, Misfit> {
    let float = match text {
        "NaN" => f64::NAN,
        "Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        _ => return Err(Misfit::Kind),
    };
    Ok(Seen::Number(Number::Float(float)))
}

fn sized(node: &Node, count: usize) -> Result<Seen<'static>, Misfit> {
    let fits = match &node.kind {
        Type::Fixed(fixed) => count == fixed.size,
        _ => true,
    };
    demanded(fits, Seen::Bytes(count), Misfit::Range)
}

fn fit_logical<'a>(
    node: &Node,
    logical: LogicalType,
    scalar: Scalar<'a>,
) -> Result<Fit<'a>, Misfit> {
    match (logical, scalar) {
        (LogicalType::Decimal { .. } | LogicalType::BigDecimal, Scalar::Bytes(bytes)) => {
            sized(node, bytes.len())?;
            exactly(unscaled(logical, bytes)?)
        }
        (LogicalType::Decimal { .. } | LogicalType::BigDecimal, scalar) => Ok(Fit {
            seen: decimal(scalar, logical)?,
            exact: matches!(scalar, Scalar::Text(_)),
        }),
        (LogicalType::Uuid, Scalar::Text(text)) => {
            exactly(demanded(is_uuid(text), Seen::Text(text), Misfit::Form)?)
        }
        (LogicalType::Duration, Scalar::Text(text)) => {
            let fits = iso::is_duration(text);
            exactly(demanded(fits, Seen::Bytes(12), Misfit::Form)?)
        }
        (LogicalType::Uuid | LogicalType::Duration, Scalar::Bytes(bytes))
            if matches!(node.kind, Type::Fixed(_)) =>
        {
            exactly(sized(node, bytes.len())?)
        }
        (LogicalType::Uuid | LogicalType::Duration, _) => Err(Misfit::Kind),
        (_, Scalar::Int(int)) => exactly(whole(node, int)?),
        (_, Scalar::Text(text)) => {
            let number = iso::number(logical, text).ok_or(Misfit::Form)?;
            whole(node, number.into())?;
            exactly(Seen::Moment(text, number))
        }
        _ => Err(Misfit::Kind),
    }
}

/// The most digits of a decimal.
const DIGITS: usize = 9000;

/// A number of at most so many digits, so many of them behind the point.
fn decimal(scalar: Scalar<'_>, logical: LogicalType) -> Result<Seen<'_>, Misfit> {
    let number = match scalar {
        Scalar::Text(text) => Number::Text(Decimal::plain(text).ok_or(Misfit::Form)?),
        scalar => scalar.number().ok_or(Misfit::Kind)?,
    };
    let (before, behind) = number.places().ok_or(Misfit::Range)?;
    let fits = before + behind <= DIGITS
        && match logical {
            LogicalType::Decimal { precision, scale } => {
                behind <= scale && before <= precision.saturating_sub(scale)
            }
            _ => true,
        };
    demanded(fits, Seen::Number(number), Misfit::Range)
}

fn unscaled(logical: LogicalType, bytes: &[u8]) -> Result<Seen<'_>, Misfit> {
    let LogicalType::Decimal { precision, scale } = logical else {
        return Ok(Seen::Bytes(bytes.len()));
    };
    let text = iso::decimal_text(bytes, 0).ok_or(Misfit::Range)?;
    let fits = text.trim_start_matches('-').len() <= precision;
    demanded(fits, Seen::Unscaled(bytes, scale), Misfit::Range)
}

/// What a type demands, to go after "must be".
pub(super) fn demand(node: &Node) -> String {
    if let Some(logical) = node.logical {
        return logical_demand(logical);
    }
    match &node.kind {
        Type::Null => "null".to_owned(),
        Type::Boolean => "true or false".to_owned(),
        Type::Int => format!("an int, from {} to {}", i32::MIN, i32::MAX),
        Type::Long => format!("a long, from {} to {}", i64::MIN, i64::MAX),
        Type::Float => "a number within the range of float".to_owned(),
        Type::Double => "a number".to_owned(),
        Type::Bytes => "bytes".to_owned(),
        Type::String => "text".to_owned(),
        Type::Fixed(fixed) => format!("{} bytes", fixed.size),
        Type::Enum(symbols) => {
            let all = symbols.symbols.join(", ");
            format!("one of {}", huntsman_core::violation::shortened(&all))
        }
        Type::Array(_) => "a list".to_owned(),
        Type::Map(_) => "a map".to_owned(),
        Type::Record(record) => format!("a record {}", record.name.name),
        Type::Union(_) => "one of several types".to_owned(),
    }
}

/// What a logical type demands, to go after "must be".
fn logical_demand(logical: LogicalType) -> String {
    match logical {
        LogicalType::Decimal { precision, scale } => format!(
            "a decimal number of at most {precision} digits, at most {scale} of them behind the \
             point"
        ),
        LogicalType::BigDecimal => "a decimal number".to_owned(),
        LogicalType::Uuid => "a UUID".to_owned(),
        LogicalType::Date => "a date such as 2026-11-24, or days since 1970".to_owned(),
        LogicalType::TimeMillis => {
            "a time of day such as 12:30:00.250, or milliseconds since midnight".to_owned()
        }
        LogicalType::TimeMicros => {
            "a time of day such as 12:30:00.250, or microseconds since midnight".to_owned()
        }
        LogicalType::TimestampMillis
        | LogicalType::TimestampMicros
        | LogicalType::TimestampNanos => {
            "a timestamp such as 2026-11-24T12:30:00Z, or its number since 1970".to_owned()
        }
        LogicalType::LocalTimestampMillis
        | LogicalType::LocalTimestampMicros
        | LogicalType::LocalTimestampNanos => {
            "a local timestamp such as 2026-11-24T12:30:00, or its number since 1970".to_owned()
        }
        LogicalType::Duration => "a duration such as P1DT12H, or its 12 bytes".to_owned(),
    }
}
