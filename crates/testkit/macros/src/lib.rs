//! Attributes of tests. They are for the testkit, which hands them on.

use proc_macro::TokenStream;

/// A test that needs Java, its compiler and Maven: a broker, Apicurio, or a client of Java. Where one of
/// them is missing it is ignored, with the reason, and so counted; but where `CI` is set, it runs and
/// fails. It stands before `#[test]`. What is installed later counts once `PATH` changes, or after
/// `cargo clean -p huntsman-testkit-macros`.
#[proc_macro_attribute]
pub fn needs_java(_: TokenStream, test: TokenStream) -> TokenStream {
    let Some(missing) = option_env!("MISSING_OF_JAVA") else {
        return test;
    };
    let ignored = format!("#[ignore = \"missing: {missing}\"]").parse::<TokenStream>();
    ignored.into_iter().flatten().chain(test).collect()
}
