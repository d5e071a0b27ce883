//! What every HTML page needs: escaping and the page for an unknown path.

use std::fmt::{self, Display, Write as _};

use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

/// A text written so that it means itself in HTML, in element content and in quoted attributes
/// (<https://html.spec.whatwg.org/multipage/parsing.html#data-state>).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// The 404 page.
pub(crate) async fn not_found() -> Response {
    notice(
        StatusCode::NOT_FOUND,
        "Not Found",
        "There is no page at this address.",
    )
}

/// A page of a heading and a sentence.
pub(crate) fn notice(status: StatusCode, title: &str, sentence: &str) -> Response {
    let (title, sentence) = (Escaped(title), Escaped(sentence));
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"UTF-8\"><title>{title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n<p>{sentence}</p>\n</body>\n</html>\n"
    );
    (status, Html(page)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_with_a_meaning_is_escaped() {
        assert_eq!(
            Escaped("<a b=\"c\">'&é").to_string(),
            "&lt;a b=&quot;c&quot;&gt;&#39;&amp;é"
        );
    }
}
