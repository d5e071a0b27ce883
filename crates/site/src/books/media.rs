//! The covers: a path of its own for every book, a few pictures behind them.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::header;

use super::data::place_of_image;
use crate::page::not_found;

const COVERS: [&[u8]; 5] = [
    include_bytes!("../../assets/covers/cover-1.jpg"),
    include_bytes!("../../assets/covers/cover-2.jpg"),
    include_bytes!("../../assets/covers/cover-3.jpg"),
    include_bytes!("../../assets/covers/cover-4.jpg"),
    include_bytes!("../../assets/covers/cover-5.jpg"),
];

pub(super) async fn cover(Path((first, second, file)): Path<(String, String, String)>) -> Response {
    let path = format!("media/cache/{first}/{second}/{file}");
    let Some(place) = place_of_image(&path) else {
        return not_found().await;
    };
    (
        [(header::CONTENT_TYPE, "image/jpeg")],
        COVERS[place % COVERS.len()],
    )
        .into_response()
}
