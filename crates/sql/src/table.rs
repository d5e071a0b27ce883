//! The columns of an item type, and its items as values.

use huntsman_avro::schema::LogicalType;
use huntsman_avro::{AvroSchema, Encoder, NodeId, RecordFields, Type, Value};
use huntsman_core::{ExportError, Kind, Record, Schema};
use serde_json::json;

use crate::text::snake_case;
use crate::wanted::Wanted;

/// A table for the items of one type.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its name, without quotes.
    pub(crate) name: String,
    /// Its columns, in the order of the fields.
    pub(crate) columns: Vec<Column>,
    schema: &'static Schema,
    avro: AvroSchema,
    encoder: Encoder,
}

/// A column for one field.
#[derive(Debug)]
pub(crate) struct Column {
    /// Its name, without quotes.
    pub(crate) name: String,
    /// What its values are.
    pub(crate) sort: Sort,
    /// Whether it may be null.
    pub(crate) optional: bool,
    /// The type of its values, without the null.
    node: NodeId,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Bool,
    /// Signed, of so many bits.
    Int(u8),
    /// `u64`, as a decimal of the scale 0.
    Unsigned,
    Float,
    Double,
    Text,
    /// A symbol of an enum.
    Symbol,
    Bytes,
    Uuid,
    Decimal {
        precision: usize,
        scale: usize,
    },
    /// A decimal that carries its scale.
    BigDecimal,
    Date,
    Time(Unit),
    /// An instant.
    Instant(Unit),
    /// A date and a time without a zone.
    Local(Unit),
    /// What has a text and no type of its own: a duration, a time in nanoseconds.
    Told,
    /// Text that is JSON already.
    Open,
    /// What is written as JSON.
    Nested,
}

/// What a time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Millis,
    Micros,
}

impl Table {
    /// The tables for items of these types. `wide` if the database has room for every `u64`.
    pub(crate) fn all(
        schemas: &'static [&'static Schema],
        wanted: &Wanted,
        wide: bool,
        place: &str,
    ) -> Result<Vec<Self>, ExportError> {
        if let (Some(table), true) = (&wanted.table, schemas.len() > 1) {
            let names: Vec<_> = schemas.iter().map(|schema| schema.name).collect();
            return Err(ExportError::Place(format!(
                "`{place}` has table={table} for items of several types: {}; choose one by types=, \
                 or leave table= out for a table each",
                names.join(", ")
            )));
        }
        let mut tables: Vec<Self> = Vec::with_capacity(schemas.len());
        for schema in schemas {
            let name = wanted.table.clone();
            let table = Self::new(
                schema,
                name.unwrap_or_else(|| snake_case(schema.name)),
                wide,
            )
            .map_err(|reason| ExportError::Place(format!("`{place}`: {reason}")))?;
            table.check_key(wanted, place)?;
            if tables.iter().any(|other| other.name == table.name) {
                return Err(ExportError::Place(format!(
                    "`{place}` would have items of two types in the table {}: choose by types=",
                    table.name
                )));
            }
            tables.push(table);
        }
        Ok(tables)
    }

    fn new(schema: &'static Schema, name: String, wide: bool) -> Result<Self, String> {
        let avro = huntsman_contract::checked_schema(schema).map_err(|error| error.to_string())?;
        let avro = if wide && schema.avro.is_none() {
            widened(schema, &avro)?
        } else {
            avro
        };
        let record = avro.node(avro.root()).as_record();
        let fields = &record
            .ok_or_else(|| format!("{} is no struct", schema.name))?
            .fields;
        let columns: Vec<Column> = fields
            .iter()
            .map(|field| {
                // A schema that was given says more than the fields of Rust.
                let mut known = schema.fields.iter().filter(|_| schema.avro.is_none());
                let own = known.find(|own| own.name == field.name);
                column(&avro, &field.name, field.kind, own.map(|own| &own.kind))
            })
            .collect();
        if columns.is_empty() {
            return Err(format!(
                "{} has no fields: no table has no columns",
                schema.name
            ));
        }
        if let Some(column) = columns.iter().find(|column| column.name.contains('\0')) {
            return Err(format!("the field {:?} has NUL in its name", column.name));
        }
        Ok(Self {
            name,
            columns,
            schema,
            encoder: Encoder::new(&avro),
            avro,
        })
    }

    /// The columns of the key are there, and cannot be null.
    fn check_key(&self, wanted: &Wanted, place: &str) -> Result<(), ExportError> {
        for key in &wanted.key {
            let reason = match self.columns.iter().find(|column| column.name == *key) {
                None => format!("{} has no field {key}", self.schema.name),
                Some(column) if column.optional => format!(
                    "the field {key} of {} may be null, and no null equals another",
                    self.schema.name
                ),
                Some(_) => continue,
            };
            return Err(ExportError::Place(format!(
                "`{place}` has key={key}: {reason}"
            )));
        }
        Ok(())
    }

    /// Whether it is the table for this record.
    pub(crate) fn takes(&self, record: &Record) -> bool {
        let schema = record.item.schema();
        std::ptr::eq(schema, self.schema) || *schema == *self.schema
    }

    /// The names of its columns.
    pub(crate) fn names(&self) -> Vec<&str> {
        let columns = self.columns.iter();
        columns.map(|column| column.name.as_str()).collect()
    }

    /// Encodes the fields that `write` hands over, by the numbers of their columns, into an empty
    /// `buffer`. Whether it did so with all of them.
    pub(crate) fn encode_fields(
        &self,
        buffer: &mut Vec<u8>,
        write: impl FnOnce(&mut RecordFields<'_>) -> bool,
    ) -> bool {
        buffer.clear();
        self.encoder.encode_fields(None, buffer, write)
    }

    /// A record as one value for each column. `buffer` holds its encoded form afterwards.
    pub(crate) fn values(
        &self,
        record: &Record,
        buffer: &mut Vec<u8>,
    ) -> Result<Vec<Value>, String> {
        buffer.clear();
        self.encoder
            .encode(&record.item.fields(), buffer)
            .map_err(|error| error.to_string())?;
        match self.avro.decode(buffer) {
            Ok(Value::Record(values)) => Ok(values),
            Ok(_) => Err("it is no struct".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The text of a value that is no text: ISO 8601, a decimal, a symbol, a UUID; none if it has
    /// none, as a time of 30 hours.
    pub(crate) fn told(&self, column: &Column, value: &Value) -> Option<String> {
        if let (Type::Enum(known), Value::Enum(index)) = (&self.avro.node(column.node).kind, value)
        {
            return known.symbols.get(*index).cloned();
        }
        match serde_json::to_value(self.avro.view_at(column.node, value)) {
            Ok(serde_json::Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// A value as JSON.
    pub(crate) fn json(&self, column: &Column, value: &Value) -> Result<String, String> {
        let is_union = matches!(self.avro.node(column.node).kind, Type::Union(_));
        let value = if is_union { value } else { value.inner() };
        let view = self.avro.view_at(column.node, value);
        serde_json::to_string(&view).map_err(|error| error.to_string())
    }
}

/// The table for a record.
pub(crate) fn table_for<'a>(
    tables: impl IntoIterator<Item = &'a Table>,
    record: &Record,
) -> Option<usize> {
    let mut tables = tables.into_iter();
    tables.position(|table| table.takes(record))
}

/// The error for an item that a table cannot have.
pub(crate) fn refused(record: &Record, place: &str, reason: String) -> ExportError {
    ExportError::Item {
        id: record.id.to_string(),
        url: record.url.to_string(),
        place: place.to_owned(),
        reason,
    }
}

fn column(avro: &AvroSchema, name: &str, field: NodeId, kind: Option<&Kind>) -> Column {
    let is_null = |id: &NodeId| matches!(avro.node(*id).kind, Type::Null);
    let (node, optional) = match &avro.node(field).kind {
        Type::Union(branches) => {
            let others: Vec<NodeId> = branches.iter().copied().filter(|id| !is_null(id)).collect();
            let single = if let [single] = others[..] {
                single
            } else {
                field
            };
            (single, others.len() < branches.len())
        }
        _ => (field, is_null(&field)),
    };
    Column {
        name: name.to_owned(),
        sort: sort(avro, node, kind),
        optional,
        node,
    }
}

fn sort(avro: &AvroSchema, node: NodeId, kind: Option<&Kind>) -> Sort {
    let node = avro.node(node);
    let kind = match kind {
        Some(Kind::Optional(inner)) => Some(*inner),
        kind => kind,
    };
    if let Some(logical) = node.logical {
        return match logical {
            LogicalType::Decimal { scale: 0, .. } if kind == Some(&Kind::UInt(64)) => {
                Sort::Unsigned
            }
            LogicalType::Decimal { precision, scale } => Sort::Decimal { precision, scale },
            LogicalType::BigDecimal => Sort::BigDecimal,
            LogicalType::Uuid => Sort::Uuid,
            LogicalType::Date => Sort::Date,
            LogicalType::TimeMillis => Sort::Time(Unit::Millis),
            LogicalType::TimeMicros => Sort::Time(Unit::Micros),
            LogicalType::TimestampMillis => Sort::Instant(Unit::Millis),
            LogicalType::TimestampMicros => Sort::Instant(Unit::Micros),
            LogicalType::LocalTimestampMillis => Sort::Local(Unit::Millis),
            LogicalType::LocalTimestampMicros => Sort::Local(Unit::Micros),
            LogicalType::TimestampNanos
            | LogicalType::LocalTimestampNanos
            | LogicalType::Duration => Sort::Told,
        };
    }
    match (&node.kind, kind) {
        (Type::Boolean, _) => Sort::Bool,
        (Type::Int, Some(Kind::Int(8 | 16) | Kind::UInt(8))) => Sort::Int(16),
        (Type::Int, _) => Sort::Int(32),
        (Type::Long, _) => Sort::Int(64),
        (Type::Float, _) => Sort::Float,
        (Type::Double, _) => Sort::Double,
        (Type::String, _) if node.holds_json() => Sort::Open,
        (Type::String, _) => Sort::Text,
        (Type::Enum(_), _) => Sort::Symbol,
        (Type::Bytes | Type::Fixed(_), _) => Sort::Bytes,
        (Type::Null | Type::Array(_) | Type::Map(_) | Type::Union(_) | Type::Record(_), _) => {
            Sort::Nested
        }
    }
}

/// The schema with decimals of 20 digits where fields are `u64`: Avro's own integers end at
/// 2^63 - 1.
fn widened(schema: &Schema, avro: &AvroSchema) -> Result<AvroSchema, String> {
    let mut text: serde_json::Value =
        serde_json::from_str(avro.text()).map_err(|error| error.to_string())?;
    for (index, field) in schema.fields.iter().enumerate() {
        if !matches!(field.kind, Kind::UInt(64) | Kind::Optional(Kind::UInt(64))) {
            continue;
        }
        let object = &mut text["fields"][index];
        let number = json!({
            "type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 0
        });
        match &mut object["type"] {
            serde_json::Value::Array(branches) => {
                let long = branches.iter_mut().filter(|branch| *branch != "null");
                long.for_each(|branch| *branch = number.clone());
            }
            other => *other = number,
        }
        if let Some(default) = object["default"].as_u64() {
            let bytes = std::iter::once(0).chain(default.to_be_bytes());
            object["default"] = bytes.map(char::from).collect::<String>().into();
        }
    }
    AvroSchema::parse_loosely(&text.to_string()).map_err(|error| error.to_string())
}
