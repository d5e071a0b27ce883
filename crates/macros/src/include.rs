//! `include_schema!`: the structs of a schema file.

use std::path::Path;

use huntsman_avro::{AvroSchema, codegen};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Error, LitStr, Result};

/// A module with the structs, and their names.
pub(crate) fn expand(given: &LitStr) -> Result<TokenStream> {
    let wrong = |problem: String| Error::new(given.span(), format!("{}: {problem}", given.value()));
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let path = Path::new(&folder).join(given.value());
    let text = std::fs::read_to_string(&path)
        .map_err(|error| wrong(format!("{error}, at {}", path.display())))?;
    let schema = AvroSchema::parse(&text).map_err(|error| wrong(error.to_string()))?;
    let Some(place) = path.to_str() else {
        return Err(wrong("the path is not UTF-8".to_owned()));
    };
    let options = codegen::Options {
        root: "::huntsman".to_owned(),
        // It also has the crate compiled anew when the file changes.
        text: Some(format!("include_str!({place:?})")),
        ..codegen::Options::default()
    };
    let source = codegen::rust(&schema, &options).map_err(|error| wrong(error.to_string()))?;
    let source: TokenStream = source
        .parse()
        .map_err(|error| wrong(format!("its Rust cannot be read: {error}")))?;
    let name = schema
        .node(schema.root())
        .name()
        .map(|name| name.name.to_lowercase());
    let module = format_ident!("__schema_of_{}", name.unwrap_or_default());
    // A schema need not document its fields, whatever the crate around asks of its own.
    Ok(quote! {
        #[doc(hidden)]
        mod #module {
            #source
        }
        pub use #module::*;
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(path: &str) -> String {
        let literal = LitStr::new(path, proc_macro2::Span::call_site());
        expand(&literal).unwrap_err().to_string()
    }

    #[test]
    fn an_error_of_the_file_is_told() {
        let told = refused("tests/schemas/none.avsc");
        assert!(told.starts_with("tests/schemas/none.avsc: "), "{told}");
        assert!(
            told.contains(", at ") && told.ends_with("schemas/none.avsc"),
            "{told}"
        );
        let told = refused("Cargo.toml");
        assert!(told.starts_with("Cargo.toml: not JSON: line 1"), "{told}");
        let told = refused("tests/schemas/wrong.avsc");
        assert!(
            told.contains("fields[0].default: \"x\" is no default for"),
            "{told}"
        );
        let told = refused("tests/schemas/plan.avsc");
        assert!(told.contains("this schema is of type `enum`"), "{told}");
    }
}
