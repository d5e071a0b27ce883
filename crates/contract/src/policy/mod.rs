//! The policy: what becomes of items that break their contract, and what the run finds out.

mod bind;
pub(crate) mod broken;
mod choice;
mod contract;
mod fit;
mod judge;
mod lasting;
mod mark;
mod mend;
pub(crate) mod place;
mod record;
pub(crate) mod rules;
mod settings;
mod shape;
mod tally;
pub(crate) mod unique;
mod value;

pub use contract::ItemContract;
pub use settings::{ChoiceError, Outcome, Policy};
