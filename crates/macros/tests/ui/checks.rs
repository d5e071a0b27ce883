#[expect(unused_imports, reason = "every item here is refused")]
mod words {
    pub use erased_serde;
    pub use huntsman_core::*;
}
use huntsman_macros::Item;
use serde::Serialize;

#[derive(Serialize, Item)]
#[item(crate = "words", rule(name = "a"))]
struct NoExpression {
    text: String,
}

#[derive(Serialize, Item)]
#[item(crate = "words", check = whole)]
struct Checked {
    #[item(check = number)]
    text: String,
}

fn number(_: &u8) -> Result<(), String> {
    Ok(())
}

fn whole(_: &Checked) -> bool {
    true
}

fn main() {}
