//! What does a spider look like? This one, and the command around it, are a whole program:
//! `cargo run -p huntsman-examples --example first -- quotes --demo -o -`

use huntsman::prelude::*;

#[derive(Deserialize)]
struct Quotes;

#[derive(Serialize, Item)]
struct Quote {
    text: String,
    author: String,
}

impl Spider for Quotes {
    type Page = ();
    type Item = Quote;
    const NAME: &'static str = "quotes";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://quotes.toscrape.com/", ());
    }

    fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        for quote in page.css("div.quote")? {
            let text = quote.css("span.text::text")?.get().ok_or("no text")?;
            let author = quote.css("small.author::text")?.get().ok_or("no author")?;
            out.item(Quote { text, author });
        }
        out.visit_all(page.css("li.next a::attr(href)")?.getall(), ());
        Ok(())
    }
}

fn main() -> std::process::ExitCode {
    huntsman_cli::main(huntsman_cli::spiders![Quotes])
}
