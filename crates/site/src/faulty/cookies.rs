//! `/cookies/set` sets a cookie, `/cookies/show` shows the ones that came back.

use axum::Router;
use axum::extract::Query;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use crate::page::{Escaped, notice};
use crate::redirect::redirect;

pub(super) fn router() -> Router {
    Router::new()
        .route("/cookies/set", get(set))
        .route("/cookies/show", get(show))
}

#[derive(Debug, Deserialize)]
#[serde(default)]
struct Cookie {
    name: String,
    value: String,
}

impl Default for Cookie {
    fn default() -> Self {
        Self {
            name: "taste".to_owned(),
            value: "oatmeal".to_owned(),
        }
    }
}

/// Sets `?name=` to `?value=` and redirects to the page that shows it.
async fn set(Query(Cookie { name, value }): Query<Cookie>) -> Response {
    // The characters of RFC 6265 §4.1.1: less than browsers take, and safe in a header.
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let octet = |c: char| c.is_ascii_graphic() && !"\",;\\".contains(c);
    if name.is_empty() || !name.chars().all(token) || !value.chars().all(octet) {
        let sentence = "The name or the value of the cookie holds a character that none may hold.";
        return notice(StatusCode::BAD_REQUEST, "Bad Request", sentence);
    }
    let cookie = [(header::SET_COOKIE, format!("{name}={value}; Path=/"))];
    (cookie, redirect(StatusCode::FOUND, "/cookies/show")).into_response()
}

async fn show(headers: HeaderMap) -> Html<String> {
    let values = headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    let pairs = values.flat_map(|value| value.split(';')).map(str::trim);
    let items: String = pairs
        .map(|pair| format!("<li class=\"cookie\">{}</li>\n", Escaped(pair)))
        .collect();
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"UTF-8\"><title>Cookies</title></head>\n\
         <body>\n<h1>Cookies</h1>\n<ul>\n{items}</ul>\n</body>\n</html>\n"
    ))
}
