//! The quotations of quotes.toscrape.com, page after page.

use huntsman::prelude::*;

/// All quotations, or with `-a tag=life` those of one tag.
#[derive(Deserialize)]
pub(crate) struct Quotes {
    tag: Option<String>,
}

/// One quotation.
#[derive(Serialize, Item)]
pub(crate) struct Quote {
    /// The words, in their quotation marks.
    #[item(pattern = "^“.*”$")]
    text: String,
    /// Who said it.
    #[item(min_length = 1)]
    author: String,
    /// What it is about.
    #[item(unique_items, each(min_length = 1))]
    tags: Vec<String>,
}

impl Spider for Quotes {
    type Page = ();
    type Item = Quote;
    const NAME: &'static str = "quotes";

    fn start(&self, out: &mut Output<Self>) {
        match &self.tag {
            Some(tag) => out.visit(format!("http://quotes.toscrape.com/tag/{tag}/"), ()),
            None => out.visit("http://quotes.toscrape.com/", ()),
        }
    }

    fn configure(&self, settings: &mut Settings) {
        settings.admit.hosts = vec!["quotes.toscrape.com".to_owned()];
    }

    fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        for quote in page.css("div.quote")? {
            out.item(Quote {
                text: quote
                    .css("span.text::text")?
                    .get()
                    .ok_or("a quotation without text")?,
                author: quote
                    .css("small.author::text")?
                    .get()
                    .ok_or("a quotation without author")?,
                tags: quote.css("div.tags a.tag::text")?.getall(),
            });
        }
        out.visit_all(page.css("li.next a::attr(href)")?.getall(), ());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read() {
        let page = Response::html(
            "http://quotes.toscrape.com/",
            r#"<div class="quote"><span class="text">“Be brief.”</span>
               <span>by <small class="author">Nobody</small></span>
               <div class="tags"><a class="tag">advice</a><a class="tag">style</a></div></div>
               <span class="tag-item"><a class="tag">top</a></span>
               <li class="next"><a href="/page/2/">Next</a></li>"#,
        );
        let out = huntsman::parse(&Quotes { tag: None }, (), &page).unwrap();
        let quote = &out.items()[0];
        assert_eq!(
            (quote.text.as_str(), quote.author.as_str()),
            ("“Be brief.”", "Nobody")
        );
        assert_eq!(quote.tags, ["advice", "style"]);
        assert_eq!(out.urls(&page), ["http://quotes.toscrape.com/page/2/"]);
    }

    #[test]
    fn a_changed_page_fails_instead_of_yielding_nothing() {
        let page = Response::html("http://quotes.toscrape.com/", "<div class=quote></div>");
        let error = huntsman::parse(&Quotes { tag: None }, (), &page).unwrap_err();
        assert_eq!(error.to_string(), "a quotation without text");
    }
}
