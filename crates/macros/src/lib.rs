//! Derive macros of Huntsman.

mod attributes;
mod case;
mod docs;
mod enums;
mod structs;

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
