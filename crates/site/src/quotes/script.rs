//! Pages whose quotations stand in a script, which writes them into the page.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::api::json_quote;
use super::data::{Page, QUOTES, Quote};
use super::layout::{layout, pager};
use super::visitor::Visitor;
use crate::page::{not_found, notice};

/// Milliseconds until the delayed page shows its quotations, where the address names none.
const DELAY: u64 = 10_000;

#[derive(Debug, Deserialize)]
pub(super) struct Delay {
    delay: Option<String>,
}

pub(super) async fn first(visitor: Visitor) -> Response {
    written(&visitor, "/js/", "1", 0).await
}

pub(super) async fn page(visitor: Visitor, Path(number): Path<String>) -> Response {
    written(&visitor, "/js/", &number, 0).await
}

pub(super) async fn delayed(visitor: Visitor, delay: Query<Delay>) -> Response {
    delayed_page(visitor, Path("1".to_owned()), delay).await
}

pub(super) async fn delayed_page(
    visitor: Visitor,
    Path(number): Path<String>,
    Query(Delay { delay }): Query<Delay>,
) -> Response {
    let Ok(delay) = delay.map_or(Ok(DELAY), |delay| delay.parse()) else {
        let sentence = "The delay must be a number of milliseconds.";
        return notice(StatusCode::BAD_REQUEST, "Bad Request", sentence);
    };
    written(&visitor, "/js-delayed/", &number, delay).await
}

/// The pager has no links: only the script turns the pages.
pub(super) async fn onclick(visitor: Visitor) -> Response {
    let quotes: Vec<&Quote> = QUOTES.iter().collect();
    let last = "var page = 0, quotes = document.querySelector('.quotes');
function turn(by) {
    page = Math.min(Math.max(page + by, 0), Math.ceil(data.length / 10) - 1);
    quotes.textContent = '';
    data.slice(10 * page, 10 * page + 10).forEach(function (quote) { show(quote, quotes); });
}
turn(0);";
    let pager = r#"<nav><ul class="pager">
            <li class="previous"><a style="cursor: pointer" onclick="turn(-1)">Previous</a></li>
            <li class="next"><a style="cursor: pointer" onclick="turn(1)">Next</a></li>
        </ul></nav>"#;
    layout(&visitor, &scripted(&quotes, last, pager)).into_response()
}

async fn written(visitor: &Visitor, path: &str, number: &str, delay: u64) -> Response {
    let Some(page) = Page::parse(None, number) else {
        return not_found().await;
    };
    let write =
        "data.forEach(function (quote) { show(quote, document.querySelector('.quotes')); });";
    let last = match delay {
        0 => write.to_owned(),
        delay => format!("setTimeout(function () {{ {write} }}, {delay});"),
    };
    layout(visitor, &scripted(&page.quotes, &last, &pager(path, &page))).into_response()
}

/// The script with its data, and `last`, which does something with them.
fn scripted(quotes: &[&Quote], last: &str, pager: &str) -> String {
    let quotes: Value = quotes.iter().map(|quote| json_quote(quote)).collect();
    // A script ends at the first `</`, even within a string of it.
    let data = format!("{quotes:#}").replace("</", "<\\/");
    let show = include_str!("../../assets/static/quotes.js");
    format!(
        r#"        <div class="quotes"></div>
        <script>
{show}
var data = {data};
{last}
        </script>
        {pager}"#
    )
}
