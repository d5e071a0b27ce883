//! The formats of this crate, and what becomes of each type in them.
//!
//! | | JSON, JSON Lines | CSV | XML | Avro |
//! |---|---|---|---|---|
//! | an item | object | row | element | record |
//! | `bool` | `true` | `true` | `true` | `boolean` |
//! | integers | digits | digits | digits | `int`, or `long` where 32 bits are too few; a `u64` beyond `i64::MAX` is refused |
//! | `f32`, `f64` | shortest digits; NaN and infinities are `null` | shortest digits, `NaN`, `inf`, `-inf` | shortest digits, `NaN`, `INF`, `-INF` | `float`, `double` |
//! | text | text | text | text; what XML cannot have is refused or replaced | `string` |
//! | `None` | `null` | empty cell | `xsi:nil="true"` | `null` of a union |
//! | list | array | JSON | a `<value>` each | `array` |
//! | map | object | JSON | an `<entry key="…">` each | `map` |
//! | struct | object | JSON | an element each | `record` |
//! | bytes, `fixed` | base64 | base64 | base64 | `bytes`, `fixed` |
//! | `enum` of names | text | text | text | `enum` |
//! | one of several types | the value | the value | the value | the value, in a union |
//! | date, time, timestamp | text (ISO 8601) | text | text | `int` or `long` of the logical type |
//! | decimal | text, `12.50` | text | text | `bytes` of the logical type |
//! | UUID | text | text | text | `string` of the logical type |
//! | open (`any`) | as it is | text, a number or JSON | maps and structs as above | `string` of JSON |
//!
//! Base64 is that of RFC 4648, section 4. JSON in a cell is without white space, and in it NaN and
//! bytes are as in JSON. Values of logical types are written as serde has them, which is the text
//! given at [`Logical`](huntsman_core::Logical) unless an item's own `Serialize` says otherwise.
//!
//! What is written is read back the same, but for this: in JSON, NaN and infinities; in CSV, `None`
//! where the reader does not tell it from empty text, and text with `escape_formulas`; in XML,
//! characters replaced with `control=replace`; in Avro, digits finer than the unit of a time. Types
//! that a format has not, dates in JSON above all, are text for its reader.

use std::sync::Arc;

use crate::format::Format;

mod avro;
mod csv;
mod indent;
mod json;
mod lines;
mod object;
mod typed;
mod xml;

pub use avro::Avro;
pub use csv::Csv;
pub use json::Json;
pub use lines::JsonLines;
pub use xml::Xml;

/// All of them.
pub(crate) fn standard() -> Vec<Arc<dyn Format>> {
    vec![
        Arc::new(Json),
        Arc::new(JsonLines),
        Arc::new(Csv),
        Arc::new(Xml),
        Arc::new(Avro),
    ]
}

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// How a text begins, for messages.
fn begins(text: &[u8]) -> String {
    let first = String::from_utf8_lossy(text)
        .chars()
        .take(1)
        .collect::<String>();
    format!("it begins with `{}`", first.escape_debug())
}
