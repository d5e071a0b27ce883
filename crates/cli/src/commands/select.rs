//! `crawl select`: what a selector matches on a page.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, anyhow};
use huntsman::select::encoding::decode;
use huntsman::{Document, Selection};

use super::fetch::get;
use super::print;
use crate::exit::{Exit, usage};
use crate::flags::Select;

pub(super) fn select(flags: &Select) -> Result<Exit, Exit> {
    let (body, content_type) = page(flags)?;
    let (text, _) = decode(&body, content_type.as_deref());
    let document = Document::html(&text);
    let selection: Selection<'_> = match (&flags.css, &flags.xpath) {
        (Some(css), _) => document.css(css).map_err(usage)?,
        (None, Some(xpath)) => document.xpath(xpath).map_err(usage)?,
        (None, None) => return Err(Exit::Usage(anyhow!("give a CSS selector, or --xpath EXPR"))),
    };
    let matches = selection.getall();
    if flags.json {
        let json = serde_json::to_string_pretty(&matches).map_err(usage)?;
        print(&format!("{json}\n"))?;
    } else {
        print(
            &matches
                .iter()
                .map(|text| format!("{text}\n"))
                .collect::<String>(),
        )?;
    }
    if matches.is_empty() {
        return Err(Exit::Failed(anyhow!("nothing matched on {}", flags.page)));
    }
    Ok(Exit::Done)
}

/// The body of the page, and what it says that it is.
fn page(flags: &Select) -> Result<(Vec<u8>, Option<String>), Exit> {
    if flags.page == "-" {
        let mut body = Vec::new();
        std::io::stdin()
            .read_to_end(&mut body)
            .context("cannot read standard input")
            .map_err(usage)?;
        return Ok((body, None));
    }
    if flags.page.starts_with("http://") || flags.page.starts_with("https://") {
        let response = get(&flags.page, &flags.setting, &flags.web)?;
        let content_type = response.content_type().map(str::to_owned);
        return Ok((response.body.to_vec(), content_type));
    }
    let body = std::fs::read(Path::new(&flags.page))
        .with_context(|| format!("cannot read {}", flags.page));
    Ok((body.map_err(usage)?, None))
}
