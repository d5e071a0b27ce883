//! The bookshop of books.toscrape.com: 1,000 books by links and pagination.

use huntsman::prelude::*;

/// Every book, with eight fields.
#[derive(Deserialize)]
pub(crate) struct Books;

/// Which page it is.
#[derive(Serialize, Deserialize, Clone)]
pub(crate) enum Page {
    /// Twenty books and the way to the next twenty.
    List,
    /// One book.
    Book,
}

/// One book.
#[derive(Serialize, Item)]
pub(crate) struct Book {
    /// The title.
    #[item(min_length = 1)]
    title: String,
    /// The price in pounds.
    #[item(exclusive_minimum = 0)]
    price: f64,
    /// Copies in stock.
    available: u32,
    /// The Universal Product Code.
    #[item(unique, pattern = "^[0-9a-f]{16}$")]
    upc: String,
    /// The category.
    category: String,
    /// One to five stars.
    #[item(minimum = 1, maximum = 5)]
    rating: u8,
    /// The description; some books have none.
    description: Option<String>,
    /// The cover's URL.
    #[item(format = "uri")]
    image: String,
}

impl Spider for Books {
    type Page = Page;
    type Item = Book;
    const NAME: &'static str = "books";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://books.toscrape.com/", Page::List);
    }

    fn configure(&self, settings: &mut Settings) {
        settings.admit.hosts = vec!["books.toscrape.com".to_owned()];
    }

    fn parse(
        &self,
        page: Page,
        response: &Response,
        out: &mut Output<Self>,
    ) -> Result<(), ParseError> {
        match page {
            Page::List => {
                out.visit_all(
                    response
                        .css("article.product_pod h3 > a::attr(href)")?
                        .getall(),
                    Page::Book,
                );
                out.visit_all(response.css("li.next a::attr(href)")?.getall(), Page::List);
            }
            Page::Book => out.item(book(response)?),
        }
        Ok(())
    }
}

fn book(page: &Response) -> Result<Book, ParseError> {
    let main = page
        .css("div.product_main")?
        .first()
        .ok_or("not a book's page")?;
    let image = page
        .css("div.item.active img::attr(src)")?
        .get()
        .ok_or("no image")?;
    let availability = main.css("p.availability")?;
    let stars = main
        .css("p.star-rating::attr(class)")?
        .get()
        .unwrap_or_default();
    Ok(Book {
        title: main.css("h1::text")?.get().ok_or("no title")?,
        price: main
            .css("p.price_color::text")?
            .re_first(r"[\d.]+")?
            .ok_or("no price")?
            .parse()?,
        available: availability
            .re_first(r"\((\d+) available\)")?
            .map_or(Ok(0), |n| n.parse())?,
        upc: page
            .xpath("//th[.='UPC']/following-sibling::td/text()")?
            .get()
            .ok_or("no UPC")?,
        category: page
            .css("ul.breadcrumb li:nth-child(3) a::text")?
            .get()
            .ok_or("no category")?,
        rating: rating(&stars).ok_or("no rating")?,
        description: page.css("#product_description + p::text")?.get(),
        image: page.join(&image).ok_or("an image without URL")?.into(),
    })
}

/// The rating is a class: `star-rating Three`.
fn rating(classes: &str) -> Option<u8> {
    let names = ["One", "Two", "Three", "Four", "Five"];
    let stars = classes
        .split_whitespace()
        .find_map(|class| names.iter().position(|name| *name == class))?;
    u8::try_from(stars + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_is_read() {
        let page = Response::html(
            "http://books.toscrape.com/catalogue/a_1/index.html",
            r##"<ul class="breadcrumb"><li><a>Home</a></li><li><a>Books</a></li><li><a>Poetry</a></li></ul>
            <div class="item active"><img src="../../media/cache/a.jpg"></div>
            <div class="product_main"><h1>A Light</h1><p class="price_color">£51.77</p>
            <p class="instock availability"> In stock (22 available) </p><p class="star-rating Three"></p></div>
            <div id="product_description"><h2>D</h2></div><p>Fine.</p>
            <table class="table-striped"><tr><th>UPC</th><td>a897fe39b1053632</td></tr></table>"##,
        );
        let book = book(&page).unwrap();
        assert_eq!(
            (book.title.as_str(), book.price, book.available, book.rating),
            ("A Light", 51.77, 22, 3)
        );
        assert_eq!(
            (book.upc.as_str(), book.category.as_str()),
            ("a897fe39b1053632", "Poetry")
        );
        assert_eq!(book.description.as_deref(), Some("Fine."));
        assert_eq!(book.image, "http://books.toscrape.com/media/cache/a.jpg");
    }

    #[test]
    fn links_lead_to_books_and_to_the_next_page() {
        let page = Response::html(
            "http://books.toscrape.com/catalogue/page-2.html",
            r#"<article class="product_pod"><h3><a href="a_1/index.html">A</a></h3></article>
            <li class="next"><a href="page-3.html">next</a></li>"#,
        );
        let out = huntsman::parse(&Books, Page::List, &page).unwrap();
        let base = "http://books.toscrape.com/catalogue";
        assert_eq!(
            out.urls(&page),
            [
                format!("{base}/a_1/index.html"),
                format!("{base}/page-3.html")
            ]
        );
    }
}
