//! Values to bytes.

use super::Value;
use crate::encode::EncodeError;
use crate::schema::{AvroSchema, NodeId, Type};
use crate::varint;

impl AvroSchema {
    /// Appends a value of this schema in the binary encoding.
    ///
    /// # Errors
    /// The value is none of the schema: where, and how. Nothing is appended.
    pub fn encode_value(&self, value: &Value, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let start = out.len();
        self.write(self.root, value, out)
            .inspect_err(|_| out.truncate(start))
    }

    pub(crate) fn write(
        &self,
        id: NodeId,
        value: &Value,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        match (&self.node(id).kind, value) {
            (Type::Null, Value::Null) => {}
            (Type::Boolean, Value::Boolean(value)) => out.push(u8::from(*value)),
            (Type::Int, Value::Int(value)) => varint::write((*value).into(), out),
            (Type::Long, Value::Long(value)) => varint::write(*value, out),
            (Type::Float, Value::Float(value)) => out.extend(value.to_le_bytes()),
            (Type::Double, Value::Double(value)) => out.extend(value.to_le_bytes()),
            (Type::Bytes, Value::Bytes(value)) => {
                varint::write_length(value.len(), out);
                out.extend_from_slice(value);
            }
            (Type::String, Value::String(value)) => {
                varint::write_length(value.len(), out);
                out.extend_from_slice(value.as_bytes());
            }
            (Type::Fixed(fixed), Value::Fixed(value)) if value.len() == fixed.size => {
                out.extend_from_slice(value);
            }
            (Type::Enum(known), Value::Enum(index)) if *index < known.symbols.len() => {
                varint::write_length(*index, out);
            }
            (Type::Union(branches), Value::Union(index, value)) if *index < branches.len() => {
                varint::write_length(*index, out);
                self.write(branches[*index], value, out)?;
            }
            (Type::Array(_) | Type::Map(_) | Type::Record(_), _) => {
                return self.write_members(id, value, out);
            }
            _ => return Err(self.unlike(id, value)),
        }
        Ok(())
    }

    fn write_members(
        &self,
        id: NodeId,
        value: &Value,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        match (&self.node(id).kind, value) {
            (Type::Array(items), Value::Array(values)) => {
                if !values.is_empty() {
                    varint::write_length(values.len(), out);
                }
                for (index, value) in values.iter().enumerate() {
                    self.write(*items, value, out)
                        .map_err(|error| error.in_index(index))?;
                }
                out.push(0);
            }
            (Type::Map(node), Value::Map(entries)) => {
                if !entries.is_empty() {
                    varint::write_length(entries.len(), out);
                }
                for (key, value) in entries {
                    varint::write_length(key.len(), out);
                    out.extend_from_slice(key.as_bytes());
                    self.write(*node, value, out)
                        .map_err(|error| error.in_key(key))?;
                }
                out.push(0);
            }
            (Type::Record(record), Value::Record(values))
                if values.len() == record.fields.len() =>
            {
                for (field, value) in record.fields.iter().zip(values) {
                    self.write(field.kind, value, out)
                        .map_err(|error| error.in_field(&field.name))?;
                }
            }
            _ => return Err(self.unlike(id, value)),
        }
        Ok(())
    }

    fn unlike(&self, id: NodeId, value: &Value) -> EncodeError {
        EncodeError::mismatch(
            &self.label(id),
            format!("{} of another shape", value.word()),
        )
    }

    /// A type for messages: `int`, `enum com.example.Suit`, `null or string`.
    pub(crate) fn label(&self, id: NodeId) -> String {
        let node = self.node(id);
        let word = node.kind.word();
        match (&node.kind, node.logical) {
            (Type::Union(branches), _) => {
                let labels: Vec<String> = branches.iter().map(|id| self.label(*id)).collect();
                match labels.len() {
                    0 => "nothing at all (an empty union)".to_owned(),
                    _ => labels.join(" or "),
                }
            }
            (_, Some(logical)) => format!("{} ({word})", logical.label()),
            _ => match node.name() {
                Some(name) => format!("{word} {name}"),
                None => word.to_owned(),
            },
        }
    }
}

impl crate::schema::LogicalType {
    /// For messages: `date`, `decimal(10, 2)`.
    fn label(self) -> String {
        let word = match self {
            Self::Decimal { precision, scale } => return format!("decimal({precision}, {scale})"),
            Self::BigDecimal => "big-decimal",
            Self::Uuid => "uuid",
            Self::Date => "date",
            Self::TimeMillis => "time-millis",
            Self::TimeMicros => "time-micros",
            Self::TimestampMillis => "timestamp-millis",
            Self::TimestampMicros => "timestamp-micros",
            Self::TimestampNanos => "timestamp-nanos",
            Self::LocalTimestampMillis => "local-timestamp-millis",
            Self::LocalTimestampMicros => "local-timestamp-micros",
            Self::LocalTimestampNanos => "local-timestamp-nanos",
            Self::Duration => "duration",
        };
        word.to_owned()
    }
}
