//! Rules in CEL, the Common Expression Language: `confluent:rules` on a record, a field or a type.
//!
//! ```json
//! {"type": "record", "name": "Offer", "confluent:rules": [
//!     {"name": "sane", "doc": "A sale is cheaper.", "expr": "this.sale < this.price"}],
//!  "fields": [
//!     {"name": "price", "type": "double"},
//!     {"name": "sale", "type": "double"},
//!     {"name": "mail", "type": ["null", "string"], "default": null,
//!      "confluent:rules": [{"name": "mail", "expr": "this.isEmail() ? '' : 'is no address'"}]}]}
//! ```
//!
//! `this` is the record, or the value of the field; null is skipped. A value obeys if the
//! expression yields true or an empty text. False breaks the rule, and so does any other text, which
//! is then the message; and an expression that fails. All rules are tried. Records within lists,
//! maps and unions are held to theirs too. A rule on a list is about the list as a whole.
//!
//! `this` is what would be written: fields that are missing have their defaults, numbers are those
//! of their Avro types (`int` and `long` are CEL's int, `float` and `double` its double), enums,
//! dates, times, decimals and UUIDs are what the item has for them, text mostly.
//!
//! Beside CEL's own functions there are those of strings, lists and mathematics, and `isEmail`,
//! `isHostname`, `isUri`, `isUuid`, `isIpv4`, `isIpv6`, as functions and as methods, by the rules of
//! [`crate::format`]. The `sql` of a rule is not looked at.

mod expression;
mod filter;
mod rule;
mod sample;
mod scope;
mod typed;

pub use expression::Expression;
pub use filter::{Filter, FilterError};
pub use rule::Rule;
pub(crate) use typed::{Typing, typed};
