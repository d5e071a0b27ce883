#[expect(unused_imports, reason = "every item here is refused")]
mod words {
    pub use erased_serde;
    pub use huntsman_core::*;
}
use huntsman_macros::Item;
use serde::Serialize;

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Quote {
    text: String,
    #[serde(flatten)]
    rest: std::collections::BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    likes: Option<u32>,
}

fn main() {}
