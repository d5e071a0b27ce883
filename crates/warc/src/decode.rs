//! Undoing `Content-Encoding`, with a bound on what comes out.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use huntsman_core::{Bytes, FetchError, HeaderMap, RawResponse, header};

/// Encodings in a row that are undone. More than one is a curiosity, many are an attack.
const MOST: usize = 4;

/// The response with its body decompressed, of at most `max` bytes. `Content-Encoding` and
/// `Content-Length`, which no longer fit then, leave with it.
///
/// Gzip, deflate (of zlib or raw), Brotli and Zstandard are known.
///
/// ```
/// use huntsman_core::{RawResponse, Url};
/// let plain = RawResponse::ok(Url::parse("http://a.example/").unwrap(), "hello");
/// assert_eq!(huntsman_warc::decoded(plain.clone(), 5).unwrap().body, "hello");
/// assert_eq!(huntsman_warc::decoded(plain, 4).unwrap_err().kind(), "too large");
/// ```
///
/// # Errors
/// The body is larger, it is not what its encoding says, or the encoding is not known.
pub fn decoded(response: RawResponse, max: u64) -> Result<RawResponse, FetchError> {
    let encodings = encodings(&response.headers);
    if response.body.is_empty() || encodings.is_empty() {
        return match response.body.len() as u64 > max {
            true => Err(FetchError::TooLarge(max)),
            false => Ok(response),
        };
    }
    let body = read(Box::new(&response.body[..]), &encodings, max)?;
    let mut headers = response.headers;
    headers.remove(header::CONTENT_ENCODING);
    headers.remove(header::CONTENT_LENGTH);
    Ok(RawResponse {
        body,
        headers,
        ..response
    })
}

/// The encodings that were applied, in their order; `identity` is none.
pub(crate) fn encodings(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(header::CONTENT_ENCODING);
    let values = values
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()));
    let names = values.flat_map(|value| {
        let names: Vec<String> = value
            .split(',')
            .map(|name| name.trim().to_lowercase())
            .collect();
        names
    });
    names
        .filter(|name| !name.is_empty() && name != "identity")
        .collect()
}

/// Reads `input` to its end, without its encodings.
pub(crate) fn read(
    input: Box<dyn BufRead + '_>,
    encodings: &[String],
    max: u64,
) -> Result<Bytes, FetchError> {
    if encodings.len() > MOST {
        return Err(unknown(&encodings.join(", ")));
    }
    let mut input = input;
    for encoding in encodings.iter().rev() {
        input = undone(input, encoding)?;
    }
    let mut body = Vec::new();
    let whole = input.take(max.saturating_add(1)).read_to_end(&mut body);
    // What came before an error counts, too: who sends too much shall hear that.
    if body.len() as u64 > max {
        return Err(FetchError::TooLarge(max));
    }
    whole.map_err(|error| FetchError::Body(reason(&error)))?;
    Ok(body.into())
}

/// The same of an input that may be empty, and is no encoding then.
pub(crate) fn read_any(
    mut input: Box<dyn BufRead + '_>,
    encodings: &[String],
    max: u64,
) -> Result<Bytes, FetchError> {
    let start = input.fill_buf();
    let is_empty = start
        .map_err(|error| FetchError::Body(reason(&error)))?
        .is_empty();
    read(input, if is_empty { &[] } else { encodings }, max)
}

fn undone<'a>(
    mut input: Box<dyn BufRead + 'a>,
    encoding: &str,
) -> Result<Box<dyn BufRead + 'a>, FetchError> {
    let decoder: Box<dyn Read + 'a> = match encoding {
        "gzip" | "x-gzip" => Box::new(MultiGzDecoder::new(input)),
        // Some servers leave out zlib's two bytes; RFC 9110 §8.4.1.2 has a note on them.
        "deflate" if is_zlib(&mut *input)? => Box::new(ZlibDecoder::new(input)),
        "deflate" => Box::new(DeflateDecoder::new(input)),
        "br" => Box::new(brotli_decompressor::Decompressor::new(input, 4096)),
        "zstd" => {
            let decoder = zstd::stream::read::Decoder::with_buffer(input);
            Box::new(decoder.map_err(|error| FetchError::Body(reason(&error)))?)
        }
        other => return Err(unknown(other)),
    };
    Ok(Box::new(BufReader::new(decoder)))
}

/// RFC 1950 §2.2.
fn is_zlib(input: &mut dyn BufRead) -> Result<bool, FetchError> {
    let start = input.fill_buf();
    let start = start.map_err(|error| FetchError::Body(reason(&error)))?;
    Ok(match start {
        [method, flags, ..] => {
            method & 15 == 8 && (u32::from(*method) * 256 + u32::from(*flags)) % 31 == 0
        }
        _ => false,
    })
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "it is cut off".to_owned(),
        _ => error.to_string(),
    }
}

fn unknown(name: &str) -> FetchError {
    FetchError::Body(format!("the content encoding {name:?} is not known"))
}
