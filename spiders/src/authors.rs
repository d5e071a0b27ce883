//! The authors of quotes.toscrape.com: two kinds of page, redirected links, broken markup.

use huntsman::prelude::*;

/// Every author who is quoted.
#[derive(Deserialize)]
pub(crate) struct Authors;

/// Which page it is.
#[derive(Serialize, Deserialize)]
pub(crate) enum Page {
    /// A list of quotations.
    Quotes,
    /// An author's own page, with the name by which the list calls him.
    Author {
        /// As on the list.
        quoted_as: String,
    },
}

/// One author.
#[derive(Serialize, Item)]
pub(crate) struct Author {
    /// The name on the author's page.
    name: String,
    /// The name on the list.
    quoted_as: String,
    /// When born, as the site writes it.
    born_date: String,
    /// Where born, without the leading "in".
    born_location: String,
    /// The description.
    description: String,
}

impl Spider for Authors {
    type Page = Page;
    type Item = Author;
    const NAME: &'static str = "authors";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://quotes.toscrape.com/", Page::Quotes);
    }

    fn configure(&self, settings: &mut Settings) {
        settings.admit.hosts = vec!["quotes.toscrape.com".to_owned()];
    }

    fn parse(
        &self,
        page: Page,
        response: &Response,
        out: &mut Output<Self>,
    ) -> Result<(), ParseError> {
        match page {
            Page::Quotes => list(response, out),
            Page::Author { quoted_as } => author(quoted_as, response, out),
        }
    }
}

fn list(page: &Response, out: &mut Output<Authors>) -> Result<(), ParseError> {
    for quote in page.css("div.quote")? {
        let quoted_as = quote
            .css("small.author::text")?
            .get()
            .ok_or("a quotation without author")?;
        let link = quote
            .css("span > a::attr(href)")?
            .get()
            .ok_or("an author without link")?;
        // Without the slash at its end, the link is one that the site redirects.
        out.visit(link.trim_end_matches('/'), Page::Author { quoted_as });
    }
    out.visit_all(page.css("li.next a::attr(href)")?.getall(), Page::Quotes);
    Ok(())
}

fn author(quoted_as: String, page: &Response, out: &mut Output<Authors>) -> Result<(), ParseError> {
    let text = |css: &str| page.css(css).map(|found| found.text().unwrap_or_default());
    let location = text("span.author-born-location")?;
    out.item(Author {
        name: page
            .css("h3.author-title::text")?
            .text()
            .ok_or("an author without name")?,
        quoted_as,
        born_date: text("span.author-born-date")?,
        born_location: location.strip_prefix("in ").unwrap_or(&location).to_owned(),
        description: text("div.author-description")?,
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_markup_is_read() {
        let page = Response::html(
            "http://quotes.toscrape.com/author/Albert-Einstein/",
            r#"<div class="author-details"><h3 class="author-title">Albert Einstein
                </h2><p><strong>Born:</strong> <span class="author-born-date">March 14, 1879</span>
                <span class="author-born-location">in Ulm, Germany</span></p>
                <div class="author-description"> Physicist. </div></div>"#,
        );
        let kind = Page::Author {
            quoted_as: "Albert Einstein".to_owned(),
        };
        let out = huntsman::parse(&Authors, kind, &page).unwrap();
        let author = &out.items()[0];
        assert_eq!(author.name, "Albert Einstein");
        assert_eq!(
            (author.born_date.as_str(), author.born_location.as_str()),
            ("March 14, 1879", "Ulm, Germany")
        );
        assert_eq!(author.description, "Physicist.");
    }
}
