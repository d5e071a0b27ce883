//! Reading by a plan.

use super::{Part, Plan, Promotion, Resolver};
use crate::cursor::{Cursor, DecodeError, DecodeFault};
use crate::decode::Entries;
use crate::schema::{NodeId, Type};
use crate::value::Value;

type Read = Result<Value, DecodeError>;

impl Resolver {
    pub(super) fn read_by(&self, plan: usize, cursor: &mut Cursor<'_>) -> Read {
        let start = cursor.offset();
        match &self.plans[plan] {
            Plan::Same(node) => self.writer.read(*node, cursor),
            Plan::Promote(promotion) => {
                cursor.count()?;
                promotion.read(cursor)
            }
            Plan::Enum(node, symbols) => {
                cursor.count()?;
                self.symbol(*node, symbols, cursor)
            }
            Plan::Array(items) => {
                cursor.count()?;
                cursor.within(|cursor| {
                    let mut values = Vec::new();
                    cursor.blocks(|cursor| {
                        values.push(self.read_by(*items, cursor)?);
                        Ok(())
                    })?;
                    Ok(Value::Array(values))
                })
            }
            Plan::Map(node) => {
                cursor.count()?;
                cursor.within(|cursor| {
                    let mut entries = Entries::default();
                    cursor.blocks(|cursor| {
                        let key = cursor.text()?;
                        entries.insert(key, self.read_by(*node, cursor)?);
                        Ok(())
                    })?;
                    Ok(entries.into_value())
                })
            }
            Plan::Record {
                fields,
                defaults,
                count,
            } => {
                cursor.count()?;
                cursor.within(|cursor| self.record(fields, defaults, *count, cursor))
            }
            Plan::FromUnion(plans) => {
                let index = cursor.branch(plans.len())?;
                if let Plan::Never(reason) = &self.plans[plans[index]] {
                    return unreadable(start, reason.clone());
                }
                self.read_by(plans[index], cursor)
            }
            Plan::IntoUnion(branch, plan) => {
                cursor.count()?;
                Ok(Value::Union(
                    *branch,
                    Box::new(self.read_by(*plan, cursor)?),
                ))
            }
            Plan::Never(reason) => unreadable(start, reason.clone()),
        }
    }

    fn record(
        &self,
        fields: &[Part],
        defaults: &[(usize, Value)],
        count: usize,
        cursor: &mut Cursor<'_>,
    ) -> Read {
        let mut values = vec![Value::Null; count];
        for part in fields {
            match part {
                Part::Read(index, plan) => values[*index] = self.read_by(*plan, cursor)?,
                Part::Skip(node) => self.writer.skip(*node, cursor)?,
            }
        }
        for (index, value) in defaults {
            charge(value, cursor)?;
            values[*index] = value.clone();
        }
        Ok(Value::Record(values))
    }

    fn symbol(&self, node: NodeId, symbols: &[Option<usize>], cursor: &mut Cursor<'_>) -> Read {
        let start = cursor.offset();
        let Type::Enum(written) = &self.writer.node(node).kind else {
            unreachable!("the plan of an enum")
        };
        let index = cursor.symbol(written)?;
        match symbols[index] {
            Some(symbol) => Ok(Value::Enum(symbol)),
            None => unreadable(
                start,
                format!(
                    "the reader's enum `{}` has neither the symbol `{}` nor a default",
                    written.name, written.symbols[index]
                ),
            ),
        }
    }
}

/// A default counts with all that is in it: it takes no bytes of the data.
fn charge(value: &Value, cursor: &mut Cursor<'_>) -> Result<(), DecodeError> {
    cursor.count()?;
    match value {
        Value::Union(_, value) => charge(value, cursor),
        Value::Array(values) | Value::Record(values) => {
            values.iter().try_for_each(|value| charge(value, cursor))
        }
        Value::Map(entries) => entries
            .iter()
            .try_for_each(|(_, value)| charge(value, cursor)),
        Value::String(text) => charge_bytes(text.len(), cursor),
        Value::Bytes(bytes) | Value::Fixed(bytes) => charge_bytes(bytes.len(), cursor),
        _ => Ok(()),
    }
}

/// Long text counts as several values.
fn charge_bytes(length: usize, cursor: &mut Cursor<'_>) -> Result<(), DecodeError> {
    (0..length / 32).try_for_each(|_| cursor.count())
}

impl Promotion {
    #[expect(
        clippy::cast_precision_loss,
        reason = "the specification has long read as float, to the nearest"
    )]
    fn read(self, cursor: &mut Cursor<'_>) -> Read {
        let start = cursor.offset();
        Ok(match self {
            Self::IntToLong => Value::Long(cursor.int()?.into()),
            Self::IntToFloat => Value::Float(cursor.int()? as f32),
            Self::IntToDouble => Value::Double(cursor.int()?.into()),
            Self::LongToFloat => Value::Float(cursor.long()? as f32),
            Self::LongToDouble => Value::Double(cursor.long()? as f64),
            Self::FloatToDouble => Value::Double(cursor.float()?.into()),
            Self::StringToBytes => Value::Bytes(cursor.text()?.as_bytes().to_vec()),
            Self::BytesToString => match std::str::from_utf8(cursor.bytes()?) {
                Ok(text) => Value::String(text.to_owned()),
                Err(_) => {
                    return unreadable(
                        start,
                        "bytes that are read as a string are not UTF-8".into(),
                    );
                }
            },
        })
    }
}

fn unreadable(offset: usize, reason: String) -> Read {
    Err(DecodeError {
        offset,
        fault: DecodeFault::Unreadable(reason),
    })
}
