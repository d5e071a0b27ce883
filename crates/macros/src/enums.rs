//! `#[derive(Item)]` on an enum of items.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{DataEnum, DeriveInput, Error, Fields, Path, Result, Type, Variant};

use crate::attributes::TypeAttributes;
use crate::structs::{at, home, refuse_generics};

/// The implementation of `Item`, which passes everything on to the variant's value.
pub(crate) fn expand(input: &DeriveInput, data: &DataEnum) -> Result<TokenStream> {
    refuse_generics(&input.generics)?;
    let home = home(&TypeAttributes::of_items(&input.attrs)?);
    if data.variants.is_empty() {
        return Err(Error::new_spanned(
            &input.ident,
            "an enum without variants has no items",
        ));
    }
    let inner: Vec<_> = data.variants.iter().map(inner).collect::<Result<_>>()?;
    let ident = &input.ident;
    let variants: Vec<_> = data.variants.iter().map(|one| &one.ident).collect();
    // The type's span, so that what is no item is reported there, and once.
    let on_item = |method: &str, more: TokenStream| {
        let method = Ident::new(method, Span::call_site());
        let calls = inner
            .iter()
            .map(|ty| quote_spanned!(at(ty)=> #home::Item::#method(item #more)));
        quote!(match self { #(Self::#variants(item) => #calls,)* })
    };
    let (schema, fields) = (on_item("schema", quote!()), on_item("fields", quote!()));
    let json = on_item("json", quote!(, out));
    let visit = on_item("visit", quote!(, visit));
    let check = on_item("check", quote!(, found));
    let schemas = schemas(&inner, &home);
    Ok(quote! {
        const _: () = {
            #schemas

            #[automatically_derived]
            impl #home::Item for #ident {
                fn schemas() -> &'static [&'static #home::Schema] {
                    &__SCHEMAS
                }
                fn schema(&self) -> &'static #home::Schema {
                    #schema
                }
                fn fields(&self) -> &dyn #home::erased_serde::Serialize {
                    #fields
                }
                fn json(&self, out: &mut ::std::vec::Vec<u8>) -> #home::item::Json {
                    #json
                }
                fn visit(&self, visit: &mut dyn #home::visit::Visit) -> #home::visit::Visited {
                    #visit
                }
                fn check(&self, found: &mut ::std::vec::Vec<#home::Violation>) {
                    #check
                }
            }
        };
    })
}

/// The static with the schemas of all variants, put together when it is first asked for.
fn schemas(inner: &[&Type], home: &Path) -> TokenStream {
    let lists = inner
        .iter()
        .map(|ty| quote_spanned!(at(ty)=> <#ty as #home::Item>::schemas()));
    quote! {
        static __SCHEMAS: ::std::sync::LazyLock<::std::vec::Vec<&'static #home::Schema>> =
            ::std::sync::LazyLock::new(|| {
                let mut all: ::std::vec::Vec<&'static #home::Schema> = ::std::vec::Vec::new();
                for schemas in [#(#lists),*] {
                    for schema in schemas {
                        if !all.iter().any(|seen| ::std::ptr::eq(*seen, *schema)) {
                            all.push(*schema);
                        }
                    }
                }
                all
            });
    }
}

fn inner(variant: &Variant) -> Result<&Type> {
    match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => Ok(&fields.unnamed[0].ty),
        _ => Err(Error::new_spanned(
            variant,
            format!(
                "each variant of an item holds one struct that is an item: `{0}({0})`",
                variant.ident
            ),
        )),
    }
}
