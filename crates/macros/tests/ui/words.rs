#[expect(unused_imports, reason = "every item here is refused")]
mod words {
    pub use erased_serde;
    pub use huntsman_core::*;
}
use huntsman_macros::Item;
use serde::Serialize;

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Unknown {
    #[item(min_lenght = 8)]
    near: String,
    #[item(minLength = 8)]
    from_a_schema: String,
    #[item(enum = ["a"])]
    synonym: String,
    #[item(colour = "red")]
    far: String,
    #[item(format = "e-mail")]
    format: String,
    #[item(logical = "timestamp-milis")]
    logical: String,
    #[item(attribute("minLength" = 8))]
    attribute: String,
}

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Values {
    #[item(min_length = -1)]
    count: String,
    #[item(max_items = 1.5)]
    fraction: Vec<u8>,
    #[item(minimum = "13")]
    number: u8,
    #[item(multiple_of = 0)]
    multiple: u8,
    #[item(maximum = 5u8)]
    suffix: u8,
    #[item(pattern = 5)]
    pattern: String,
    #[item(one_of = [])]
    one_of: String,
    #[item(unique = true)]
    flag: String,
    #[item(min_length = 1, min_length = 2)]
    twice: String,
    #[item(default = nothing)]
    default: String,
}

fn main() {}
