//! The structure of the bookshop.

use std::collections::{HashMap, HashSet};

use url::Url;

use crate::client::{BOOKS, get, practice};

fn at(base: &str, link: &str) -> String {
    let base = Url::parse("http://books.toscrape.com")
        .unwrap()
        .join(base)
        .unwrap();
    base.join(link).unwrap().path().to_owned()
}

#[tokio::test]
async fn a_thousand_books_stand_on_fifty_pages() {
    let server = practice().await;
    let mut target = "/index.html".to_owned();
    let (mut titles, mut folders, mut pages) = (HashSet::new(), HashSet::new(), 0);
    loop {
        let page = get(server.addr(), BOOKS, &target).await;
        assert_eq!(
            (page.status, page.header("content-type")),
            (200, Some("text/html; charset=utf-8"))
        );
        pages += 1;
        for (css, count) in [
            ("article.product_pod > h3 > a[title][href]", 20),
            (
                "article.product_pod div.image_container img.thumbnail[src]",
                20,
            ),
            ("article.product_pod > p.star-rating", 20),
            ("article.product_pod p.price_color", 20),
            ("article.product_pod p.instock.availability", 20),
            ("ul.nav-list > li > ul > li > a", 50),
        ] {
            assert_eq!(page.count(css), count, "{css} of {target}");
        }
        assert_eq!(page.texts("li.current"), [format!("Page {pages} of 50")]);
        titles.extend(page.attributes("h3 > a", "title"));
        folders.extend(
            page.attributes("h3 > a", "href")
                .iter()
                .map(|link| at(&target, link)),
        );
        let next = page.attributes("li.next > a", "href");
        let Some(next) = next.first() else { break };
        target = at(&target, next);
        assert_eq!(target, format!("/catalogue/page-{}.html", pages + 1));
    }
    assert_eq!((pages, titles.len(), folders.len()), (50, 1000, 1000));
    assert_eq!(
        get(server.addr(), BOOKS, "/catalogue/page-51.html")
            .await
            .status,
        404
    );
    let home = get(server.addr(), BOOKS, "/").await;
    assert_eq!(
        home.body,
        get(server.addr(), BOOKS, "/index.html").await.body
    );
    let first = get(server.addr(), BOOKS, "/catalogue/page-1.html").await;
    assert_eq!(
        first.attributes("h3 > a", "title"),
        home.attributes("h3 > a", "title")
    );
}

#[tokio::test]
async fn the_categories_share_out_all_books() {
    let server = practice().await;
    let home = get(server.addr(), BOOKS, "/index.html").await;
    let mut titles = HashSet::new();
    let mut in_pages = 0;
    for link in home.attributes("ul.nav-list ul a", "href") {
        let mut target = at("/index.html", &link);
        assert!(
            target.starts_with("/catalogue/category/books/") && target.ends_with("/index.html")
        );
        let mut count = 0;
        let told = loop {
            let page = get(server.addr(), BOOKS, &target).await;
            let found = page.attributes("article.product_pod h3 > a", "title");
            count += found.len();
            titles.extend(found);
            let next = page.attributes("li.next > a", "href");
            let Some(next) = next.first() else {
                break page.texts("form.form-horizontal > strong")[0].clone();
            };
            in_pages += 1;
            target = at(&target, next);
        };
        assert_eq!(told, count.to_string(), "{link}");
    }
    assert_eq!(titles.len(), 1000);
    assert!(in_pages > 5, "some categories have several pages");
    let all = get(
        server.addr(),
        BOOKS,
        "/catalogue/category/books_1/index.html",
    )
    .await;
    assert_eq!(all.texts("form.form-horizontal > strong")[0], "1000");
}

#[tokio::test]
async fn a_book_says_the_same_on_its_page_as_in_the_list() {
    let server = practice().await;
    let list_path = "/catalogue/category/books/travel_2/index.html";
    let list = get(server.addr(), BOOKS, list_path).await;
    let titles = list.attributes("h3 > a", "title");
    let images = list.attributes("img.thumbnail", "src");
    let prices = list.texts("p.price_color");
    let stars = list.attributes("p.star-rating", "class");
    assert!(titles.len() > 5);
    for (place, link) in list.attributes("h3 > a", "href").iter().enumerate() {
        let path = at(list_path, link);
        let page = get(server.addr(), BOOKS, &path).await;
        assert_eq!(
            page.texts("div.product_main > h1"),
            [titles[place]
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")]
        );
        assert_eq!(
            page.texts("div.product_main > p.price_color"),
            [prices[place].clone()]
        );
        assert_eq!(
            page.attributes("div.product_main > p.star-rating", "class"),
            [stars[place].clone()]
        );
        assert_eq!(page.texts("ul.breadcrumb li")[1..3], ["Books", "Travel"]);
        let image = page.attributes("div.item.active img", "src");
        assert_eq!(at(&path, &image[0]), at(list_path, &images[place]));
        assert!(image[0].starts_with("../../media/"));
        assert!(page.texts("#product_description + p")[0].len() > 60);
        let fields: HashMap<_, _> = page
            .texts("table.table-striped th")
            .into_iter()
            .zip(page.texts("table.table-striped td"))
            .collect();
        assert_eq!(fields["UPC"].len(), 16);
        assert!(fields["UPC"].chars().all(|c| c.is_ascii_hexdigit()));
        assert_eq!(
            (fields["Product Type"].as_str(), fields["Tax"].as_str()),
            ("Books", "£0.00")
        );
        assert_eq!(
            (&fields["Price (excl. tax)"], &fields["Price (incl. tax)"]),
            (&prices[place], &prices[place])
        );
        assert_eq!(
            page.texts("div.product_main p.availability"),
            [fields["Availability"].clone()]
        );
        assert!(
            fields["Availability"].starts_with("In stock (")
                && fields["Availability"].ends_with(" available)")
        );
        assert!(fields["Number of reviews"].parse::<u32>().is_ok());
        assert!(prices[place].starts_with('£') && prices[place].len() == "£51.77".len());
        let class = stars[place].strip_prefix("star-rating ").unwrap();
        assert!(["One", "Two", "Three", "Four", "Five"].contains(&class));
    }
}

#[tokio::test]
async fn covers_are_jpeg_files() {
    let server = practice().await;
    let home = get(server.addr(), BOOKS, "/").await;
    let mut different = HashSet::new();
    for source in home.attributes("img.thumbnail", "src") {
        let image = get(server.addr(), BOOKS, &at("/", &source)).await;
        assert_eq!(
            (image.status, image.header("content-type")),
            (200, Some("image/jpeg"))
        );
        assert!(image.body.starts_with(&[0xff, 0xd8, 0xff]) && image.body.ends_with(&[0xff, 0xd9]));
        assert!(image.body.len() <= 2048);
        different.insert(image.body);
    }
    assert_eq!(different.len(), 5);
}

#[tokio::test]
async fn unknown_paths_are_not_found() {
    let server = practice().await;
    for target in [
        "/robots.txt",
        "/nothing",
        "/catalogue/page-0.html",
        "/catalogue/page-x.html",
        "/catalogue/no-such-book_1/index.html",
        "/catalogue/category/books/no_99/index.html",
        "/catalogue/category/books/travel_2/page-99.html",
        "/media/cache/aa/bb/nothing.jpg",
    ] {
        assert_eq!(
            get(server.addr(), BOOKS, target).await.status,
            404,
            "{target}"
        );
    }
}
