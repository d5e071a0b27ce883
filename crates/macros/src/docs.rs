//! Doc comments as text.

use syn::{Attribute, Expr, Lit, Meta};

/// The text of the doc comments among `attributes`: one line for each, without the space that
/// follows the slashes, and without blank lines around the whole.
pub(crate) fn text(attributes: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attribute in attributes {
        let Meta::NameValue(pair) = &attribute.meta else {
            continue;
        };
        let Expr::Lit(value) = &pair.value else {
            continue;
        };
        let Lit::Str(line) = &value.lit else { continue };
        if pair.path.is_ident("doc") {
            let line = line.value();
            lines.push(
                line.strip_prefix(' ')
                    .unwrap_or(&line)
                    .trim_end()
                    .to_owned(),
            );
        }
    }
    lines.join("\n").trim_matches('\n').to_owned()
}
