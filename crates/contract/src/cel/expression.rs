//! An expression that has a value for each item: `this.shop + "-" + this.sku`.

use cel::{ExecutionError, Value};
use huntsman_avro::AvroSchema;
use huntsman_core::Schema;
use huntsman_core::nearest::meant;
use huntsman_core::violation::shortened;
use serde::Serialize;

use super::filter::FilterError;
use super::rule::Rule;
use super::sample::sample;
use super::scope::{Unknown, unknown};
use super::{Typing, typed};
use crate::from_item::checked_schema;
use crate::words::CheckError;

/// An expression in CEL that has a value for each item of one type. `this` is the item, as for a
/// [`super::Filter`].
///
/// ```
/// use huntsman_contract::cel::Expression;
/// use huntsman_core::{Field, Kind, Schema};
/// use serde_json::json;
///
/// static OFFER: Schema = Schema::new("Offer", &[
///     Field::new("shop", Kind::Text),
///     Field::new("number", Kind::Int(32)),
/// ]);
///
/// let key = Expression::new("this.shop + '-' + string(this.number)", &OFFER)?;
/// assert_eq!(key.text(&json!({"shop": "a", "number": 7})), Ok(Some("a-7".to_owned())));
/// # Ok::<(), huntsman_contract::cel::FilterError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Expression {
    rule: Rule,
    schema: AvroSchema,
}

impl Expression {
    /// Compiles an expression for items of this type.
    ///
    /// # Errors
    /// It is no expression, or has names and fields that are none.
    pub fn new(expression: &str, schema: &'static Schema) -> Result<Self, FilterError> {
        let rule = Rule::new("expression", "", expression, "").map_err(|error| match error {
            CheckError::Rule { reason, .. } => FilterError::Syntax(plain(&reason).to_owned()),
            other => FilterError::Syntax(other.to_string()),
        })?;
        let avro = checked_schema(schema)?;
        if let Some(unknown) = unknown(rule.program(), &avro) {
            return Err(match unknown {
                Unknown::Name(name) => FilterError::Name(name),
                Unknown::Field {
                    owner,
                    field,
                    known,
                } => FilterError::Field {
                    nearest: meant(&field, known.iter().map(String::as_str)).map(str::to_owned),
                    owner: owner.unwrap_or_else(|| schema.name.to_owned()),
                    field,
                },
            });
        }
        Ok(Self { rule, schema: avro })
    }

    /// Its value for an item, as text: numbers and booleans as CEL writes them, none for null.
    /// `item` serializes to the fields of the type.
    ///
    /// # Errors
    /// It fails for this item, or its value is a list or a map.
    pub fn text<T: Serialize + ?Sized>(&self, item: &T) -> Result<Option<String>, String> {
        Ok(Some(match self.yields(item)? {
            Value::Null => return Ok(None),
            Value::String(text) => text.as_ref().clone(),
            Value::Int(number) => number.to_string(),
            Value::UInt(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            other => return Err(format!("it yields {} instead of text", other.type_of())),
        }))
    }

    pub(super) fn yields<T: Serialize + ?Sized>(&self, item: &T) -> Result<Value, String> {
        let typing = Typing {
            schema: &self.schema,
            kind: self.schema.root(),
        };
        let this = typed(typing, item)?;
        let value = self.rule.yields(&this);
        value.map_err(|error| shortened(&error.to_string()))
    }

    /// What it yields for an item that says nothing; none where there can be no such item.
    pub(super) fn sampled(&self) -> Option<Result<Value, ExecutionError>> {
        let this = sample(&self.schema, self.schema.root())?;
        Some(self.rule.yields(&this))
    }
}

/// A complaint of the parser without what it would have liked better.
fn plain(reason: &str) -> &str {
    let reason = reason.strip_prefix("ERROR: <input>:").unwrap_or(reason);
    reason.split(" expecting {").next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use huntsman_core::{Field, Kind};
    use serde_json::json;

    use super::*;

    static BOOK: Schema = Schema::new(
        "Book",
        &[
            Field::new("title", Kind::Text),
            Field::new("stock", Kind::Optional(&Kind::UInt(32))),
            Field::new("tags", Kind::List(&Kind::Text)),
        ],
    );

    #[test]
    fn values_are_text() {
        let item = json!({"title": "A", "stock": 3, "tags": ["x"]});
        for (expression, text) in [
            ("this.title", Some("A")),
            ("this.stock", Some("3")),
            ("this.stock + 1 > 3", Some("true")),
            ("this.title + ':' + string(this.stock)", Some("A:3")),
            ("this.tags[0]", Some("x")),
            ("null", None),
        ] {
            let value = Expression::new(expression, &BOOK).unwrap().text(&item);
            assert_eq!(value, Ok(text.map(str::to_owned)), "{expression}");
        }
        let error = Expression::new("this.tags", &BOOK).unwrap().text(&item);
        assert!(error.unwrap_err().contains("instead of text"));
        assert!(Expression::new("this.titel", &BOOK).is_err());
    }
}
