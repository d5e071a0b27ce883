//! The one thing that ends a walk: a value that will not serialize.

use std::fmt;

use serde::ser;

/// What a value's own `Serialize` says went wrong.
#[derive(Debug)]
pub(super) struct Stop(pub(super) Box<str>);

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Stop {}

impl ser::Error for Stop {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string().into())
    }
}
