//! Derive macros of Huntsman.

mod attributes;
mod case;
mod checks;
mod docs;
mod enums;
mod field_type;
mod fit;
mod include;
mod json;
mod kind;
mod nearest;
mod shape;
mod structs;
mod words;

use proc_macro::TokenStream;
use syn::{Data, DeriveInput, Error, parse_macro_input};

/// Implements `Item` for a struct with named fields, or for an enum of such structs.
///
/// # Structs
///
/// The struct needs its own `#[derive(Serialize)]`, because that is what writes it. The schema
/// has the type's name, its doc comments, and one field for each that serde writes, in the same
/// order and under the same name: `rename`, `rename_all`, `skip` and `skip_serializing` of
/// `#[serde(…)]` are followed. The struct also becomes a `FieldType`, so that it can be a field
/// of another item.
///
/// Each field's type must be a `FieldType`; `#[item(any)]` on a field lifts that, and leaves its
/// type open in the schema. So does `#[serde(serialize_with = "…")]` or `with`, for then a
/// function decides what is written. A field whose type contains the struct itself needs it too.
///
/// What would make the columns depend on the value is refused: `flatten`, `skip_serializing_if`,
/// `transparent`, `tag`, `untagged`, `into`, `remote`. So are type parameters and lifetimes.
///
/// # Enums
///
/// Each variant holds exactly one value, whose type is an `Item`. The enum's schemas are those of
/// its variants, each once; an item is written as the struct that it holds, without the variant's
/// name. The enum needs no `Serialize`, and its `#[serde(…)]` attributes mean nothing here.
///
/// # Words on a field
///
/// `#[item(…)]` says what a value obeys. Each word stands in the schema under the name that JSON
/// Schema has for it, and is checked while the spider is compiled as far as that goes: that it is
/// known, has a value of its kind, fits the field's type, and that bounds are in order.
///
/// | word | means | example |
/// | --- | --- | --- |
/// | `min_length`, `max_length` | length of text in Unicode scalar values, of bytes in bytes | `min_length = 8` |
/// | `pattern` | text in which the regular expression is found | `pattern = "^[a-z]+$"` |
/// | `format` | text of a form: `email`, `uri`, `uuid`, `hostname`, `ipv4`, `ipv6`, `date`, `time`, `date-time` | `format = "email"` |
/// | `minimum`, `maximum` | bounds of a number, inclusive | `minimum = 13` |
/// | `exclusive_minimum`, `exclusive_maximum` | bounds of a number, exclusive | `exclusive_minimum = 0` |
/// | `multiple_of` | a number that is a multiple of this one | `multiple_of = 0.01` |
/// | `one_of` | one of these values (`enum` in the schema) | `one_of = ["new", "used"]` |
/// | `min_items`, `max_items` | length of a list | `min_items = 1` |
/// | `unique_items` | a list in which no value is twice | `unique_items` |
/// | `min_properties`, `max_properties` | size of a map | `max_properties = 10` |
/// | `each(…)` | what the elements of a list or the values of a map obey | `each(min_length = 1)` |
/// | `unique` | no other item of the crawl has this value | `unique` |
/// | `check` | a function `fn(&Field) -> Result<(), E>` whose `E: Display` says why not; repeatable | `check = plausible` |
/// | `default` | JSON that readers take where a record lacks the field | `default = []` |
/// | `doc` | says what the field is, instead of the doc comment | `doc = "In pounds."` |
/// | `alias` | a name that the field had before; repeatable; serde's `alias` counts too | `alias = "cost"` |
/// | `attribute(…)` | another word of the schema, with JSON | `attribute("pii" = true)` |
///
/// Words that say what a field is, whatever its type in Rust is called:
///
/// | word | the field is written as | example |
/// | --- | --- | --- |
/// | `any` | whatever serde writes; nothing is promised | `any` |
/// | `bytes` | bytes | `bytes` |
/// | `fixed`, with `size` | so many bytes, as an Avro type of this name | `fixed = "Md5", size = 16` |
/// | `logical` | `date`, `time-millis`, `time-micros`, `timestamp-millis`, `timestamp-micros`, `local-timestamp-millis`, `local-timestamp-micros` or `uuid` | `logical = "date"` |
/// | `logical = "decimal"` | a number with `precision` digits in all, `scale` of them after the point | `logical = "decimal", precision = 10, scale = 2` |
///
/// So types of other crates need no `FieldType`. An `Option` of one may still be null; for a list of
/// them, write `each(logical = "date")`.
///
/// # Words on the struct
///
/// | word | means | example |
/// | --- | --- | --- |
/// | `namespace` | what sets the name apart in schemas | `namespace = "com.example"` |
/// | `name`, `doc`, `alias` | as on a field, for the type | `name = "Person"` |
/// | `check` | a function `fn(&Self) -> Result<(), E>` that looks at several fields; repeatable | `check = in_order` |
/// | `rule(…)` | a rule in CEL, part of the schema as `confluent:rules`; repeatable | `rule(name = "adult", expr = "this.age > 17")` |
/// | `attribute(…)` | another word of the schema, with JSON | `attribute("owner" = "us")` |
/// | `avro` | the text of the `.avsc` that is the contract, instead of what the derive would write | `avro = include_str!("user.avsc")` |
///
/// ```
/// # mod words { pub use huntsman_core::*; pub use erased_serde; }
/// # use huntsman_core::{AnyItem as _, Item as _};
/// # use huntsman_macros::Item;
/// #[derive(serde::Serialize, Item)]
/// # #[item(crate = "words")]
/// #[item(namespace = "com.example", check = cheaper)]
/// struct Offer {
///     #[item(min_length = 1, max_length = 200, unique)]
///     title: String,
///     #[item(exclusive_minimum = 0, alias = "cost")]
///     price: f64,
///     #[item(minimum = 0, default = null)]
///     reduced: Option<f64>,
///     #[item(logical = "date")]
///     until: String,
///     #[item(min_items = 1, each(format = "uri"))]
///     images: Vec<String>,
///     #[item(check = has_no_blank)]
///     code: String,
/// }
///
/// fn cheaper(offer: &Offer) -> Result<(), String> {
///     match offer.reduced {
///         Some(reduced) if reduced >= offer.price => Err(format!("{reduced} is no reduction")),
///         _ => Ok(()),
///     }
/// }
///
/// fn has_no_blank(code: &str) -> Result<(), &'static str> {
///     if code.contains(' ') { Err("there is a blank in it") } else { Ok(()) }
/// }
///
/// let title = Offer::schemas()[0].fields[0].attributes;
/// assert_eq!((title[0].word, title[0].value), ("minLength", "1"));
///
/// let offer = Offer {
///     title: "Tea".into(), price: 2.0, reduced: Some(3.0), until: "2026-12-24".into(),
///     images: vec!["https://example.com/tea.png".into()], code: "A 1".into(),
/// };
/// let mut found = Vec::new();
/// huntsman_core::Item::check(&offer, &mut found);
/// assert_eq!(found[0].to_string(), "code: there is a blank in it (has_no_blank; it is \"A 1\")");
/// assert_eq!((found[1].rule.as_str(), found[1].message.as_str()), ("cheaper", "3 is no reduction"));
/// ```
///
/// # Where the traits are
///
/// The code refers to `::huntsman::__private`. `#[item(crate = "path")]` on the type names
/// another module that holds the items of `huntsman-core`, and `erased_serde`.
///
/// ```
/// # mod words { pub use huntsman_core::*; pub use erased_serde; }
/// # use huntsman_core::{Kind, Item as _};
/// use huntsman_macros::Item;
///
/// /// A saying.
/// #[derive(serde::Serialize, Item)]
/// # #[item(crate = "words")]
/// #[serde(rename_all = "camelCase")]
/// struct Quote {
///     /// Who said it.
///     said_by: String,
///     likes: Option<u32>,
/// }
///
/// #[derive(Item)]
/// # #[item(crate = "words")]
/// enum Found {
///     Quote(Quote),
/// }
///
/// let schema = Found::schemas()[0];
/// assert_eq!((schema.name, schema.doc), ("Quote", "A saying."));
/// assert_eq!((schema.fields[0].name, schema.fields[0].doc), ("saidBy", "Who said it."));
/// assert_eq!(schema.fields[1].kind, Kind::Optional(&Kind::UInt(32)));
/// ```
#[proc_macro_derive(Item, attributes(item, serde))]
pub fn derive_item(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let expanded = match &input.data {
        Data::Struct(data) => structs::expand(&input, data),
        Data::Enum(data) => enums::expand(&input, data),
        Data::Union(data) => Err(Error::new(
            data.union_token.span,
            "a union cannot be an item: use a struct with named fields, or an enum of them",
        )),
    };
    expanded.unwrap_or_else(Error::into_compile_error).into()
}

/// Implements `FieldType` for an enum, so that it can be a field of an item.
///
/// # Names
///
/// An enum of variants without values is one of a list of names: an `enum` of Avro. serde's
/// `rename`, `rename_all` and `skip` are followed. `#[item(default)]` on a variant names the one
/// that readers take for a name that they do not know.
///
/// # Several types
///
/// An enum with `#[serde(untagged)]`, whose variants hold one value each, is one of several types:
/// a union of Avro. On a value, `#[item(bytes)]`, `logical`, `fixed` and `any` say what it is where
/// its type does not.
///
/// `#[item(name = "…", doc = "…", crate = "…")]` on the enum mean what they mean on an item.
///
/// ```
/// # mod words { pub use huntsman_core::*; pub use erased_serde; }
/// # use huntsman_core::{FieldType as _, Kind};
/// use huntsman_macros::FieldType;
///
/// #[derive(serde::Serialize, FieldType)]
/// # #[item(crate = "words")]
/// #[serde(rename_all = "lowercase")]
/// enum Plan {
///     #[item(default)]
///     Free,
///     Paid,
/// }
///
/// #[derive(serde::Serialize, FieldType)]
/// # #[item(crate = "words")]
/// #[serde(untagged)]
/// enum Price {
///     Number(f64),
///     Text(String),
/// }
///
/// let Kind::Enum(plan) = Plan::KIND else { unreachable!() };
/// assert_eq!((plan.symbols, plan.default), (&["free", "paid"][..], Some("free")));
/// assert_eq!(Price::KIND, Kind::Union(&[Kind::Float(64), Kind::Text]));
/// ```
#[proc_macro_derive(FieldType, attributes(item, serde))]
pub fn derive_field_type(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    field_type::expand(&input)
        .unwrap_or_else(Error::into_compile_error)
        .into()
}

/// The structs for a schema file, made while compiling: `include_schema!("user.avsc")`.
///
/// The path is relative to the folder of the crate's `Cargo.toml`. What stands there is what
/// `crawl schema codegen` prints: a struct for each record, with the record's docs, names, defaults
/// and constraints. They are public in the module of the call. The file is the contract word for
/// word; the crate is compiled anew when it changes.
///
/// The crate needs `huntsman` and `serde`.
///
/// ```ignore
/// huntsman::include_schema!("user.avsc");
///
/// let user = UserRegistration { email: "ada@example.com".into(), password: "…".into(), age: 36 };
/// ```
///
/// # Errors
/// A file that cannot be read, or is no schema of a record, is an error of compilation there.
#[proc_macro]
pub fn include_schema(input: TokenStream) -> TokenStream {
    let path = parse_macro_input!(input as syn::LitStr);
    include::expand(&path)
        .unwrap_or_else(Error::into_compile_error)
        .into()
}
