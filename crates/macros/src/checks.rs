//! The code that calls a struct's rules written in Rust.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Ident, Path, Type};

use crate::shape::Shape;
use crate::structs::at;

/// The rules of one struct, as code.
#[derive(Default)]
pub(crate) struct Checks {
    /// Whether the struct has rules of its own.
    own: bool,
    /// Types of fields that may have rules of their own.
    nested: Vec<Type>,
    calls: Vec<TokenStream>,
}

impl Checks {
    /// Adds functions that look at a field; `name` is what serde writes for it.
    pub(crate) fn of_field(&mut self, functions: &[Path], ident: &Ident, name: &str, home: &Path) {
        for function in functions {
            let field = quote!(::std::option::Option::Some(#name));
            self.call(function, &quote!(&self.#ident), &field, home);
        }
    }

    /// Adds the rules within a field, unless its type is known to have none.
    pub(crate) fn within(&mut self, ty: &Type, ident: &Ident, name: &str, home: &Path) {
        if has_none(&Shape::of(ty)) {
            return;
        }
        self.nested.push(ty.clone());
        self.calls.push(quote_spanned! {at(ty)=>
            <#ty as #home::FieldType>::check(&self.#ident, &place.field(#name), found);
        });
    }

    /// Adds functions that look at the whole struct.
    pub(crate) fn of_struct(&mut self, functions: &[Path], home: &Path) {
        for function in functions {
            let field = quote!(::std::option::Option::None);
            self.call(function, &quote!(self), &field, home);
        }
    }

    fn call(&mut self, function: &Path, value: &TokenStream, field: &TokenStream, home: &Path) {
        self.own = true;
        let last = function.segments.last();
        let rule = last.map_or_else(String::new, |segment| segment.ident.to_string());
        // The function's place, so that one of another type is reported there.
        let called = quote_spanned!(function.span()=> #function(#value));
        self.calls.push(quote! {
            if let ::std::result::Result::Err(why) = #called {
                found.push(#home::Violation::in_rust(place, #rule, &why, self, #field));
            }
        });
    }

    /// The members of `FieldType` and of `Item` that call the rules.
    pub(crate) fn members(&self, home: &Path) -> (TokenStream, TokenStream) {
        if self.calls.is_empty() {
            return (TokenStream::new(), TokenStream::new());
        }
        let (own, nested, calls) = (self.own, &self.nested, &self.calls);
        let parameters = quote!(found: &mut ::std::vec::Vec<#home::Violation>);
        let of_field = quote! {
            const CHECKS: bool = #own #(|| <#nested as #home::FieldType>::CHECKS)*;
            fn check(&self, place: &#home::violation::Place<'_>, #parameters) {
                #(#calls)*
            }
        };
        let of_item = quote! {
            fn check(&self, #parameters) {
                if <Self as #home::FieldType>::CHECKS {
                    #home::FieldType::check(self, &#home::violation::Place::ITEM, found);
                }
            }
        };
        (of_field, of_item)
    }
}

/// Whether values of this shape have no rules written in Rust, by their names alone.
fn has_none(shape: &Shape) -> bool {
    match shape {
        Shape::Optional(inner) | Shape::List(inner) | Shape::Map(inner) => has_none(inner),
        Shape::Unknown => false,
        Shape::Bool | Shape::Int(..) | Shape::Float | Shape::Text => true,
    }
}
