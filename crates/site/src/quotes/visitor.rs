//! Who asks: the session cookie, signed by the server, so that no table of sessions is kept.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;

use super::Memory;

const COOKIE: &str = "session";

/// What the session cookie of a request says.
#[derive(Debug, Default)]
pub(super) struct Visitor {
    pub(super) logged_in: bool,
    /// The token of the form that was handed out with the cookie; `None` without a session.
    pub(super) csrf_token: Option<String>,
}

impl FromRequestParts<Arc<Memory>> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        memory: &Arc<Memory>,
    ) -> Result<Self, Infallible> {
        let cookies = parts.headers.get_all(header::COOKIE).into_iter();
        let pairs = cookies
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'));
        let mut sessions = pairs.filter_map(|pair| pair.trim().split_once('='));
        let session = sessions.find(|(name, _)| *name == COOKIE);
        Ok(session
            .and_then(|(_, value)| Self::parse(value, memory))
            .unwrap_or_default())
    }
}

impl Visitor {
    fn parse(cookie: &str, memory: &Memory) -> Option<Self> {
        let (signed, signature) = cookie.rsplit_once('.')?;
        let (token, user) = signed.split_once('.')?;
        let valid = memory.signer.sign(signed) == signature;
        valid.then(|| Self {
            logged_in: user == "1",
            csrf_token: Some(token.to_owned()),
        })
    }
}

/// The `Set-Cookie` value that opens or carries on a session.
pub(super) fn session_cookie(memory: &Memory, csrf_token: &str, logged_in: bool) -> String {
    let signed = format!("{csrf_token}.{}", u8::from(logged_in));
    let signature = memory.signer.sign(&signed);
    format!("{COOKIE}={signed}.{signature}; HttpOnly; Path=/")
}

/// The `Set-Cookie` value that ends a session.
pub(super) fn no_session_cookie() -> String {
    format!("{COOKIE}=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/")
}
