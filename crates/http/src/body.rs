//! The body: read piece by piece, counted after decompression, and no more than allowed.

use huntsman_core::{Bytes, FetchError, HeaderMap, header};

use crate::error::{Allowance, receiving};

/// Reads the whole body of `response`, of at most `max` bytes.
///
/// No more than that and one chunk is held at any time. A body that came as one chunk is not
/// copied.
pub(crate) async fn read(
    response: &mut reqwest::Response,
    max: u64,
    allowance: Allowance,
) -> Result<Bytes, FetchError> {
    // None for a compressed body: its length would say little.
    let announced = response.content_length();
    if announced.is_some_and(|length| length > max) {
        return Err(FetchError::TooLarge(max));
    }
    let mut left = max;
    let mut next = async || -> Result<Option<Bytes>, FetchError> {
        let chunk = response.chunk().await;
        let Some(chunk) = chunk.map_err(|error| receiving(&error, allowance))? else {
            return Ok(None);
        };
        left = left
            .checked_sub(chunk.len() as u64)
            .ok_or(FetchError::TooLarge(max))?;
        Ok(Some(chunk))
    };
    let Some(first) = next().await? else {
        return Ok(Bytes::new());
    };
    let Some(second) = next().await? else {
        return Ok(first);
    };
    let mut gathered = Vec::with_capacity(capacity(announced, first.len() + second.len()));
    gathered.extend_from_slice(&first);
    gathered.extend_from_slice(&second);
    drop((first, second));
    while let Some(chunk) = next().await? {
        grow(&mut gathered, chunk.len(), max);
        gathered.extend_from_slice(&chunk);
    }
    Ok(gathered.into())
}

/// What a server announces is believed only up to here before it has sent anything.
const BELIEVED: u64 = 1024 * 1024;

fn capacity(announced: Option<u64>, have: usize) -> usize {
    let believed = announced.unwrap_or(0).min(BELIEVED);
    usize::try_from(believed).map_or(have, |believed| believed.max(have))
}

/// Makes room for `more` bytes: twice as much as before, but not beyond the limit.
fn grow(gathered: &mut Vec<u8>, more: usize, max: u64) {
    let needed = gathered.len() + more;
    if needed > gathered.capacity() {
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        let capacity = gathered.capacity().saturating_mul(2).min(max).max(needed);
        gathered.reserve_exact(capacity - gathered.len());
    }
}

/// An encoding that is still named is one that was not undone.
pub(crate) fn refuse_encoding(headers: &HeaderMap) -> Result<(), FetchError> {
    for value in headers.get_all(header::CONTENT_ENCODING) {
        let name = String::from_utf8_lossy(value.as_bytes());
        let name = name.trim();
        if !name.is_empty() && !name.eq_ignore_ascii_case("identity") {
            return Err(FetchError::Body(format!(
                "the content encoding {name:?} is not known"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_doubles_up_to_the_limit() {
        let mut gathered = Vec::with_capacity(100);
        gathered.extend_from_slice(&[0; 100]);
        grow(&mut gathered, 1, 1000);
        assert_eq!(gathered.capacity(), 200);
        gathered.extend_from_slice(&[0; 100]);
        grow(&mut gathered, 50, 260);
        assert_eq!(gathered.capacity(), 260);
    }

    #[test]
    fn a_false_announcement_takes_little_memory() {
        assert_eq!(capacity(Some(u64::MAX), 10), 1024 * 1024);
        assert_eq!(capacity(Some(5), 10), 10);
        assert_eq!(capacity(None, 10), 10);
    }
}
