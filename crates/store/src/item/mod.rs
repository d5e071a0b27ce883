//! Items on disk: what serde said of them, word for word.
//!
//! A record that waits for its sinks when the process dies is handed to them by the next run,
//! whose memory has no such item. So what is stored is the item's whole conversation with a
//! serializer, and [`Stored`] repeats it: every sink writes what it would have written.

mod names;
mod node;
mod read;
mod replay;
mod stored;
mod tag;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use names::{LOST, Names};
pub use stored::Stored;
pub(crate) use stored::{decode, encode};
