#[expect(unused_imports, reason = "every item here is refused")]
mod words {
    pub use erased_serde;
    pub use huntsman_core::*;
}
use huntsman_macros::FieldType;
use serde::Serialize;

#[derive(Serialize, FieldType)]
#[item(crate = "words")]
struct Struct {
    text: String,
}

#[derive(Serialize, FieldType)]
#[item(crate = "words")]
enum Tagged {
    Number(u8),
}

#[derive(Serialize, FieldType)]
#[item(crate = "words")]
#[serde(tag = "type")]
enum Internally {
    Number,
}

#[derive(Serialize, FieldType)]
#[item(crate = "words")]
#[serde(untagged)]
enum Untagged {
    Number(u8, u8),
}

#[derive(Serialize, FieldType)]
#[item(crate = "words")]
#[serde(untagged)]
enum Obeys {
    Number(#[item(minimum = 5)] u8),
}

#[derive(Serialize, FieldType)]
#[item(crate = "words")]
enum Defaults {
    #[item(default)]
    A,
    #[item(default)]
    B,
}

#[derive(Serialize, FieldType)]
#[item(crate = "words")]
enum Same {
    A,
    #[serde(rename = "A")]
    B,
}

fn main() {}
