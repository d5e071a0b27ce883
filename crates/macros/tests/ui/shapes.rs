#[expect(unused_imports, reason = "every item here is refused")]
mod words {
    pub use erased_serde;
    pub use huntsman_core::*;
}
use huntsman_macros::Item;
use serde::Serialize;

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Tuple(String);

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Unit;

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Hidden {
    #[serde(skip)]
    all: u8,
}

#[derive(Item)]
#[item(crate = "words")]
union Union {
    a: u8,
    b: i8,
}

fn main() {}
