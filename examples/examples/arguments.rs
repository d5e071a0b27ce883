//! How does a spider take arguments? As its own fields, typed:
//! `cargo run -p huntsman-examples --example arguments -- tags -a tags=life,love -a pages=1 --demo -o -`

use huntsman::prelude::*;

/// The quotations of some tags.
#[derive(Deserialize)]
struct Tags {
    /// `-a tags=life,love`: a list. It is needed, as it is neither an `Option` nor has a default.
    tags: Vec<String>,
    /// `-a pages=1`: pages of each tag to read, all if it is not given.
    pages: Option<u32>,
}

/// What is carried to a page: which tag it belongs to, and the how-manieth it is.
#[derive(Serialize, Deserialize)]
struct Page {
    tag: String,
    number: u32,
}

#[derive(Serialize, Item)]
struct Quote {
    tag: String,
    page: u32,
    text: String,
}

impl Spider for Tags {
    type Page = Page;
    type Item = Quote;
    const NAME: &'static str = "tags";

    fn start(&self, out: &mut Output<Self>) {
        for tag in &self.tags {
            let first = Page {
                tag: tag.clone(),
                number: 1,
            };
            out.visit(format!("http://quotes.toscrape.com/tag/{tag}/"), first);
        }
    }

    fn parse(&self, at: Page, page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        for text in page.css("div.quote span.text::text")?.getall() {
            out.item(Quote {
                tag: at.tag.clone(),
                page: at.number,
                text,
            });
        }
        if self.pages.is_none_or(|pages| at.number < pages)
            && let Some(next) = page.css("li.next a::attr(href)")?.get()
        {
            let number = at.number + 1;
            out.visit(next, Page { number, ..at });
        }
        Ok(())
    }
}

fn main() -> std::process::ExitCode {
    huntsman_cli::main(huntsman_cli::spiders![Tags])
}
