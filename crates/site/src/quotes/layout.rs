//! What the pages of the site share: head, header, the box of tags and the pager.

use std::fmt::Write as _;

use axum::response::Html;

use super::data::{Page, TOP_TAGS};
use super::visitor::Visitor;

/// A page of the site around `body`.
pub(super) fn layout(visitor: &Visitor, body: &str) -> Html<String> {
    let (path, label) = if visitor.logged_in {
        ("/logout", "Logout")
    } else {
        ("/login", "Login")
    };
    Html(format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
    <meta charset="UTF-8">
    <title>Quotes to Scrape</title>
    <link rel="stylesheet" href="/static/main.css">
</head>
<body>
    <div class="container">
        <div class="row header-box">
            <div class="col-md-8">
                <h1><a href="/" style="text-decoration: none">Quotes to Scrape</a></h1>
            </div>
            <div class="col-md-4">
                <p><a href="{path}">{label}</a></p>
            </div>
        </div>
{body}
    </div>
    <footer class="footer">
        <div class="container">
            <p class="text-muted">A practice site: the quotations are in the public domain.</p>
        </div>
    </footer>
</body>
</html>
"#
    ))
}

/// Two columns: `main` and the box of the most used tags.
pub(super) fn with_tags_box(main: &str) -> String {
    let mut tags = String::new();
    for (place, (tag, _)) in TOP_TAGS.iter().enumerate() {
        let size = 28 - 2 * place;
        tags += &format!(
            r#"            <span class="tag-item">
                <a class="tag" style="font-size: {size}px" href="/tag/{tag}/">{tag}</a>
            </span>
"#
        );
    }
    format!(
        r#"        <div class="row">
            <div class="col-md-8">
{main}
            </div>
            <div class="col-md-4 tags-box">
                <h2>Top Ten tags</h2>
{tags}            </div>
        </div>"#
    )
}

/// The links to the pages before and after, below `path` (which ends in a slash).
pub(super) fn pager(path: &str, page: &Page) -> String {
    let mut links = String::new();
    let mut link = |class: &str, number: usize, label: &str| {
        write!(
            links,
            r#"<li class="{class}"><a href="{path}page/{number}/">{label}</a></li>"#
        )
        .expect("invariant: a String takes every text");
    };
    if page.number > 1 {
        link(
            "previous",
            page.number - 1,
            r#"<span aria-hidden="true">&larr;</span> Previous"#,
        );
    }
    if page.has_next {
        link(
            "next",
            page.number + 1,
            r#"Next <span aria-hidden="true">&rarr;</span>"#,
        );
    }
    format!("<nav><ul class=\"pager\">{links}</ul></nav>")
}
