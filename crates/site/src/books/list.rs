//! The lists of books: all of them, and those of a category.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::data::{BOOKS, Book, CATEGORIES, Category, PAGE_LEN, category_in};
use super::layout::{Links, layout, stars};
use crate::page::{Escaped, not_found};

/// A list to show a page of.
#[derive(Clone, Copy, Debug)]
struct List {
    links: Links,
    category: Option<&'static Category>,
    /// The address of the first page, relative to the others.
    first: &'static str,
    /// What stands before `page-N.html` in the links of the pager.
    pages: &'static str,
}

pub(super) async fn home() -> Response {
    let pages = "catalogue/";
    show(
        List {
            links: Links::HOME,
            category: None,
            first: "index.html",
            pages,
        },
        "page-1.html",
    )
    .await
}

pub(super) async fn catalogue(Path(file): Path<String>) -> Response {
    let links = Links::CATALOGUE;
    show(
        List {
            links,
            category: None,
            first: "page-1.html",
            pages: "",
        },
        &file,
    )
    .await
}

pub(super) async fn all_books(Path(file): Path<String>) -> Response {
    let links = Links::ALL_BOOKS;
    show(
        List {
            links,
            category: None,
            first: "index.html",
            pages: "",
        },
        &file,
    )
    .await
}

pub(super) async fn category(Path((folder, file)): Path<(String, String)>) -> Response {
    let Some(category) = category_in(&folder) else {
        return not_found().await;
    };
    let links = Links::CATEGORY;
    show(
        List {
            links,
            category: Some(category),
            first: "index.html",
            pages: "",
        },
        &file,
    )
    .await
}

/// The number in `page-N.html`; `first` is page 1 as well.
fn page_number(file: &str, first: &str) -> Option<usize> {
    if file == first {
        return Some(1);
    }
    let digits = file.strip_prefix("page-")?.strip_suffix(".html")?;
    digits.parse().ok().filter(|number| *number > 0)
}

async fn show(list: List, file: &str) -> Response {
    let wanted = |book: &&Book| {
        list.category
            .is_none_or(|category| category.folder == book.category.folder)
    };
    let books: Vec<&Book> = BOOKS.iter().filter(wanted).collect();
    let number = page_number(file, list.first);
    let page = number.and_then(|number| Some((number, books.chunks(PAGE_LEN).nth(number - 1)?)));
    let Some((number, shown)) = page else {
        return not_found().await;
    };
    let before = (number - 1) * PAGE_LEN;
    let results = match books.len() {
        1 => "<strong>1</strong> result.".to_owned(),
        all if all <= PAGE_LEN => format!("<strong>{all}</strong> results."),
        all => format!(
            "<strong>{all}</strong> results - showing <strong>{}</strong> to <strong>{}</strong>.",
            before + 1,
            before + shown.len()
        ),
    };
    let heading = list
        .category
        .map_or("All products", |category| category.name);
    let pods: String = shown.iter().map(|book| pod(book, list.links)).collect();
    let pager = pager(&list, number, books.len().div_ceil(PAGE_LEN));
    let side = side_column(&list);
    let title = Escaped(heading);
    let body = format!(
        r#"            <div class="row">
                <aside class="sidebar col-sm-4 col-md-3">
{side}                </aside>
                <div class="col-sm-8 col-md-9">
                    <div class="page-header action"><h1>{title}</h1></div>
                    <form method="get" class="form-horizontal">{results}</form>
                    <section>
                        <ol class="row">
{pods}                        </ol>
{pager}                    </section>
                </div>
            </div>"#
    );
    layout(heading, list.links, &crumbs(&list), &body).into_response()
}

fn crumbs(list: &List) -> String {
    let catalogue = list.links.catalogue;
    match list.category {
        None => "                <li class=\"active\">All products</li>\n".to_owned(),
        Some(category) => format!(
            "                <li><a href=\"{catalogue}category/books_1/index.html\">Books</a></li>\n                \
             <li class=\"active\">{}</li>\n",
            Escaped(category.name)
        ),
    }
}

fn side_column(list: &List) -> String {
    let catalogue = list.links.catalogue;
    let mut items = String::new();
    for category in CATEGORIES.iter() {
        let (name, folder) = (Escaped(category.name), &category.folder);
        let here = list
            .category
            .is_some_and(|open| open.folder == category.folder);
        let label = if here {
            format!("<strong>{name}</strong>")
        } else {
            name.to_string()
        };
        items += &format!(
            r#"                                <li>
                                    <a href="{catalogue}category/books/{folder}/index.html">
                                        {label}
                                    </a>
                                </li>
"#
        );
    }
    format!(
        r#"                    <div class="side_categories">
                        <ul class="nav nav-list">
                            <li>
                                <a href="{catalogue}category/books_1/index.html">Books</a>
                                <ul>
{items}                                </ul>
                            </li>
                        </ul>
                    </div>
"#
    )
}

fn pod(book: &Book, links: Links) -> String {
    let Links { root, catalogue } = links;
    let (title, price, stars) = (Escaped(&book.title), book.price(), stars(book));
    let short = shortened(&book.title);
    let (label, image, folder) = (Escaped(&short), &book.image, &book.folder);
    format!(
        r#"                            <li class="col-xs-6 col-sm-4 col-md-3 col-lg-3">
                                <article class="product_pod">
                                    <div class="image_container">
                                        <a href="{catalogue}{folder}/index.html"><img src="{root}{image}" alt="{title}" class="thumbnail"></a>
                                    </div>
                                    {stars}
                                    <h3><a href="{catalogue}{folder}/index.html" title="{title}">{label}</a></h3>
                                    <div class="product_price">
                                        <p class="price_color">{price}</p>
                                        <p class="instock availability">
                                            <i class="icon-ok"></i>
                                            In stock
                                        </p>
                                        <form><button type="submit" class="btn btn-primary btn-block">Add to basket</button></form>
                                    </div>
                                </article>
                            </li>
"#
    )
}

/// A long title is cut in the list: only the attribute holds all of it.
fn shortened(title: &str) -> String {
    const ROOM: usize = 22;
    if title.chars().count() <= ROOM {
        return title.to_owned();
    }
    let start: String = title.chars().take(ROOM).collect();
    let whole_words = start
        .rsplit_once(' ')
        .map_or(start.as_str(), |(words, _)| words);
    format!("{whole_words} ...")
}

fn pager(list: &List, number: usize, last: usize) -> String {
    if last < 2 {
        return String::new();
    }
    let pages = list.pages;
    let link = |class: &str, file: &str, label: &str| {
        format!(
            "                                <li class=\"{class}\"><a href=\"{file}\">{label}</a></li>\n"
        )
    };
    let previous = match number {
        1 => String::new(),
        2 => link("previous", list.first, "previous"),
        _ => link(
            "previous",
            &format!("{pages}page-{}.html", number - 1),
            "previous",
        ),
    };
    let next = match number {
        _ if number == last => String::new(),
        _ => link("next", &format!("{pages}page-{}.html", number + 1), "next"),
    };
    format!(
        r#"                        <div>
                            <ul class="pager">
{previous}                                <li class="current">
                                    Page {number} of {last}
                                </li>
{next}                            </ul>
                        </div>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_titles_are_cut_between_words() {
        assert_eq!(shortened("The Iron Bell"), "The Iron Bell");
        assert_eq!(
            shortened("The Bell and the Iron Locksmith"),
            "The Bell and the Iron ..."
        );
        assert_eq!(
            shortened("Zoë's Unfinished Lighthouse"),
            "Zoë's Unfinished ..."
        );
    }

    #[test]
    fn only_pages_have_numbers() {
        assert_eq!(page_number("page-12.html", "index.html"), Some(12));
        assert_eq!(page_number("index.html", "index.html"), Some(1));
        assert_eq!(page_number("page-0.html", "index.html"), None);
        assert_eq!(page_number("page-x.html", "index.html"), None);
    }
}
