//! `/charset/…`: encodings declared in the header, in the page, wrongly, or not at all.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header;

/// What the texts say, by the encoding they are in.
const UTF_8: &[u8] = "Füße, café, £9".as_bytes();
const WINDOWS_1252: &[u8] = b"F\xfc\xdfe, caf\xe9, \xa39";
/// "Привет"
const WINDOWS_1251: &[u8] = b"\xcf\xf0\xe8\xe2\xe5\xf2";
/// "日本"
const SHIFT_JIS: &[u8] = b"\x93\xfa\x96\x7b";

pub(super) fn router() -> Router {
    let utf_8 = "text/html; charset=utf-8";
    let bare = "text/html";
    Router::new()
        .route(
            "/charset/header",
            get(async || page("text/html; charset=windows-1252", "", WINDOWS_1252)),
        )
        .route(
            "/charset/meta",
            get(async || page(bare, "<meta charset=\"windows-1251\">", WINDOWS_1251)),
        )
        .route(
            "/charset/meta-http-equiv",
            get(async || page(bare, SHIFT_JIS_META, SHIFT_JIS)),
        )
        .route("/charset/none", get(async || page(bare, "", UTF_8)))
        .route(
            "/charset/none-windows-1252",
            get(async || page(bare, "", WINDOWS_1252)),
        )
        .route(
            "/charset/wrong",
            get(async move || page(utf_8, "", WINDOWS_1252)),
        )
        .route(
            "/charset/unknown",
            get(async || page("text/html; charset=x-nothing", "", UTF_8)),
        )
        .route(
            "/charset/contradiction",
            get(async move || page(utf_8, "<meta charset=\"windows-1251\">", UTF_8)),
        )
        .route("/charset/bom", get(byte_order_mark))
}

const SHIFT_JIS_META: &str =
    "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=Shift_JIS\">";

fn page(content_type: &'static str, meta: &str, text: &[u8]) -> Response {
    let mut page =
        format!("<!DOCTYPE html>\n<html><head>{meta}<title>Charset</title></head>\n<body><p>")
            .into_bytes();
    page.extend_from_slice(text);
    page.extend_from_slice(b"</p></body></html>\n");
    ([(header::CONTENT_TYPE, content_type)], page).into_response()
}

/// UTF-16 (low byte first) with its mark, which outranks the header
/// (<https://encoding.spec.whatwg.org/#decode>).
async fn byte_order_mark() -> Response {
    let page = "\u{feff}<!DOCTYPE html>\n<html><head><title>Charset</title></head>\n<body><p>Füße</p></body></html>\n";
    let bytes: Vec<u8> = page.encode_utf16().flat_map(u16::to_le_bytes).collect();
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], bytes).into_response()
}
