//! The text of logical types: what ISO 8601, RFC 4122 and plain decimal notation make of them.

pub(crate) mod calendar;
pub(crate) mod decimal;
pub(crate) mod duration;
pub(crate) mod uuid;

use crate::schema::LogicalType;
use calendar::Unit;

/// What an `int` or `long` of a logical type says as text; `None` for a number that is none, and
/// for other logical types.
pub(crate) fn text(logical: LogicalType, value: i64) -> Option<String> {
    Some(match logical {
        LogicalType::Date => calendar::date_text(value),
        LogicalType::TimeMillis => calendar::time_text(value, Unit::Millis)?,
        LogicalType::TimeMicros => calendar::time_text(value, Unit::Micros)?,
        other => {
            let (unit, utc) = timestamp(other)?;
            calendar::timestamp_text(value, unit, utc)
        }
    })
}

/// The number of a text in an `int` or `long` of a logical type: `None` for a text that is none of
/// it, and for other logical types.
///
/// ```
/// use huntsman_avro::{iso, schema::LogicalType};
/// assert_eq!(iso::number(LogicalType::Date, "1970-01-02"), Some(1));
/// ```
#[must_use]
pub fn number(logical: LogicalType, text: &str) -> Option<i64> {
    match logical {
        LogicalType::Date => calendar::date(text),
        LogicalType::TimeMillis => calendar::time(text, Unit::Millis),
        LogicalType::TimeMicros => calendar::time(text, Unit::Micros),
        other => {
            let (unit, utc) = timestamp(other)?;
            calendar::timestamp(text, unit, utc)
        }
    }
}

/// Whether a text is a duration: `P1Y2M3DT4H5M6.007S`.
#[must_use]
pub fn is_duration(text: &str) -> bool {
    duration::bytes(text).is_some()
}

/// The decimal number of an unscaled value in big-endian two's complement; `None` for one beyond
/// all use.
///
/// ```
/// use huntsman_avro::iso;
/// assert_eq!(iso::decimal_text(&[0x04, 0xe2], 2).as_deref(), Some("12.50"));
/// ```
#[must_use]
pub fn decimal_text(bytes: &[u8], scale: usize) -> Option<String> {
    decimal::text(bytes, i64::try_from(scale).ok()?)
}

/// The unit of a timestamp, and whether it is one in UTC.
fn timestamp(logical: LogicalType) -> Option<(Unit, bool)> {
    Some(match logical {
        LogicalType::TimestampMillis => (Unit::Millis, true),
        LogicalType::TimestampMicros => (Unit::Micros, true),
        LogicalType::TimestampNanos => (Unit::Nanos, true),
        LogicalType::LocalTimestampMillis => (Unit::Millis, false),
        LogicalType::LocalTimestampMicros => (Unit::Micros, false),
        LogicalType::LocalTimestampNanos => (Unit::Nanos, false),
        _ => return None,
    })
}
