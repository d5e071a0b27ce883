//! Bytes to text: which encoding a page is in, and decoding it.
//!
//! Labels and decoders are those of the [Encoding standard](https://encoding.spec.whatwg.org/);
//! the order follows HTML's
//! [encoding sniffing](https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding),
//! with the whole body at hand.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

mod prescan;

/// Statistics settle long before this.
const DETECTED: usize = 256 * 1024;

/// Decodes a page and names the encoding it was taken to be in, by the standard's name
/// (`"UTF-8"`, `"windows-1252"`, …).
///
/// What decides is, in this order: a byte order mark; the `charset` of the `Content-Type`
/// header value `content_type`; a `<meta>` or XML declaration in the first 1,024 bytes; whether
/// the bytes are valid UTF-8; the statistics of the bytes. A label that is no encoding counts
/// as absent. Malformed sequences become U+FFFD, and a byte order mark is not part of the text.
///
/// ```
/// use huntsman_select::encoding::decode;
///
/// let (text, name) = decode(b"caf\xe9", Some("text/html; charset=ISO-8859-1"));
/// assert_eq!((&*text, name), ("café", "windows-1252"));
/// ```
pub fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> (Cow<'a, str>, &'static str) {
    if let Some((encoding, mark)) = Encoding::for_bom(body) {
        return decoded(&body[mark..], encoding);
    }
    let declared = content_type
        .and_then(|value| prescan::charset_in(value.as_bytes()))
        .and_then(Encoding::for_label)
        .or_else(|| prescan::declared(body));
    if let Some(encoding) = declared {
        return decoded(body, encoding);
    }
    if let Ok(text) = std::str::from_utf8(body) {
        return (Cow::Borrowed(text), UTF_8.name());
    }
    let sample = &body[..body.len().min(DETECTED)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, sample.len() == body.len());
    decoded(body, detector.guess(None, Utf8Detection::Deny))
}

fn decoded<'a>(body: &'a [u8], encoding: &'static Encoding) -> (Cow<'a, str>, &'static str) {
    let (text, _) = encoding.decode_without_bom_handling(body);
    (text, encoding.name())
}

#[cfg(test)]
mod tests {
    use super::decode;

    fn check(body: &[u8], content_type: Option<&str>, text: &str, name: &str) {
        let (decoded, found) = decode(body, content_type);
        assert_eq!(
            (&*decoded, found),
            (text, name),
            "{body:?} {content_type:?}"
        );
    }

    #[test]
    fn byte_order_mark_beats_everything() {
        let latin = Some("text/html; charset=iso-8859-1");
        check(b"\xef\xbb\xbf\xc3\xa9", latin, "é", "UTF-8");
        check(b"\xff\xfe\xe9\x00", latin, "é", "UTF-16LE");
        check(b"\xfe\xff\x00\xe9", None, "é", "UTF-16BE");
    }

    #[test]
    fn header_beats_declarations() {
        let body = b"<meta charset=utf-8>\xe9";
        check(
            body,
            Some("text/html; Charset = \"latin1\""),
            "<meta charset=utf-8>é",
            "windows-1252",
        );
        check(
            b"\xe9\x00",
            Some("text/html;charset=utf-16"),
            "é",
            "UTF-16LE",
        );
    }

    #[test]
    fn unknown_labels_count_as_absent() {
        let page = b"<meta charset=windows-1251>\xe9";
        check(
            page,
            Some("text/html; charset=klingon"),
            "<meta charset=windows-1251>й",
            "windows-1251",
        );
        check(
            "<meta charset=none>é".as_bytes(),
            Some("text/html; charset="),
            "<meta charset=none>é",
            "UTF-8",
        );
    }

    #[test]
    fn reads_meta_elements_as_browsers_do() {
        for (head, name) in [
            ("<meta charset=windows-1252>", "windows-1252"),
            ("<META name=a CHARSET = 'ISO-8859-2' >", "ISO-8859-2"),
            (
                "<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>",
                "KOI8-R",
            ),
            (
                "<meta content=\"a;charset='shift_jis'\" http-equiv='content-type'>",
                "Shift_JIS",
            ),
            (
                "<meta content='text/html; charset=koi8-r'><meta charset=big5>",
                "Big5",
            ),
            ("<!-- <meta charset=koi8-r> --><meta charset=gbk>", "GBK"),
            ("<a title='<meta charset=koi8-r>'><meta/charset=gbk>", "GBK"),
            ("<!doctype html></p><?x?><meta charset=euc-kr>", "EUC-KR"),
            ("<meta charset=utf-16le>", "UTF-8"),
            ("<meta charset=x-user-defined>", "windows-1252"),
            ("<?xml version='1.0' encoding='iso-8859-5'?>", "ISO-8859-5"),
            ("<?xml version='1.0' encoding=\"utf-16\"?>", "UTF-8"),
            ("<?xml encoding='koi8-r'?><meta charset=gbk>", "GBK"),
            ("<metadata charset=koi8-r>é", "UTF-8"),
            ("<meta charset", "UTF-8"),
        ] {
            assert_eq!(decode(head.as_bytes(), None).1, name, "{head}");
        }
        let late = format!("{}<meta charset=koi8-r>", " ".repeat(1024));
        assert_eq!(decode(late.as_bytes(), None).1, "UTF-8");
    }

    #[test]
    fn detects_what_is_not_declared() {
        let text = "これは日本語の文章です。ウェブページの文字コードを調べます。";
        let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(text);
        check(&bytes, None, text, "Shift_JIS");
        check("naïve".as_bytes(), Some("text/html"), "naïve", "UTF-8");
        check(b"na\xefve caf\xe9", None, "naïve café", "windows-1252");
        check(b"", None, "", "UTF-8");
    }

    #[test]
    fn malformed_sequences_are_replaced() {
        check(
            b"a\xffb",
            Some("text/html; charset=utf-8"),
            "a\u{fffd}b",
            "UTF-8",
        );
    }
}
