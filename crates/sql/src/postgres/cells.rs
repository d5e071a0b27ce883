//! Values as PostgreSQL receives them: the binary form of each type.

use huntsman_avro::Value;
use huntsman_avro::iso;
use tokio_postgres::types::Type;

use super::numeric;
use crate::table::{Column, Sort, Table, Unit};

/// How values of a column are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Bool,
    Int2,
    Int4,
    Int8,
    Float4,
    Float8,
    Numeric,
    Text,
    Bytea,
    Date,
    Time,
    Instant,
    Local,
    Uuid,
    Json,
    Jsonb,
}

/// From 1970-01-01 to 2000-01-01, where PostgreSQL begins to count.
const DAYS: i32 = 10_957;
const MICROS: i64 = 946_684_800_000_000;

impl Form {
    /// The form of a type; none if no item has such values.
    pub(super) fn of(oid: u32) -> Option<Self> {
        let forms = [
            (Type::BOOL, Self::Bool),
            (Type::INT2, Self::Int2),
            (Type::INT4, Self::Int4),
            (Type::INT8, Self::Int8),
            (Type::FLOAT4, Self::Float4),
            (Type::FLOAT8, Self::Float8),
            (Type::NUMERIC, Self::Numeric),
            (Type::TEXT, Self::Text),
            (Type::VARCHAR, Self::Text),
            (Type::BYTEA, Self::Bytea),
            (Type::DATE, Self::Date),
            (Type::TIME, Self::Time),
            (Type::TIMESTAMPTZ, Self::Instant),
            (Type::TIMESTAMP, Self::Local),
            (Type::UUID, Self::Uuid),
            (Type::JSON, Self::Json),
            (Type::JSONB, Self::Jsonb),
        ];
        let mut forms = forms.into_iter();
        forms
            .find(|(known, _)| known.oid() == oid)
            .map(|(_, form)| form)
    }

    /// Whether a column of this form, with this modifier of its type, keeps values as they are.
    pub(super) fn holds(self, sort: Sort, modifier: i32) -> bool {
        let numeric =
            |digits, scale| self == Self::Numeric && numeric::has_room(modifier, digits, scale);
        let finest = |unit| {
            let digits = if unit == Unit::Millis { 3 } else { 6 };
            modifier < 0 || modifier >= digits
        };
        match sort {
            Sort::Bool => self == Self::Bool,
            Sort::Int(16) => matches!(self, Self::Int2 | Self::Int4 | Self::Int8) || numeric(5, 0),
            Sort::Int(32) => matches!(self, Self::Int4 | Self::Int8) || numeric(10, 0),
            Sort::Int(_) => self == Self::Int8 || numeric(19, 0),
            Sort::Unsigned => self == Self::Int8 || numeric(20, 0),
            Sort::Float => matches!(self, Self::Float4 | Self::Float8),
            Sort::Double => self == Self::Float8,
            Sort::Text | Sort::Symbol | Sort::Told => self == Self::Text,
            Sort::Bytes => self == Self::Bytea,
            Sort::Uuid => matches!(self, Self::Uuid | Self::Text),
            Sort::Decimal { precision, scale } => numeric(precision, scale),
            Sort::BigDecimal => self == Self::Numeric && modifier < 0,
            Sort::Date => self == Self::Date,
            Sort::Time(unit) => self == Self::Time && finest(unit),
            Sort::Instant(unit) => self == Self::Instant && finest(unit),
            Sort::Local(unit) => self == Self::Local && finest(unit),
            Sort::Open | Sort::Nested => matches!(self, Self::Jsonb | Self::Json | Self::Text),
        }
    }
}

/// The type of a column that is made.
pub(super) fn type_name(sort: Sort) -> String {
    match sort {
        Sort::Bool => "boolean",
        Sort::Int(16) => "smallint",
        Sort::Int(32) => "integer",
        Sort::Int(_) => "bigint",
        Sort::Unsigned => "numeric(20)",
        Sort::Float => "real",
        Sort::Double => "double precision",
        Sort::Text | Sort::Symbol | Sort::Told => "text",
        Sort::Bytes => "bytea",
        Sort::Uuid => "uuid",
        // A modifier goes up to 1000; without one, there is more room than that.
        Sort::Decimal { precision, scale } if precision <= 1000 => {
            return format!("numeric({precision}, {scale})");
        }
        Sort::Decimal { .. } | Sort::BigDecimal => "numeric",
        Sort::Date => "date",
        Sort::Time(_) => "time",
        Sort::Instant(_) => "timestamptz",
        Sort::Local(_) => "timestamp",
        Sort::Open | Sort::Nested => "jsonb",
    }
    .to_owned()
}

/// Appends a field of a row: its length and its bytes.
pub(super) fn write(
    table: &Table,
    column: &Column,
    form: Form,
    value: &Value,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    if *value.inner() == Value::Null && column.optional {
        out.extend((-1_i32).to_be_bytes());
        return Ok(());
    }
    let start = out.len();
    out.extend([0; 4]);
    body(table, column, form, value, out).map_err(|reason| format!("{}: {reason}", column.name))?;
    let length = i32::try_from(out.len() - start - 4)
        .map_err(|_| format!("{}: it has more than 2 GiB", column.name))?;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

fn body(
    table: &Table,
    column: &Column,
    form: Form,
    value: &Value,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    if column.sort == Sort::Nested {
        return json(form, &table.json(column, value)?, out);
    }
    let told = || {
        let text = table.told(column, value.inner());
        text.ok_or_else(|| "it has no text".to_owned())
    };
    match (column.sort, value.inner()) {
        (_, Value::Boolean(value)) => out.push((*value).into()),
        (Sort::Int(_), Value::Int(value)) => integer(form, (*value).into(), out)?,
        (Sort::Int(_), Value::Long(value)) => integer(form, *value, out)?,
        (Sort::Unsigned, Value::Bytes(value)) => {
            let number = iso::decimal_text(value, 0).unwrap_or_default();
            if form == Form::Int8 {
                let number = number.parse();
                integer(form, number.map_err(|_| "it is beyond bigint")?, out)?;
            } else {
                numeric::write(&number, out)?;
            }
        }
        (Sort::Decimal { scale, .. }, Value::Bytes(value) | Value::Fixed(value)) => {
            let number = iso::decimal_text(value, scale);
            numeric::write(&number.ok_or("it has too many digits")?, out)?;
        }
        (Sort::BigDecimal, _) => numeric::write(&told()?, out)?,
        (_, Value::Float(value)) if form == Form::Float4 => out.extend(value.to_be_bytes()),
        (_, Value::Float(value)) => out.extend(f64::from(*value).to_be_bytes()),
        (_, Value::Double(value)) => out.extend(value.to_be_bytes()),
        (Sort::Uuid, _) if form == Form::Uuid => uuid(value.inner(), out)?,
        (Sort::Bytes, Value::Bytes(value) | Value::Fixed(value)) => out.extend(value),
        (Sort::Date, Value::Int(days)) => out.extend(date(*days)?.to_be_bytes()),
        (Sort::Time(unit), value) => out.extend(time(unit, value)?.to_be_bytes()),
        (Sort::Instant(unit) | Sort::Local(unit), value) => {
            out.extend(timestamp(unit, value)?.to_be_bytes());
        }
        (Sort::Open, Value::String(value)) => json(form, value, out)?,
        (_, Value::String(value)) => text(value, out)?,
        _ => text(&told()?, out)?,
    }
    Ok(())
}

fn integer(form: Form, value: i64, out: &mut Vec<u8>) -> Result<(), String> {
    let beyond = |_| format!("{value} is out of range");
    match form {
        Form::Int2 => out.extend(i16::try_from(value).map_err(beyond)?.to_be_bytes()),
        Form::Int4 => out.extend(i32::try_from(value).map_err(beyond)?.to_be_bytes()),
        Form::Numeric => numeric::write(&value.to_string(), out)?,
        _ => out.extend(value.to_be_bytes()),
    }
    Ok(())
}

/// Days since 2000-01-01, of the years that PostgreSQL has: 4713 BC to 5874897.
fn date(days: i32) -> Result<i32, String> {
    let days = days.checked_sub(DAYS);
    let days = days.filter(|days| (-2_451_545..2_145_031_949).contains(days));
    days.ok_or_else(|| "PostgreSQL has no such date".to_owned())
}

fn micros(unit: Unit, value: &Value) -> Option<i64> {
    let value = match value {
        Value::Int(value) => (*value).into(),
        Value::Long(value) => *value,
        _ => return None,
    };
    match unit {
        Unit::Millis => value.checked_mul(1000),
        Unit::Micros => Some(value),
    }
}

fn time(unit: Unit, value: &Value) -> Result<i64, String> {
    let time = micros(unit, value).filter(|time| (0..86_400_000_000).contains(time));
    time.ok_or_else(|| "it is no time of a day".to_owned())
}

/// Microseconds since 2000-01-01, of the years that PostgreSQL has: 4713 BC to 294276.
fn timestamp(unit: Unit, value: &Value) -> Result<i64, String> {
    let time = micros(unit, value).and_then(|time| time.checked_sub(MICROS));
    let years = -211_813_488_000_000_000..9_223_371_331_200_000_000;
    time.filter(|time| years.contains(time))
        .ok_or_else(|| "PostgreSQL has no such time".to_owned())
}

fn uuid(value: &Value, out: &mut Vec<u8>) -> Result<(), String> {
    match value {
        Value::Fixed(bytes) if bytes.len() == 16 => out.extend(bytes),
        Value::String(text) => {
            let digits = text.chars().filter(|c| *c != '-');
            let digits: Option<Vec<u8>> = digits
                .map(|c| c.to_digit(16).and_then(|digit| digit.try_into().ok()))
                .collect();
            let digits = digits.filter(|digits| digits.len() == 32);
            let digits = digits.ok_or("it is no UUID")?;
            out.extend(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]));
        }
        _ => return Err("it is no UUID".to_owned()),
    }
    Ok(())
}

fn text(value: &str, out: &mut Vec<u8>) -> Result<(), String> {
    if value.contains('\0') {
        return Err("it has the character NUL, which PostgreSQL does not keep in text".to_owned());
    }
    out.extend(value.as_bytes());
    Ok(())
}

fn json(form: Form, value: &str, out: &mut Vec<u8>) -> Result<(), String> {
    if form == Form::Jsonb {
        if has_escaped_nul(value) {
            return Err(
                "a text in it has the character NUL, which PostgreSQL does not keep in jsonb"
                    .to_owned(),
            );
        }
        // The version of the binary form.
        out.push(1);
    }
    out.extend(value.as_bytes());
    Ok(())
}

/// Whether there is a `\u0000` whose backslash is not escaped itself.
fn has_escaped_nul(json: &str) -> bool {
    json.match_indices("\\u0000").any(|(index, _)| {
        let before = json[..index].bytes().rev();
        before.take_while(|byte| *byte == b'\\').count() % 2 == 0
    })
}
