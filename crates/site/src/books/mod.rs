//! The stand-in for `books.toscrape.com`: 1,000 invented books in 50 categories, twenty a page.

mod data;
mod layout;
mod list;
mod media;
mod product;
mod words;

use axum::Router;
use axum::http::header;
use axum::middleware::from_fn;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::page::not_found;
use crate::validators::with_etag;

/// The routes of the shop.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(list::home))
        .route("/index.html", get(list::home))
        .route("/catalogue/{file}", get(list::catalogue))
        .route("/catalogue/category/books_1/{file}", get(list::all_books))
        .route(
            "/catalogue/category/books/{category}/{file}",
            get(list::category),
        )
        .route("/catalogue/{book}/index.html", get(product::product))
        .route("/media/cache/{first}/{second}/{file}", get(media::cover))
        .route("/static/oscar/css/styles.css", get(style))
        .fallback(not_found)
        .layer(from_fn(with_etag))
}

async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        include_str!("../../assets/static/books.css"),
    )
}
