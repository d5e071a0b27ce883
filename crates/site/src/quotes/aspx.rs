//! A search in the ASP.NET manner: each step sends the state of the page back with the form.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;

use super::Memory;
use super::data::{AUTHORS, QUOTES, Quote};
use super::layout::layout;
use super::visitor::Visitor;
use crate::page::Escaped;
use crate::signer::{Signer, base64};

/// What a select shows while nothing is chosen.
const NOTHING: &str = "----------";

/// The fields of the form; one left out counts as empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    author: String,
    tag: String,
    #[serde(rename = "__VIEWSTATE")]
    view_state: String,
}

/// What the page shows.
#[derive(Default)]
struct View<'a> {
    author: &'a str,
    tags: BTreeSet<&'a str>,
    tag: &'a str,
    found: Vec<&'a Quote>,
    error: Option<&'a str>,
}

pub(super) async fn search(visitor: Visitor, State(memory): State<Arc<Memory>>) -> Html<String> {
    show(&visitor, &memory.signer, &View::default())
}

/// With an author, the tags to choose from; with a tag as well, the quotations. The second step
/// needs the state that the first one handed out for this author.
pub(super) async fn filter(
    visitor: Visitor,
    State(memory): State<Arc<Memory>>,
    Form(sent): Form<Filter>,
) -> Response {
    let signer = &memory.signer;
    let author = if sent.author == NOTHING {
        ""
    } else {
        sent.author.as_str()
    };
    let tag = if sent.tag == NOTHING {
        ""
    } else {
        sent.tag.as_str()
    };
    let tags = tags_of(author);
    let issued = AUTHORS
        .iter()
        .map(|author| author.name.as_str())
        .chain([""]);
    let error = if !issued
        .into_iter()
        .any(|name| view_state(signer, name) == sent.view_state)
    {
        Some("The state of the page is not one that this server handed out.")
    } else if !tag.is_empty() && sent.view_state != view_state(signer, author) {
        Some("The state of the page is that of another author.")
    } else if !author.is_empty() && tags.is_empty() {
        Some("There is no such author.")
    } else {
        None
    };
    if error.is_some() {
        let view = View {
            error,
            ..View::default()
        };
        return (StatusCode::BAD_REQUEST, show(&visitor, signer, &view)).into_response();
    }
    let wanted =
        |quote: &&Quote| quote.author.name == author && quote.tags.iter().any(|has| has == tag);
    let found = QUOTES.iter().filter(wanted).collect();
    show(
        &visitor,
        signer,
        &View {
            author,
            tags,
            tag,
            found,
            error,
        },
    )
    .into_response()
}

fn tags_of(author: &str) -> BTreeSet<&'static str> {
    let by = QUOTES.iter().filter(|quote| quote.author.name == author);
    by.flat_map(|quote| &quote.tags)
        .map(String::as_str)
        .collect()
}

/// The state of a page where `author` is chosen (none: empty), with its tags, signed.
fn view_state(signer: &Signer, author: &str) -> String {
    let tags: Vec<_> = tags_of(author).into_iter().collect();
    let state = format!("{author},{}", tags.join(","));
    base64(&format!("{},{state}", signer.sign(&state)))
}

fn show(visitor: &Visitor, signer: &Signer, view: &View<'_>) -> Html<String> {
    let error = view
        .error
        .map(|error| format!("        <p class=\"error\">{error}</p>\n"))
        .unwrap_or_default();
    let authors = options(
        AUTHORS.iter().map(|author| author.name.as_str()),
        view.author,
    );
    let tags = options(view.tags.iter().copied(), view.tag);
    let state = view_state(signer, view.author);
    let results: String = view
        .found
        .iter()
        .map(|quote| result(quote, view.tag))
        .collect();
    let body = format!(
        r#"{error}        <form id="filterform" name="filterform" method="post" action="/filter.aspx" accept-charset="utf-8">
            <label for="author">Author:</label>
            <select name="author" id="author" class="form-control" onchange="this.form.submit()">
{authors}            </select>
            <label for="tag">Tag:</label>
            <select name="tag" id="tag" class="form-control">
{tags}            </select>
            <input type="submit" name="submit_button" value="Search" class="btn btn-default">
            <input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{state}">
        </form>
        <div class="results">
{results}        </div>"#
    );
    layout(visitor, &body)
}

fn options<'a>(values: impl Iterator<Item = &'a str>, chosen: &str) -> String {
    let option = |value: &str| {
        let selected = if value == chosen { " selected" } else { "" };
        let value = Escaped(value);
        format!("                <option value=\"{value}\"{selected}>{value}</option>\n")
    };
    [NOTHING].into_iter().chain(values).map(option).collect()
}

fn result(quote: &Quote, tag: &str) -> String {
    let [text, name, tag] = [&quote.text, quote.author.name.as_str(), tag].map(Escaped);
    format!(
        r#"            <div class="quote">
                <span class="content">{text}</span>
                <span class="author">{name}</span>
                <span class="tag">{tag}</span>
            </div>
"#
    )
}
