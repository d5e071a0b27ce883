//! The stand-in for `quotes.toscrape.com`: 100 quotations by 50 authors, ten a page.

mod api;
mod aspx;
mod author;
mod data;
mod layout;
mod list;
mod login;
mod random;
mod script;
mod tableful;
mod visitor;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use axum::Router;
use axum::routing::{get, post};
use http::{Uri, header};

use crate::redirect::slash_or_not_found;
use crate::signer::Signer;

/// First segments of the paths that end in a slash: without it they redirect.
const WITH_SLASH: [&str; 7] = [
    "author",
    "js",
    "js-delayed",
    "js-onclick",
    "page",
    "tableful",
    "tag",
];

/// What the site remembers between requests: its key, and where the random page stands.
#[derive(Debug, Default)]
struct Memory {
    signer: Signer,
    random: AtomicUsize,
}

/// The routes of the site, with a memory of their own.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(list::first))
        .route("/page/{page}/", get(list::page))
        .route("/tag/{tag}/", get(list::tag))
        .route("/tag/{tag}/page/{page}/", get(list::tag_page))
        .route("/author/{slug}/", get(author::author))
        .route("/login", get(login::form).post(login::login))
        .route("/logout", get(login::logout))
        .route("/scroll", get(api::scroll))
        .route("/api/quotes", get(api::quotes))
        .route("/js/", get(script::first))
        .route("/js/page/{page}/", get(script::page))
        .route("/js-delayed/", get(script::delayed))
        .route("/js-delayed/page/{page}/", get(script::delayed_page))
        .route("/js-onclick/", get(script::onclick))
        .route("/tableful/", get(tableful::first))
        .route("/tableful/page/{page}/", get(tableful::page))
        .route("/tableful/tag/{tag}/", get(tableful::tag))
        .route("/tableful/tag/{tag}/page/{page}/", get(tableful::tag_page))
        .route("/search.aspx", get(aspx::search))
        .route("/filter.aspx", post(aspx::filter))
        .route("/random", get(random::random))
        .route("/static/main.css", get(style))
        .fallback(async |uri: Uri| slash_or_not_found(uri, &WITH_SLASH).await)
        .with_state(Arc::new(Memory::default()))
}

async fn style() -> impl axum::response::IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        include_str!("../../assets/static/quotes.css"),
    )
}
