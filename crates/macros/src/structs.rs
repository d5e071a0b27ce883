//! `#[derive(Item)]` on a struct with named fields.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{
    DataStruct, DeriveInput, Error, Field, Fields, Generics, Path, Result, Type, parse_quote,
};

use crate::attributes::{FieldAttributes, TypeAttributes};
use crate::case::Case;
use crate::docs;

/// One field that is written.
struct Column {
    name: String,
    tokens: TokenStream,
}

/// The implementations of `Item` and `FieldType`.
pub(crate) fn expand(input: &DeriveInput, data: &DataStruct) -> Result<TokenStream> {
    refuse_generics(&input.generics)?;
    let attributes = TypeAttributes::of_struct(&input.attrs)?;
    let home = home(&attributes);
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(
            &input.ident,
            "an item needs named fields, because they name its columns: `struct Name { field: Type }`",
        ));
    };
    let columns = columns(&input.ident, &fields.named, attributes.case, &home)?;
    if columns.is_empty() {
        return Err(Error::new_spanned(
            &input.ident,
            "an item needs at least one field that is written",
        ));
    }
    let (ident, name, doc) = (
        &input.ident,
        input.ident.unraw().to_string(),
        docs::text(&input.attrs),
    );
    let columns = columns.iter().map(|column| &column.tokens);
    Ok(quote! {
        const _: () = {
            static SCHEMA: #home::Schema = #home::Schema {
                name: #name,
                doc: #doc,
                fields: &[#(#columns),*],
            };
            static SCHEMAS: &[&#home::Schema] = &[&SCHEMA];

            #[automatically_derived]
            impl #home::Item for #ident {
                fn schemas() -> &'static [&'static #home::Schema] {
                    SCHEMAS
                }
                fn schema(&self) -> &'static #home::Schema {
                    &SCHEMA
                }
                fn fields(&self) -> &dyn #home::erased_serde::Serialize {
                    self
                }
            }

            #[automatically_derived]
            impl #home::FieldType for #ident {
                const KIND: #home::Kind = #home::Kind::Struct(&SCHEMA);
            }
        };
    })
}

/// Refuses parameters of all sorts: a schema is one static for the type.
pub(crate) fn refuse_generics(generics: &Generics) -> Result<()> {
    if generics.params.is_empty() {
        return Ok(());
    }
    Err(Error::new_spanned(
        &generics.params,
        "an item has no type parameters and no lifetimes: its columns are known before the first \
         page, and it outlives the page; hold owned values",
    ))
}

/// The module in which the generated code finds the traits.
pub(crate) fn home(attributes: &TypeAttributes) -> Path {
    attributes
        .home
        .clone()
        .unwrap_or_else(|| parse_quote!(::huntsman::__private))
}

/// Where `ty` is written, for messages; names mean what they mean in the rest of the code.
pub(crate) fn at(ty: &Type) -> Span {
    Span::call_site().located_at(ty.span())
}

fn columns<'a>(
    owner: &Ident,
    fields: impl IntoIterator<Item = &'a Field>,
    case: Option<Case>,
    home: &Path,
) -> Result<Vec<Column>> {
    let case = case.unwrap_or(Case::Unchanged);
    let (mut columns, mut names, mut problems) = (Vec::new(), HashSet::new(), None::<Error>);
    for field in fields {
        let problem = match column(owner, field, case, home) {
            Ok(None) => continue,
            Ok(Some(column)) if names.insert(column.name.clone()) => {
                columns.push(column);
                continue;
            }
            Ok(Some(column)) => Error::new_spanned(
                &field.ident,
                format!("two fields are written as `{}`", column.name),
            ),
            Err(problem) => problem,
        };
        match &mut problems {
            Some(all) => all.combine(problem),
            None => problems = Some(problem),
        }
    }
    problems.map_or(Ok(columns), Err)
}

fn column(owner: &Ident, field: &Field, case: Case, home: &Path) -> Result<Option<Column>> {
    let attributes = FieldAttributes::of(&field.attrs)?;
    if attributes.skipped {
        return Ok(None);
    }
    let ident = field
        .ident
        .as_ref()
        .expect("invariant: the fields are named");
    let name = attributes
        .name
        .unwrap_or_else(|| case.apply(&ident.unraw().to_string()));
    let (ty, doc) = (&field.ty, docs::text(&field.attrs));
    let kind = if attributes.any {
        quote!(#home::Kind::Any)
    } else if mentions(ty.to_token_stream(), owner) {
        return Err(Error::new_spanned(
            ty,
            "an item that contains itself has no finite schema: mark this field `#[item(any)]`",
        ));
    } else {
        quote_spanned!(at(ty)=> <#ty as #home::FieldType>::KIND)
    };
    let tokens = quote!(#home::Field { name: #name, kind: #kind, doc: #doc });
    Ok(Some(Column { name, tokens }))
}

/// Whether a type names `owner` itself; `elsewhere::Owner` is another type.
fn mentions(ty: TokenStream, owner: &Ident) -> bool {
    let mut after_colon = false;
    for token in ty {
        let found = match &token {
            TokenTree::Ident(name) => !after_colon && (name == owner || name == "Self"),
            TokenTree::Group(group) => mentions(group.stream(), owner),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        };
        if found {
            return true;
        }
        after_colon = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ':');
    }
    false
}
