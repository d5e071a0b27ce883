mod words {
    pub use erased_serde;
    pub use huntsman_core::*;
}
use huntsman_macros::Item;
use serde::Serialize;

#[derive(Item)]
#[item(crate = "words")]
enum Found {
    Page { title: String },
}

#[derive(Item)]
#[item(crate = "words")]
enum Pair {
    Both(u8, u8),
}

#[derive(Item)]
#[item(crate = "words")]
enum Never {}

#[derive(Serialize)]
struct Plain {
    text: String,
}

#[derive(Item)]
#[item(crate = "words")]
enum Unknown {
    Plain(Plain),
}

fn main() {}
