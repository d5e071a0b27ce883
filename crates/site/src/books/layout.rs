//! What the pages of the shop share: head, breadcrumb, and relative links.

use axum::response::Html;

use super::data::Book;
use crate::page::Escaped;

/// How the links of a page begin, which are all relative.
#[derive(Clone, Copy, Debug)]
pub(super) struct Links {
    /// From the page to `/`.
    pub(super) root: &'static str,
    /// From the page to `/catalogue/`.
    pub(super) catalogue: &'static str,
}

impl Links {
    pub(super) const HOME: Self = Self {
        root: "",
        catalogue: "catalogue/",
    };
    pub(super) const CATALOGUE: Self = Self {
        root: "../",
        catalogue: "",
    };
    pub(super) const PRODUCT: Self = Self {
        root: "../../",
        catalogue: "../",
    };
    pub(super) const ALL_BOOKS: Self = Self {
        root: "../../../",
        catalogue: "../../",
    };
    pub(super) const CATEGORY: Self = Self {
        root: "../../../../",
        catalogue: "../../../",
    };
}

/// A page of the shop; `crumbs` are the items of the breadcrumb after "Home".
pub(super) fn layout(title: &str, links: Links, crumbs: &str, body: &str) -> Html<String> {
    let (title, root) = (Escaped(title), links.root);
    Html(format!(
        r#"<!DOCTYPE html>
<html lang="en-us" class="no-js">
<head>
    <title>
    {title} | Books to Scrape - Sandbox
</title>
    <meta http-equiv="content-type" content="text/html; charset=UTF-8">
    <link rel="stylesheet" type="text/css" href="{root}static/oscar/css/styles.css">
</head>
<body id="default" class="default">
    <header class="header container-fluid">
        <div class="page_inner">
            <div class="row"><div class="col-sm-8 h1"><a href="{root}index.html">Books to Scrape</a><small> A practice site: every book is invented.</small></div></div>
        </div>
    </header>
    <div class="container-fluid page">
        <div class="page_inner">
            <ul class="breadcrumb">
                <li><a href="{root}index.html">Home</a></li>
{crumbs}            </ul>
{body}
        </div>
    </div>
</body>
</html>
"#
    ))
}

/// The stars, price and availability are marked up alike in lists and on the page of the book.
pub(super) fn stars(book: &Book) -> String {
    let star = "<i class=\"icon-star\"></i>".repeat(5);
    format!("<p class=\"star-rating {}\">{star}</p>", book.rating)
}
