//! Endless scrolling: an empty page, and the JSON its script fills it from.

use axum::extract::Query;
use axum::response::{Html, IntoResponse, Response};
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::data::{Page, Quote, TOP_TAGS};
use super::layout::{layout, with_tags_box};
use super::visitor::Visitor;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    page: Option<String>,
    tag: Option<String>,
}

/// `{has_next, page, quotes, tag, top_ten_tags}`; 400 with `{error}` for a page that is no number.
pub(super) async fn quotes(Query(wanted): Query<Wanted>) -> Response {
    let tag = wanted.tag.as_deref().filter(|tag| !tag.is_empty());
    let Some(page) = Page::parse(tag, wanted.page.as_deref().unwrap_or("1")) else {
        let error = json!({"error": "the page must be a number from 1"});
        return (StatusCode::BAD_REQUEST, json_body(&error)).into_response();
    };
    let quotes: Vec<Value> = page.quotes.iter().map(|quote| json_quote(quote)).collect();
    json_body(&json!({
        "has_next": page.has_next,
        "page": page.number,
        "quotes": quotes,
        "tag": tag,
        "top_ten_tags": *TOP_TAGS,
    }))
    .into_response()
}

fn json_body(value: &Value) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/json")],
        value.to_string(),
    )
}

/// A quotation as JSON: `{author: {name, slug, goodreads_link}, tags, text}`.
pub(super) fn json_quote(quote: &Quote) -> Value {
    let author = quote.author;
    json!({
        "author": {
            "goodreads_link": author.goodreads_link(),
            "name": author.name,
            "slug": author.slug,
        },
        "tags": quote.tags,
        "text": quote.text,
    })
}

pub(super) async fn scroll(visitor: Visitor) -> Html<String> {
    let script = include_str!("../../assets/static/quotes.js");
    let main = format!(
        r#"                <div class="quotes"></div>
                <h4 id="loading">Loading...</h4>
                <script>
{script}
var page = 1, hasNext = true, loading = false;
function more() {{
    if (!hasNext || loading || window.innerHeight + window.scrollY < document.body.scrollHeight - 100) return;
    loading = true;
    fetch('/api/quotes?page=' + page).then(function (answer) {{ return answer.json(); }}).then(function (answer) {{
        answer.quotes.forEach(function (quote) {{ show(quote, document.querySelector('.quotes')); }});
        hasNext = answer.has_next;
        page += 1;
        loading = false;
        document.getElementById('loading').style.display = hasNext ? '' : 'none';
        more();
    }});
}}
window.addEventListener('scroll', more);
more();
                </script>"#
    );
    layout(&visitor, &with_tags_box(&main))
}
