//! The lists of quotations: all of them, and those with a tag.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::data::{Page, Quote};
use super::layout::{layout, pager, with_tags_box};
use super::visitor::Visitor;
use crate::page::{Escaped, not_found};

pub(super) async fn first(visitor: Visitor) -> Response {
    list(&visitor, None, "1").await
}

pub(super) async fn page(visitor: Visitor, Path(number): Path<String>) -> Response {
    list(&visitor, None, &number).await
}

pub(super) async fn tag(visitor: Visitor, Path(tag): Path<String>) -> Response {
    list(&visitor, Some(&tag), "1").await
}

pub(super) async fn tag_page(
    visitor: Visitor,
    Path((tag, number)): Path<(String, String)>,
) -> Response {
    list(&visitor, Some(&tag), &number).await
}

async fn list(visitor: &Visitor, tag: Option<&str>, number: &str) -> Response {
    let Some(page) = Page::parse(tag, number) else {
        return not_found().await;
    };
    let mut main = String::new();
    let mut path = "/".to_owned();
    // A tag that no quotation has is shown and not linked: it may hold any character.
    if let Some(tag) = tag.map(Escaped) {
        main += &format!("<h3>Viewing tag: <a href=\"/tag/{tag}/page/1/\">{tag}</a></h3>\n");
        path = format!("/tag/{tag}/");
    }
    if page.quotes.is_empty() {
        main += "No quotes found!\n";
    }
    for quote in &page.quotes {
        main += &quote_box(quote, visitor);
    }
    main += &pager(&path, &page);
    layout(visitor, &with_tags_box(&main)).into_response()
}

/// One quotation as the lists and the random page show it.
pub(super) fn quote_box(quote: &Quote, visitor: &Visitor) -> String {
    let Quote { text, author, tags } = quote;
    let (text, name) = (Escaped(text), Escaped(&author.name));
    let slug = &author.slug;
    let goodreads = if visitor.logged_in {
        let link = Escaped(&author.goodreads_link()).to_string();
        format!("\n            - <a href=\"http://goodreads.com{link}\">(Goodreads page)</a>")
    } else {
        String::new()
    };
    let keywords = tags.join(",");
    let links: String = tags
        .iter()
        .map(|tag| format!("            <a class=\"tag\" href=\"/tag/{tag}/\">{tag}</a>\n"))
        .collect();
    format!(
        r#"    <div class="quote" itemscope itemtype="http://schema.org/CreativeWork">
        <span class="text" itemprop="text">{text}</span>
        <span>by <small class="author" itemprop="author">{name}</small>
            <a href="/author/{slug}">(about)</a>{goodreads}
        </span>
        <div class="tags">
            Tags:
            <meta class="keywords" itemprop="keywords" content="{keywords}">
{links}        </div>
    </div>
"#
    )
}
