#[expect(unused_imports, reason = "every item here is refused")]
mod words {
    pub use erased_serde;
    pub use huntsman_core::*;
}
use huntsman_macros::Item;
use serde::Serialize;

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Typed<T> {
    value: T,
}

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Borrowed<'a> {
    value: &'a str,
}

fn main() {}
