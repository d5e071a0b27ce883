//! How is a spider tested? From a saved page, and over a scripted site in paused time:
//! `cargo test -p huntsman-examples --example test_a_spider`

use huntsman::prelude::*;

#[derive(Deserialize)]
struct Titles;

#[derive(Debug, PartialEq, Serialize, Item)]
struct Title {
    title: String,
}

impl Spider for Titles {
    type Page = ();
    type Item = Title;
    const NAME: &'static str = "titles";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://site.example/", ());
    }

    fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        let title = page.css("title")?.text().ok_or("a page without title")?;
        out.item(Title { title });
        out.visit_all(page.links(), ());
        Ok(())
    }
}

fn main() -> std::process::ExitCode {
    huntsman_cli::main(huntsman_cli::spiders![Titles])
}

#[cfg(test)]
mod tests {
    use huntsman_testkit::{Answer, Collect, FakeWeb};

    use super::*;

    #[test]
    fn a_saved_page_is_read() {
        let html = "<title> Home </title><a href=/a>a</a>";
        let page = Response::html("http://site.example/", html);
        let out = huntsman::parse(&Titles, (), &page).unwrap();
        assert_eq!(out.items()[0].title, "Home");
        assert_eq!(out.urls(&page), ["http://site.example/a"]);
    }

    #[test]
    fn a_changed_page_is_an_error() {
        let page = Response::html("http://site.example/", "<h1>Home</h1>");
        let error = huntsman::parse(&Titles, (), &page).unwrap_err();
        assert_eq!(error.to_string(), "a page without title");
    }

    #[tokio::test(start_paused = true)]
    async fn the_crawl_is_polite_and_tries_again() {
        let busy = [Answer::status(503), Answer::html("<title>A</title>")];
        let web = FakeWeb::new()
            .html(
                "http://site.example/",
                "<title>Home</title><a href=/a>a</a>",
            )
            .page("http://site.example/a", busy);
        let (visits, items) = (web.visits(), Collect::default());
        let crawl = Crawl::new(Titles, web).export("items", items.clone());
        let report = crawl.run(&Stop::new()).await.unwrap();
        assert_eq!((report.pages, items.len()), (2, 2));
        let gaps = visits.gaps("site.example");
        assert!(gaps.iter().all(|gap| gap.as_secs_f64() >= 1.0), "{gaps:?}");
    }
}
