//! `#[derive(Item)]` on a struct with named fields.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use serde_json::Value;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{
    DataStruct, DeriveInput, Error, Field, Fields, Generics, Path, Result, Type, parse_quote,
};

use crate::attributes::{FieldAttributes, TypeAttributes};
use crate::case::Case;
use crate::checks::Checks;
use crate::shape::Shape;
use crate::{docs, fit, kind};

/// What the fields become.
#[derive(Default)]
struct Columns {
    names: HashSet<String>,
    tokens: Vec<TokenStream>,
    checks: Checks,
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
    let mut columns = columns(&input.ident, &fields.named, &attributes, &home)?;
    if columns.tokens.is_empty() {
        return Err(Error::new_spanned(
            &input.ident,
            "an item needs at least one field that is written",
        ));
    }
    columns.checks.of_struct(&attributes.checks, &home);
    let (of_field, of_item) = columns.checks.members(&home);
    let schema = schema(input, &attributes, &columns.tokens, &home);
    let ident = &input.ident;
    Ok(quote! {
        const _: () = {
            static __SCHEMA: #home::Schema = #schema;
            static __SCHEMAS: &[&#home::Schema] = &[&__SCHEMA];

            #[automatically_derived]
            impl #home::Item for #ident {
                fn schemas() -> &'static [&'static #home::Schema] {
                    __SCHEMAS
                }
                fn schema(&self) -> &'static #home::Schema {
                    &__SCHEMA
                }
                fn fields(&self) -> &dyn #home::erased_serde::Serialize {
                    self
                }
                fn json(&self, out: &mut ::std::vec::Vec<u8>) -> #home::item::Json {
                    #home::item::to_json(self, out)
                }
                fn visit(&self, visit: &mut dyn #home::visit::Visit) -> #home::visit::Visited {
                    #home::visit::fields(self, visit)
                }
                #of_item
            }

            #[automatically_derived]
            impl #home::FieldType for #ident {
                const KIND: #home::Kind = #home::Kind::Struct(&__SCHEMA);
                #of_field
            }
        };
    })
}

/// The expression for the schema.
fn schema(
    input: &DeriveInput,
    attributes: &TypeAttributes,
    columns: &[TokenStream],
    home: &Path,
) -> TokenStream {
    let own = || input.ident.unraw().to_string();
    let name = attributes.name.clone().unwrap_or_else(own);
    let doc = attributes.doc.clone();
    let doc = doc.unwrap_or_else(|| docs::text(&input.attrs));
    let namespace = attributes.namespace.as_deref().unwrap_or_default();
    let aliases = &attributes.aliases;
    let words = words(&attributes.schema_words(), home);
    let avro = optional(attributes.avro.as_ref());
    quote! {
        #home::Schema {
            name: #name,
            namespace: #namespace,
            doc: #doc,
            aliases: &[#(#aliases),*],
            fields: &[#(#columns),*],
            attributes: &[#(#words),*],
            avro: #avro,
        }
    }
}

/// The expressions for words of a schema.
fn words(words: &[(String, Value)], home: &Path) -> Vec<TokenStream> {
    let tokens = words.iter().map(|(word, value)| {
        let value = value.to_string();
        quote!(#home::Attribute { word: #word, value: #value })
    });
    tokens.collect()
}

pub(crate) fn optional(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::std::option::Option::Some(#value)),
        None => quote!(::std::option::Option::None),
    }
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
    attributes: &TypeAttributes,
    home: &Path,
) -> Result<Columns> {
    let case = attributes.case.as_ref().map(Case::named).transpose()?;
    let (mut columns, mut problems) = (Columns::default(), None::<Error>);
    for field in fields {
        if let Err(problem) = columns.add(owner, field, case.unwrap_or(Case::Snake), home) {
            match &mut problems {
                Some(all) => all.combine(problem),
                None => problems = Some(problem),
            }
        }
    }
    problems.map_or(Ok(columns), Err)
}

impl Columns {
    fn add(&mut self, owner: &Ident, field: &Field, case: Case, home: &Path) -> Result<()> {
        let attributes = FieldAttributes::of(&field.attrs)?;
        let ident = field
            .ident
            .as_ref()
            .expect("invariant: the fields are named");
        let own = || case.of_field(&ident.unraw().to_string());
        let name = attributes.name.unwrap_or_else(own);
        let (ty, said) = (&field.ty, &attributes.words);
        self.checks.of_field(&said.checks, ident, &name, home);
        if attributes.skipped {
            return Ok(());
        }
        fit::demand(said, &Shape::of(ty))?;
        if said.kind_span().is_none() {
            if mentions(ty.to_token_stream(), owner) {
                return Err(Error::new_spanned(
                    ty,
                    "an item that contains itself has no finite schema: mark this field `#[item(any)]`",
                ));
            }
            self.checks.within(ty, ident, &name, home);
        }
        let kind = kind::of(ty, said, home);
        let doc = said.doc.clone();
        let doc = doc.unwrap_or_else(|| docs::text(&field.attrs));
        let default = optional(said.default.as_ref().map(|at| at.0.to_string()));
        let (aliases, words) = (&said.aliases, words(&said.schema_words(), home));
        self.tokens.push(quote! {
            #home::Field {
                name: #name,
                kind: #kind,
                doc: #doc,
                aliases: &[#(#aliases),*],
                default: #default,
                attributes: &[#(#words),*],
            }
        });
        if self.names.insert(name.clone()) {
            return Ok(());
        }
        let message = format!("two fields are written as `{name}`");
        Err(Error::new_spanned(&field.ident, message))
    }
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
