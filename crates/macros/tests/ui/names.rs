#[expect(unused_imports, reason = "every item here is refused")]
mod words {
    pub use erased_serde;
    pub use huntsman_core::*;
}
use huntsman_macros::Item;
use serde::Serialize;

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Twice {
    text: String,
    #[serde(rename = "text")]
    other: String,
}

#[derive(Item)]
#[item(crate = "words")]
#[serde(rename_all = "Camel")]
struct Case {
    text: String,
}

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Unknown {
    #[item(optional)]
    text: String,
}

#[derive(Serialize, Item)]
#[item(namspace = "x")]
struct UnknownOnType {
    text: String,
}

fn main() {}
