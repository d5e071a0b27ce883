//! An expression that chooses among items: `this.price > 10.0`.

use cel::{ExecutionError, Value};
use huntsman_core::Schema;
use huntsman_core::violation::shortened;
use serde::Serialize;
use thiserror::Error;

use super::expression::Expression;
use crate::from_item::ItemSchemaError;

/// An expression in CEL that items of one type match or do not.
///
/// It is what a rule is (see [`crate::cel`]): `this` is the item as it would be written, and true or
/// an empty text matches. What cannot work is known when it is made, as far as the type says it:
/// names that are none, fields that the type does not have, values that cannot be compared.
/// `has(this.price)` asks for a field that only other types have.
///
/// ```
/// use huntsman_contract::cel::Filter;
/// use huntsman_core::{Field, Kind, Schema};
/// use serde_json::json;
///
/// static BOOK: Schema = Schema::new("Book", &[
///     Field::new("title", Kind::Text),
///     Field::new("price", Kind::Float(64)),
/// ]);
///
/// let cheap = Filter::new("this.price < 10.0", &BOOK)?;
/// assert_eq!(cheap.matches(&json!({"title": "A", "price": 9})), Ok(true));
/// assert_eq!(cheap.matches(&json!({"title": "B", "price": 10.5})), Ok(false));
///
/// let wrong = Filter::new("this.prize < 10.0", &BOOK).unwrap_err();
/// assert_eq!(wrong.to_string(), "`Book` has no field `prize`; did you mean `price`?");
/// # Ok::<(), huntsman_contract::cel::FilterError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Filter(Expression);

/// Why an expression cannot work for the items of a type.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FilterError {
    /// It is no expression of CEL.
    #[error("it is no expression of CEL: {0}")]
    Syntax(String),
    /// The type does not have the field.
    #[error("{}", no_field(.owner, .field, .nearest.as_deref()))]
    Field {
        /// The type, or the path to a field of it: `Book`, `this.author`.
        owner: String,
        /// What was written.
        field: String,
        /// The most alike field that there is.
        nearest: Option<String>,
    },
    /// A name that stands for nothing.
    #[error("`{0}` is no name here: the item is `this`, and a field of it is `this.{0}`")]
    Name(String),
    /// Values or functions that do not fit together.
    #[error("it cannot work for `{kind}`: {reason}")]
    Fit {
        /// The type of the items.
        kind: &'static str,
        /// What does not fit.
        reason: String,
    },
    /// The type has no schema.
    #[error(transparent)]
    Schema(#[from] ItemSchemaError),
}

fn no_field(owner: &str, field: &str, nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => {
            format!("`{owner}` has no field `{field}`; did you mean `{nearest}`?")
        }
        None => format!("`{owner}` has no field `{field}`"),
    }
}

impl Filter {
    /// Compiles an expression for items of this type.
    ///
    /// # Errors
    /// It is no expression, or it cannot work for such items.
    pub fn new(expression: &str, schema: &'static Schema) -> Result<Self, FilterError> {
        let filter = Self(Expression::new(expression, schema)?);
        match filter.misfit() {
            Some(reason) => Err(FilterError::Fit {
                kind: schema.name,
                reason,
            }),
            None => Ok(filter),
        }
    }

    /// Whether an item matches. `item` serializes to the fields of the type, as
    /// [`huntsman_core::AnyItem::fields`] does.
    ///
    /// # Errors
    /// The expression fails for this item: it compares a null, say, or divides by zero.
    pub fn matches<T: Serialize + ?Sized>(&self, item: &T) -> Result<bool, String> {
        match self.0.yields(item)? {
            Value::Bool(matches) => Ok(matches),
            Value::String(text) => Ok(text.is_empty()),
            other => Err(odd(&other)),
        }
    }

    /// What a try on an item that says nothing shows to be wrong for every item.
    fn misfit(&self) -> Option<String> {
        match self.0.sampled()? {
            Ok(Value::Bool(_) | Value::String(_)) => None,
            Ok(other) => Some(odd(&other)),
            // A function or a type that is not there; other errors may be of this item alone.
            Err(
                error @ (ExecutionError::UndeclaredReference(_)
                | ExecutionError::NoSuchOverload(_)
                | ExecutionError::ValuesNotComparable(..)
                | ExecutionError::UnsupportedBinaryOperator(..)
                | ExecutionError::UnexpectedType { .. }
                | ExecutionError::InvalidArgumentCount { .. }),
            ) => Some(shortened(&error.to_string())),
            Err(_) => None,
        }
    }
}

fn odd(value: &Value) -> String {
    let kind = value.type_of();
    format!("it yields {kind} instead of true or false")
}

#[cfg(test)]
mod tests {
    use huntsman_core::{Field, Kind, Logical};
    use serde_json::json;

    use super::*;

    static AUTHOR: Schema = Schema::new("Author", &[Field::new("name", Kind::Text)]);
    static BOOK: Schema = Schema::new(
        "Book",
        &[
            Field::new("title", Kind::Text),
            Field::new("price", Kind::Float(64)),
            Field::new("old price", Kind::Float(64)),
            Field::new("stock", Kind::Optional(&Kind::UInt(32))),
            Field::new("tags", Kind::List(&Kind::Text)),
            Field::new("author", Kind::Struct(&AUTHOR)),
            Field::new("editor", Kind::Optional(&Kind::Struct(&AUTHOR))),
            Field::new("sizes", Kind::Map(&Kind::Int(64))),
            Field::new("day", Kind::Logical(Logical::Date)),
            Field::new("extra", Kind::Any),
            Field::new("number", Kind::Union(&[Kind::Int(64), Kind::Text])),
        ],
    );

    fn book(price: f64, stock: Option<u32>) -> serde_json::Value {
        json!({
            "title": "A Light", "price": price, "old price": 2, "stock": stock, "tags": ["a", "b"],
            "author": {"name": "Ann"}, "editor": null, "sizes": {"m": 3}, "day": "2026-11-24",
            "extra": {"x": 1}, "number": "3"
        })
    }

    #[test]
    fn items_match_or_do_not() {
        let item = book(51.77, Some(22));
        for (expression, matches) in [
            ("this.price > 10.0", true),
            ("this.price > 10", true),
            ("this.price < 10.0 || this.stock >= 22", true),
            ("this['old price'] == 2.0", true),
            ("this.title.startsWith('A') && 'b' in this.tags", true),
            ("this.tags.exists(tag, tag == 'c')", false),
            ("this.tags.all(tag, tag.size() == 1)", true),
            ("this.author.name == 'Ann'", true),
            ("has(this.nothing)", false),
            ("!has(this.nothing) || this.nothing > 3", true),
            ("this.editor == null", true),
            ("this.sizes['m'] == 3", true),
            ("this.sizes.m == 3", true),
            ("this.day == '2026-11-24'", true),
            ("this.extra.x == 1", true),
            ("this.number == '3'", true),
            ("this.price > 10.0 ? '' : 'cheap'", true),
            ("this.price < 10.0 ? '' : 'dear'", false),
            ("true", true),
            ("!this.title.isEmail()", true),
        ] {
            let filter = Filter::new(expression, &BOOK)
                .unwrap_or_else(|error| panic!("{expression}: {error}"));
            assert_eq!(filter.matches(&item), Ok(matches), "{expression}");
        }
    }

    #[test]
    fn what_cannot_work_is_known_before_the_first_item() {
        for (expression, part) in [
            ("this.price >", "it is no expression of CEL"),
            ("", "it is no expression of CEL"),
            ("this.prize > 1.0", "did you mean `price`?"),
            ("this.author.nam == ''", "`this.author` has no field `nam`"),
            ("this.editor.nam == ''", "`this.editor` has no field `nam`"),
            ("price > 1.0", "`price` is no name here"),
            ("this.tags.exists(tag, tga == 'a')", "`tga` is no name here"),
            ("this.price > '10'", "it cannot work for `Book`"),
            ("this.title > 10", "it cannot work for `Book`"),
            ("this.title + 1 == ''", "it cannot work for `Book`"),
            ("nearly(this.price)", "nearly"),
            ("this.price", "instead of true or false"),
        ] {
            let error = Filter::new(expression, &BOOK);
            let error = error.expect_err(expression).to_string();
            assert!(error.contains(part), "{expression}: {error}");
            assert!(!error.contains('\n'), "{expression}: {error}");
        }
    }

    #[test]
    fn an_expression_that_fails_for_an_item_says_why() {
        let filter = Filter::new("this.stock > 3", &BOOK).unwrap();
        assert_eq!(filter.matches(&book(1.0, Some(4))), Ok(true));
        let error = filter.matches(&book(1.0, None)).unwrap_err();
        assert!(!error.is_empty() && !error.contains('\n'), "{error}");
    }
}
