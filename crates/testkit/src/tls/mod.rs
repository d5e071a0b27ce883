//! Certificates made for a test, and TLS before a server that has none.

mod authority;
mod front;

pub use authority::{Authority, Certificate};
pub use front::{Asks, Front};
