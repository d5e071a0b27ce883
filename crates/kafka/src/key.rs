//! What words ask of an item: its key, and whether it is gone.

use huntsman_avro::Encoder;
use huntsman_contract::cel::{Expression, Filter};
use huntsman_core::{AnyItem, Kind, Schema};
use serde_json::Value;

use crate::field::pick;
use crate::frame::{Frame, Framed};

/// A name is that of a field; all else is an expression.
pub(crate) fn is_field(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

/// Whether items of a type can have such a field. A schema that was given has names of its own.
fn demand_field(schema: &Schema, field: &str) -> Result<(), String> {
    let is_there = schema.fields.iter().any(|own| own.name == field);
    match is_there || schema.avro.is_some() {
        true => Ok(()),
        false => Err(format!("{} has no field {field}", schema.name)),
    }
}

/// Where a key comes from.
#[derive(Debug)]
enum Source {
    Field(String),
    Expression(Box<Expression>),
}

/// The key of the items of a type.
#[derive(Debug)]
pub(crate) struct Key {
    source: Source,
    /// None for text.
    avro: Option<(Encoder, Frame)>,
}

impl Key {
    pub(crate) fn new(
        text: &str,
        schema: &'static Schema,
        framed: Option<&Framed>,
    ) -> Result<Self, String> {
        let source = if is_field(text) {
            demand_field(schema, text)?;
            Source::Field(text.to_owned())
        } else {
            let expression = Expression::new(text, schema).map_err(|error| error.to_string())?;
            Source::Expression(Box::new(expression))
        };
        let avro = framed.map(|framed| (Encoder::new(&framed.schema), framed.frame.clone()));
        Ok(Self { source, avro })
    }

    /// Writes the key of an item; false if it has none. In text, numbers and the like are as in JSON.
    pub(crate) fn write(&self, item: &dyn AnyItem, out: &mut Vec<u8>) -> Result<bool, String> {
        let value = match &self.source {
            Source::Field(field) => pick(item, field)?
                .ok_or_else(|| format!("it has no field `{field}` for its key"))?,
            Source::Expression(expression) => expression
                .text(item.fields())
                .map_err(|reason| format!("its key fails: {reason}"))?
                .map_or(Value::Null, Value::String),
        };
        match (&self.avro, value) {
            (_, Value::Null) => return Ok(false),
            (None, Value::String(text)) => out.extend(text.as_bytes()),
            (None, other) => out.extend(other.to_string().as_bytes()),
            (Some((encoder, frame)), value) => {
                out.extend(&frame.prefix);
                let encoded = encoder.encode(&value, out);
                encoded.map_err(|error| format!("its key: {error}"))?;
            }
        }
        Ok(true)
    }

    /// The header that goes with it.
    pub(crate) fn header(&self) -> Option<&(&'static str, Vec<u8>)> {
        self.avro
            .as_ref()
            .and_then(|(_, frame)| frame.header.as_ref())
    }
}

fn may_be_true(kind: Kind) -> bool {
    match kind {
        Kind::Bool | Kind::Union(_) | Kind::Any => true,
        Kind::Optional(inner) => may_be_true(*inner),
        _ => false,
    }
}

/// What says of an item of a type that it is gone.
#[derive(Debug)]
pub(crate) enum Gone {
    Field(String),
    Filter(Box<Filter>),
}

impl Gone {
    pub(crate) fn new(text: &str, schema: &'static Schema) -> Result<Self, String> {
        if is_field(text) {
            demand_field(schema, text)?;
            let own = schema.fields.iter().find(|own| own.name == text);
            return match own.is_none_or(|own| may_be_true(own.kind)) {
                true => Ok(Self::Field(text.to_owned())),
                false => Err(format!("{text} is not true or false")),
            };
        }
        let filter = Filter::new(text, schema).map_err(|error| error.to_string())?;
        Ok(Self::Filter(Box::new(filter)))
    }

    pub(crate) fn is(&self, item: &dyn AnyItem) -> Result<bool, String> {
        match self {
            Self::Field(field) => Ok(pick(item, field)? == Some(Value::Bool(true))),
            Self::Filter(filter) => filter
                .matches(item.fields())
                .map_err(|reason| format!("whether it is gone cannot be told: {reason}")),
        }
    }
}
