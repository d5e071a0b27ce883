//! Logical types: which are valid on which type.

use serde_json::{Map, Value};

use super::{LogicalType, Type};

/// Takes a valid logical type out of what an object says beyond its type. An unknown or invalid
/// one stays there: the specification has it ignored, and others may know it.
pub(super) fn take(kind: &Type, attributes: &mut Map<String, Value>) -> Option<LogicalType> {
    let found = valid(kind, attributes)?;
    // `remove` would change the order of the rest.
    attributes.shift_remove("logicalType");
    if matches!(found, LogicalType::Decimal { .. }) {
        attributes.shift_remove("precision");
        attributes.shift_remove("scale");
    }
    Some(found)
}

fn valid(kind: &Type, attributes: &Map<String, Value>) -> Option<LogicalType> {
    let word = attributes.get("logicalType")?.as_str()?;
    Some(match (word, kind) {
        ("decimal", Type::Bytes) => decimal(attributes, None)?,
        ("decimal", Type::Fixed(fixed)) => decimal(attributes, Some(fixed.size))?,
        ("big-decimal", Type::Bytes) => LogicalType::BigDecimal,
        ("uuid", Type::String) => LogicalType::Uuid,
        ("uuid", Type::Fixed(fixed)) if fixed.size == 16 => LogicalType::Uuid,
        ("duration", Type::Fixed(fixed)) if fixed.size == 12 => LogicalType::Duration,
        ("date", Type::Int) => LogicalType::Date,
        ("time-millis", Type::Int) => LogicalType::TimeMillis,
        ("time-micros", Type::Long) => LogicalType::TimeMicros,
        ("timestamp-millis", Type::Long) => LogicalType::TimestampMillis,
        ("timestamp-micros", Type::Long) => LogicalType::TimestampMicros,
        ("timestamp-nanos", Type::Long) => LogicalType::TimestampNanos,
        ("local-timestamp-millis", Type::Long) => LogicalType::LocalTimestampMillis,
        ("local-timestamp-micros", Type::Long) => LogicalType::LocalTimestampMicros,
        ("local-timestamp-nanos", Type::Long) => LogicalType::LocalTimestampNanos,
        _ => return None,
    })
}

/// `precision` from 1 on, and no more than the bytes hold; `scale` from 0 to `precision`, 0 if left
/// out.
fn decimal(attributes: &Map<String, Value>, bytes: Option<usize>) -> Option<LogicalType> {
    let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
    let precision = number(attributes.get("precision")?)?;
    let scale = attributes.get("scale").map_or(Some(0), number)?;
    let holds = bytes.is_none_or(|bytes| precision <= most_digits(bytes));
    (precision >= 1 && scale <= precision && holds)
        .then_some(LogicalType::Decimal { precision, scale })
}

/// How many decimal digits any number of so many signed bytes has: floor(log10(2^(8n-1) - 1)).
fn most_digits(bytes: usize) -> usize {
    let bits = (8 * bytes).saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a fixed has less than 2^31 bytes"
    )]
    let digits = (bits as f64 * std::f64::consts::LOG10_2) as usize;
    digits
}
