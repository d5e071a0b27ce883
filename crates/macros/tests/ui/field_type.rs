mod words {
    pub use erased_serde;
    pub use huntsman_core::*;
}
use huntsman_macros::Item;
use serde::Serialize;

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Quote {
    length: std::time::Duration,
}

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Tree {
    children: Vec<Tree>,
}

fn main() {}
