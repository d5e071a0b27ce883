#[expect(unused_imports, reason = "every item here is refused")]
mod words {
    pub use erased_serde;
    pub use huntsman_core::*;
}
use huntsman_macros::Item;
use serde::Serialize;

#[derive(Serialize, Item)]
#[item(crate = "words")]
#[serde(tag = "type")]
struct Tagged {
    text: String,
}

#[derive(Serialize, Item)]
#[item(crate = "words")]
#[serde(transparent)]
struct Transparent {
    text: String,
}

#[derive(Serialize, Item, Clone)]
#[item(crate = "words")]
#[serde(into = "String")]
struct Into {
    text: String,
}

impl From<Into> for String {
    fn from(into: Into) -> Self {
        into.text
    }
}

fn main() {}
