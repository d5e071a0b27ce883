//! The page of an author.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::data;
use super::layout::layout;
use super::visitor::Visitor;
use crate::page::{Escaped, not_found};

pub(super) async fn author(visitor: Visitor, Path(slug): Path<String>) -> Response {
    let Some(author) = data::author(&slug) else {
        return not_found().await;
    };
    let [name, born, place, description] = [
        &author.name,
        &author.born,
        &author.place,
        &author.description,
    ]
    .map(|text| Escaped(text));
    // The heading is closed by the wrong tag, as on the public site: parsers have to cope.
    let body = format!(
        r#"        <div class="author-details">
            <h3 class="author-title">{name}</h2>
            <p><strong>Born:</strong> <span class="author-born-date">{born}</span> <span class="author-born-location">{place}</span></p>
            <p><strong>Description:</strong></p>
            <div class="author-description">
                {description}
            </div>
        </div>"#
    );
    layout(&visitor, &body).into_response()
}
