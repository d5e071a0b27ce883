//! Bytes to values, by the schema that they were written with.

use std::collections::HashMap;

use crate::cursor::{Cursor, DecodeError};
use crate::schema::{AvroSchema, NodeId, Type};
use crate::value::Value;

impl AvroSchema {
    /// Reads one value, all of the bytes.
    ///
    /// Nothing in the bytes is trusted: a length is held against what is left, values stand at most
    /// 128 deep within each other, and their number is bounded by the number of bytes. Of a key
    /// that a map has twice, the last value counts.
    ///
    /// ```
    /// use huntsman_avro::{AvroSchema, Value};
    ///
    /// let schema = AvroSchema::parse(r#""string""#)?;
    /// assert_eq!(schema.decode(b"\x06foo")?, Value::String("foo".into()));
    /// let error = schema.decode(b"\x06fo").unwrap_err();
    /// assert_eq!(error.to_string(), "byte 1: the data end within a string: 1 more bytes are needed");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The bytes are no value of this schema, or go on after it: where, and what is wrong.
    pub fn decode(&self, bytes: &[u8]) -> Result<Value, DecodeError> {
        let mut cursor = Cursor::new(bytes);
        let value = self.read(self.root, &mut cursor)?;
        cursor.end()?;
        Ok(value)
    }

    /// Reads the value that the bytes begin with, and tells how many bytes it takes.
    ///
    /// # Errors
    /// The bytes do not begin with a value of this schema.
    pub fn decode_first(&self, bytes: &[u8]) -> Result<(Value, usize), DecodeError> {
        let mut cursor = Cursor::new(bytes);
        let value = self.read(self.root, &mut cursor)?;
        Ok((value, cursor.offset()))
    }

    pub(crate) fn read(&self, id: NodeId, cursor: &mut Cursor<'_>) -> Result<Value, DecodeError> {
        cursor.count()?;
        Ok(match &self.node(id).kind {
            Type::Null => Value::Null,
            Type::Boolean => Value::Boolean(cursor.boolean()?),
            Type::Int => Value::Int(cursor.int()?),
            Type::Long => Value::Long(cursor.long()?),
            Type::Float => Value::Float(cursor.float()?),
            Type::Double => Value::Double(cursor.double()?),
            Type::Bytes => Value::Bytes(cursor.bytes()?.to_vec()),
            Type::String => Value::String(cursor.text()?.to_owned()),
            Type::Fixed(fixed) => Value::Fixed(cursor.take(fixed.size, "a fixed")?.to_vec()),
            Type::Enum(known) => Value::Enum(cursor.symbol(known)?),
            Type::Union(branches) => {
                let index = cursor.branch(branches.len())?;
                Value::Union(index, Box::new(self.read(branches[index], cursor)?))
            }
            Type::Array(items) => cursor.within(|cursor| {
                let mut values = Vec::new();
                cursor.blocks(|cursor| {
                    values.push(self.read(*items, cursor)?);
                    Ok(())
                })?;
                Ok(Value::Array(values))
            })?,
            Type::Map(node) => cursor.within(|cursor| {
                let mut entries = Entries::default();
                cursor.blocks(|cursor| {
                    let key = cursor.text()?;
                    entries.insert(key, self.read(*node, cursor)?);
                    Ok(())
                })?;
                Ok(entries.into_value())
            })?,
            Type::Record(record) => cursor.within(|cursor| {
                let values = record
                    .fields
                    .iter()
                    .map(|field| self.read(field.kind, cursor));
                Ok(Value::Record(values.collect::<Result<_, _>>()?))
            })?,
        })
    }

    /// Reads over a value.
    pub(crate) fn skip(&self, id: NodeId, cursor: &mut Cursor<'_>) -> Result<(), DecodeError> {
        cursor.count()?;
        match &self.node(id).kind {
            Type::Null => {}
            Type::Boolean => drop(cursor.boolean()?),
            Type::Int => drop(cursor.int()?),
            Type::Long => drop(cursor.long()?),
            Type::Float => drop(cursor.float()?),
            Type::Double => drop(cursor.double()?),
            Type::Bytes => drop(cursor.bytes()?),
            Type::String => drop(cursor.text()?),
            Type::Fixed(fixed) => drop(cursor.take(fixed.size, "a fixed")?),
            Type::Enum(known) => drop(cursor.symbol(known)?),
            Type::Union(branches) => {
                let index = cursor.branch(branches.len())?;
                self.skip(branches[index], cursor)?;
            }
            Type::Array(items) => {
                cursor.within(|cursor| cursor.blocks(|cursor| self.skip(*items, cursor)))?;
            }
            Type::Map(node) => cursor.within(|cursor| {
                cursor.blocks(|cursor| {
                    cursor.text()?;
                    self.skip(*node, cursor)
                })
            })?,
            Type::Record(record) => cursor.within(|cursor| {
                let mut fields = record.fields.iter();
                fields.try_for_each(|field| self.skip(field.kind, cursor))
            })?,
        }
        Ok(())
    }
}

/// The entries of a map: a later one takes the place of an earlier one with its key.
#[derive(Debug, Default)]
pub(crate) struct Entries<'a> {
    entries: Vec<(String, Value)>,
    places: HashMap<&'a str, usize>,
}

impl<'a> Entries<'a> {
    pub(crate) fn insert(&mut self, key: &'a str, value: Value) {
        let place = *self.places.entry(key).or_insert(self.entries.len());
        match self.entries.get_mut(place) {
            Some(entry) => entry.1 = value,
            None => self.entries.push((key.to_owned(), value)),
        }
    }

    pub(crate) fn into_value(self) -> Value {
        Value::Map(self.entries)
    }
}
