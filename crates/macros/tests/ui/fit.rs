#[expect(unused_imports, reason = "every item here is refused")]
mod words {
    pub use erased_serde;
    pub use huntsman_core::*;
}
use huntsman_macros::Item;
use serde::Serialize;

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Types {
    #[item(min_length = 8)]
    number: Option<u32>,
    #[item(maximum = 8)]
    text: String,
    #[item(min_length = 8)]
    list: Vec<String>,
    #[item(pattern = "a")]
    map: std::collections::BTreeMap<String, String>,
    #[item(unique_items)]
    flag: bool,
    #[item(one_of = ["a"])]
    one_of_list: Vec<String>,
    #[item(each(min_length = 8))]
    each: Vec<f64>,
    #[item(each(min_length = 8))]
    each_of_text: String,
    #[item(each(check = one))]
    each_check: Vec<String>,
    #[item(each(each(logical = "date")))]
    hidden: Alias,
    #[item(any, min_length = 1)]
    open: String,
    #[item(one_of = ["a", 5])]
    one_of: String,
    #[item(one_of = [1, 300])]
    one_of_small: u8,
    #[item(default = null)]
    default_null: String,
    #[item(default = [1, -1])]
    default_list: Vec<u32>,
}

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Replaced {
    #[item(logical = "date")]
    flag: bool,
    #[item(logical = "date", bytes)]
    both: String,
    #[item(bytes)]
    text: String,
    #[item(logical = "decimal")]
    no_precision: String,
    #[item(precision = 3)]
    no_decimal: String,
    #[item(logical = "decimal", precision = 2, scale = 3)]
    scale: String,
    #[item(fixed = "Digest")]
    no_size: Vec<u8>,
    #[item(logical = "date", each(minimum = 0))]
    each: String,
}

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Bounds {
    #[item(min_length = 9, max_length = 8)]
    length: String,
    #[item(minimum = 18446744073709551615, maximum = 18446744073709551614)]
    exact: u64,
    #[item(exclusive_minimum = 0.5, maximum = 0.5)]
    exclusive: f64,
    #[item(min_items = 2, max_items = 1)]
    items: Vec<u8>,
}

fn main() {}
