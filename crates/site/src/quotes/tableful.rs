//! The same lists in nested tables without classes: only the place of a cell says what it holds.

use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};

use super::data::{Page, Quote, TOP_TAGS};
use crate::page::{Escaped, not_found};

pub(super) async fn first() -> Response {
    list(None, "1").await
}

pub(super) async fn page(Path(number): Path<String>) -> Response {
    list(None, &number).await
}

pub(super) async fn tag(Path(tag): Path<String>) -> Response {
    list(Some(&tag), "1").await
}

pub(super) async fn tag_page(Path((tag, number)): Path<(String, String)>) -> Response {
    list(Some(&tag), &number).await
}

async fn list(tag: Option<&str>, number: &str) -> Response {
    let Some(page) = Page::parse(tag, number) else {
        return not_found().await;
    };
    let path = tag.map_or_else(
        || "/tableful/".to_owned(),
        |tag| format!("/tableful/tag/{}/", Escaped(tag)),
    );
    let mut rows: String = page.quotes.iter().map(|quote| quote_rows(quote)).collect();
    if page.quotes.is_empty() {
        rows += "                    <tr><td>No quotes found!</td></tr>\n";
    }
    rows += &pager_row(&path, &page);
    let tags: String = TOP_TAGS.iter().map(|(tag, _)| tag_row(tag)).collect();
    Html(document(&rows, &tags)).into_response()
}

fn quote_rows(quote: &Quote) -> String {
    let (text, name) = (Escaped(&quote.text), Escaped(&quote.author.name));
    let link = |tag: &String| format!(" <a href=\"/tableful/tag/{tag}/\">{tag}</a>");
    let tags: String = quote.tags.iter().map(link).collect();
    format!(
        r#"                    <tr style="border-bottom: 0px">
                        <td style="padding-top: 2em">{text} Author: {name}</td>
                    </tr>
                    <tr style="border-bottom: 0px">
                        <td style="padding-bottom: 2em">Tags:{tags}</td>
                    </tr>
"#
    )
}

fn pager_row(path: &str, page: &Page) -> String {
    let link =
        |number: usize, label: &str| format!("<a href=\"{path}page/{number}/\">{label}</a> ");
    let previous = (page.number > 1).then(|| link(page.number - 1, "&larr; Previous"));
    let next = page.has_next.then(|| link(page.number + 1, "Next &rarr;"));
    let (previous, next) = (previous.unwrap_or_default(), next.unwrap_or_default());
    format!("                    <tr><td>{previous}{next}</td></tr>\n")
}

fn tag_row(tag: &str) -> String {
    format!("                    <tr><td><a href=\"/tableful/tag/{tag}/\">{tag}</a></td></tr>\n")
}

fn document(rows: &str, tags: &str) -> String {
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
    <meta charset="UTF-8">
    <title>Quotes to Scrape</title>
</head>
<body>
    <table border="0" cellpadding="0" cellspacing="0" width="100%">
        <tr>
            <td colspan="2"><h1><a href="/tableful/">Quotes to Scrape</a></h1></td>
        </tr>
        <tr>
            <td width="70%">
                <table border="0" width="100%">
{rows}                </table>
            </td>
            <td valign="top">
                <table border="0">
                    <tr><td><h2>Top Ten tags</h2></td></tr>
{tags}                </table>
            </td>
        </tr>
    </table>
</body>
</html>
"#
    )
}
