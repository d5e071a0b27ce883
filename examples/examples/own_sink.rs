//! How do items reach a place that Huntsman does not know? With an `Export`, which takes them in
//! batches: `cargo run -p huntsman-examples --example own_sink`

use std::io::Write;

use async_trait::async_trait;
use huntsman::prelude::*;
use huntsman::{Export, ExportError, Opening, Record, Sequence};
use huntsman_testkit::FakeWeb;

/// Prints each item with its identity, under a line that names the fields.
struct Print;

fn print(line: &str) -> Result<(), ExportError> {
    let written = writeln!(std::io::stdout(), "{line}");
    written.map_err(|error| ExportError::Other(error.to_string()))
}

#[async_trait]
impl Export for Print {
    /// Before the first request; the fields of items are known by then.
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        for schema in opening.schemas {
            let fields: Vec<_> = schema.fields.iter().map(|field| field.name).collect();
            print(&format!("{}: {}", schema.name, fields.join(", ")))?;
        }
        Ok(opening.after())
    }

    /// Never called twice at once, and always in the order of the outbox.
    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        for record in batch {
            let json = serde_json::to_string(&record.item.fields());
            let json = json.map_err(|error| ExportError::Other(error.to_string()))?;
            print(&format!("{} {} {json}", record.id, record.url))?;
        }
        Ok(())
    }

    async fn close(&self) -> Result<(), ExportError> {
        print("that is all")
    }
}

#[derive(Serialize, Item)]
struct Heading {
    level: u8,
    text: String,
}

struct Headings;

impl Spider for Headings {
    type Page = ();
    type Item = Heading;
    const NAME: &'static str = "headings";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://site.example/", ());
    }

    fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        for heading in page.css("h1, h2, h3")?.elements() {
            let level = heading.name().trim_start_matches('h').parse()?;
            let text = heading.text();
            out.item(Heading { level, text });
        }
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let web = FakeWeb::new().html("http://site.example/", "<h1>One</h1><h2>Two</h2>");
    let crawl = Crawl::new(Headings, web).export("print", Print);
    crawl.run(&Stop::new()).await?;
    Ok(())
}
