//! What differs between two files of items.

mod compare;
mod digest;
mod items;
mod told;

pub(crate) use compare::compare;
pub(crate) use told::{as_json, as_text};
