//! The quotations of quotes.toscrape.com and those who said them, as two types.

use huntsman::prelude::*;

#[derive(Deserialize)]
pub struct People {
    /// How many pages of quotations.
    pages: Option<u32>,
}

#[derive(Serialize, Deserialize)]
pub enum Page {
    Quotes(u32),
    Author { quoted_as: String },
}

#[derive(Item)]
pub enum Found {
    Quote(Quote),
    Author(Author),
}

#[derive(Serialize, Item)]
pub struct Quote {
    text: String,
    author: String,
    tags: Vec<String>,
}

#[derive(Serialize, Item)]
pub struct Author {
    name: String,
    quoted_as: String,
    born_date: String,
    born_location: String,
    description: String,
}

impl Spider for People {
    type Page = Page;
    type Item = Found;
    const NAME: &'static str = "people";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://quotes.toscrape.com/", Page::Quotes(1));
    }

    fn parse(
        &self,
        page: Page,
        response: &Response,
        out: &mut Output<Self>,
    ) -> Result<(), ParseError> {
        match page {
            Page::Quotes(number) => self.quotes(number, response, out),
            Page::Author { quoted_as } => author(quoted_as, response, out),
        }
    }
}

impl People {
    fn quotes(
        &self,
        number: u32,
        page: &Response,
        out: &mut Output<Self>,
    ) -> Result<(), ParseError> {
        for quote in page.css("div.quote")? {
            let author = quote.css("small.author::text")?.get().ok_or("no author")?;
            let link = quote.css("span > a::attr(href)")?.get().ok_or("no link")?;
            let quoted_as = author.clone();
            out.visit(link, Page::Author { quoted_as });
            out.item(Found::Quote(Quote {
                text: quote.css("span.text::text")?.get().ok_or("no text")?,
                author,
                tags: quote.css("a.tag::text")?.getall(),
            }));
        }
        if self.pages.is_none_or(|pages| number < pages) {
            let next = page.css("li.next a::attr(href)")?.getall();
            next.iter().for_each(|next| out.visit(next, Page::Quotes(number + 1)));
        }
        Ok(())
    }
}

fn author(quoted_as: String, page: &Response, out: &mut Output<People>) -> Result<(), ParseError> {
    let text = |css: &str| page.css(css).map(|found| found.text().unwrap_or_default());
    let location = text("span.author-born-location")?;
    out.item(Found::Author(Author {
        name: text("h3.author-title::text")?,
        quoted_as,
        born_date: text("span.author-born-date")?,
        born_location: location.strip_prefix("in ").unwrap_or(&location).to_owned(),
        description: text("div.author-description")?,
    }));
    Ok(())
}
