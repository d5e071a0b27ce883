//! Login by a form with a token against cross-site requests, and logout.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Deserialize;

use super::Memory;
use super::layout::layout;
use super::visitor::{Visitor, no_session_cookie, session_cookie};
use crate::redirect::redirect;

/// The fields of the form; one left out counts as empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Credentials {
    csrf_token: String,
    username: String,
}

pub(super) async fn form(visitor: Visitor, State(memory): State<Arc<Memory>>) -> Response {
    show(&visitor, &memory, None)
}

pub(super) async fn login(
    visitor: Visitor,
    State(memory): State<Arc<Memory>>,
    Form(sent): Form<Credentials>,
) -> Response {
    if visitor.csrf_token.as_deref() != Some(sent.csrf_token.as_str()) {
        return show(
            &visitor,
            &memory,
            Some("The token of the form is not the one of this session."),
        );
    }
    if sent.username.is_empty() {
        return show(&visitor, &memory, Some("Please say your username."));
    }
    home(session_cookie(&memory, &sent.csrf_token, true))
}

pub(super) async fn logout() -> Response {
    home(no_session_cookie())
}

fn home(cookie: String) -> Response {
    (
        [(header::SET_COOKIE, cookie)],
        redirect(StatusCode::FOUND, "/"),
    )
        .into_response()
}

/// The form, with a token of its own, which the cookie holds as well.
fn show(visitor: &Visitor, memory: &Memory, error: Option<&str>) -> Response {
    let token = memory.signer.token();
    let error = error
        .map(|error| format!("        <p class=\"error\">{error}</p>\n"))
        .unwrap_or_default();
    let body = format!(
        r#"{error}        <form action="/login" method="post" accept-charset="utf-8">
            <input type="hidden" name="csrf_token" value="{token}">
            <div class="row">
                <label for="username">Username</label>
                <input type="text" class="form-control" id="username" name="username">
            </div>
            <div class="row">
                <label for="password">Password</label>
                <input type="password" class="form-control" id="password" name="password">
            </div>
            <input type="submit" value="Login" class="btn btn-primary">
        </form>"#
    );
    let cookie = session_cookie(memory, &token, visitor.logged_in);
    ([(header::SET_COOKIE, cookie)], layout(visitor, &body)).into_response()
}
