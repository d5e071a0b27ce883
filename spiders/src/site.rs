//! Any site: every page that can be reached from a start URL, without leaving its host.

use huntsman::prelude::*;
use huntsman::settings::Statuses;
use huntsman::{StatusCode, Url};

/// Follows every link of `-a start=URL` within its host; `-a below=/docs/` keeps to a folder.
#[derive(Deserialize)]
pub(crate) struct Site {
    start: String,
    /// Paths to keep to, by how they begin.
    #[serde(default)]
    below: Vec<String>,
}

/// One page.
#[derive(Serialize, Item)]
pub(crate) struct Page {
    /// Its URL.
    url: String,
    /// The status that it came with.
    status: u16,
    /// Its `<title>`.
    title: Option<String>,
    /// Links followed from the start to here.
    depth: u16,
    /// Links on it, repeated ones too.
    links: usize,
    /// Bytes of its body.
    bytes: usize,
}

impl Spider for Site {
    type Page = ();
    type Item = Page;
    const NAME: &'static str = "site";

    fn start(&self, out: &mut Output<Self>) {
        out.visit(&self.start, ());
    }

    fn configure(&self, settings: &mut Settings) {
        // Broken pages are pages of the site, too.
        settings.parse.statuses = Statuses::all();
        if let Ok(start) = Url::parse(&self.start)
            && let Some(host) = start.host_str()
        {
            let port = start
                .port()
                .map(|port| format!(":{port}"))
                .unwrap_or_default();
            settings.admit.hosts = vec![format!("{host}{port}")];
        }
    }

    fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        let is_html = page.is_html();
        let mut links = 0;
        if is_html && page.status() != StatusCode::NOT_FOUND {
            for href in page.links() {
                links += 1;
                if self.keeps_to(page, href) {
                    out.visit(href, ());
                }
            }
        }
        out.item(Page {
            url: page.url().to_string(),
            status: page.status().as_u16(),
            title: if is_html {
                page.css("title")?.text()
            } else {
                None
            },
            depth: page.depth(),
            links,
            bytes: page.body().len(),
        });
        Ok(())
    }
}

impl Site {
    fn keeps_to(&self, page: &Response, href: &str) -> bool {
        // What cannot be joined is visited, so that it is counted.
        self.below.is_empty()
            || page.join(href).is_none_or(|url| {
                self.below
                    .iter()
                    .any(|folder| url.path().starts_with(folder))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_counted_and_followed() {
        let site = Site {
            start: "http://a.example:8000/".to_owned(),
            below: vec!["/docs/".to_owned()],
        };
        let html = "<title> A </title><a href=/docs/b>b</a><a href=/c>c</a><area href=d><a name=x>";
        let page = Response::html("http://a.example:8000/docs/", html);
        let out = huntsman::parse(&site, (), &page).unwrap();
        assert_eq!(
            out.urls(&page),
            [
                "http://a.example:8000/docs/b",
                "http://a.example:8000/docs/d"
            ]
        );
        assert_eq!(
            (out.items()[0].title.as_deref(), out.items()[0].links),
            (Some("A"), 3)
        );
        let mut settings = Settings::default();
        site.configure(&mut settings);
        assert_eq!(settings.admit.hosts, ["a.example:8000"]);
    }
}
