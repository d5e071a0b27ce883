//! Addresses of objects: `s3://BUCKET/KEY`.

use object_store::path::Path;
use thiserror::Error;

/// Longer keys are refused by S3 itself.
const LONGEST_KEY: usize = 1024;

/// Where an object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) bucket: String,
    /// As it is written in the address: nothing in it is decoded.
    pub(crate) key: Path,
}

/// The bucket of addresses that begin with `before` and end with `after`, and what their keys begin
/// with.
pub(crate) fn parse_numbered(before: &str, after: &str) -> Result<(String, String), AddressError> {
    let first = parse(&format!("{before}0{after}"))?;
    let length = first.key.as_ref().len().checked_sub(after.len() + 1);
    let length = length.ok_or(AddressError::Numbered)?;
    let begins = first.key.as_ref()[..length].to_owned();
    Ok((first.bucket, begins))
}

/// Why an address is none of an object. What it says never repeats the part with the bucket: a
/// secret may stand there.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum AddressError {
    #[error("an address is s3://BUCKET/KEY")]
    Form,
    #[error(
        "credentials do not belong in an address: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    )]
    Credentials,
    #[error("the name of a bucket has only letters, digits, `.`, `-` and `_`")]
    Bucket,
    #[error("the number of a batch belongs into the key, not into the bucket's name")]
    Numbered,
    #[error("the key ends with `/`: it names a folder, and there must be the name of an object")]
    Folder,
    #[error("the key has an empty part, between `/` and `/`")]
    Empty,
    #[error("the key has a part `{0}`, which stores and their tools do not keep apart from a path")]
    Dots(String),
    #[error("the key has a control character")]
    Control,
    #[error("the key has {0} bytes; there may be 1024")]
    Long(usize),
}

/// Takes an address without its query apart.
pub(crate) fn parse(address: &str) -> Result<Address, AddressError> {
    let rest = address.split_once("://").ok_or(AddressError::Form)?.1;
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.contains('@') || bucket.contains(':') {
        return Err(AddressError::Credentials);
    }
    if bucket.is_empty() {
        return Err(AddressError::Form);
    }
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || ".-_".contains(letter);
    if !bucket.chars().all(allowed) || bucket.starts_with('.') || bucket.ends_with('.') {
        return Err(AddressError::Bucket);
    }
    Ok(Address {
        bucket: bucket.to_owned(),
        key: key_of(key)?,
    })
}

fn key_of(key: &str) -> Result<Path, AddressError> {
    if key.is_empty() || key.ends_with('/') {
        return Err(AddressError::Folder);
    }
    if key.len() > LONGEST_KEY {
        return Err(AddressError::Long(key.len()));
    }
    for part in key.split('/') {
        match part {
            "" => return Err(AddressError::Empty),
            "." | ".." => return Err(AddressError::Dots(part.to_owned())),
            _ if part.chars().any(char::is_control) => return Err(AddressError::Control),
            _ => {}
        }
    }
    Path::parse(key).map_err(|_| AddressError::Control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_taken_as_they_are() {
        for key in [
            "a",
            "a/b.json",
            "a b%20c",
            "ü/日本.csv",
            "a#b&c=d+e",
            "..a/b..",
            "~$'\"<>",
        ] {
            let address = parse(&format!("s3://my-bucket.x_1/{key}")).unwrap();
            assert_eq!(address.bucket, "my-bucket.x_1");
            assert_eq!(address.key.as_ref(), key);
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        let dots = |part: &str| AddressError::Dots(part.to_owned());
        for (rest, reason) in [
            ("", AddressError::Form),
            ("/key", AddressError::Form),
            ("bucket", AddressError::Folder),
            ("bucket/", AddressError::Folder),
            ("bucket/a/", AddressError::Folder),
            ("bucket//a", AddressError::Empty),
            ("bucket/a//b", AddressError::Empty),
            ("bucket/../b", dots("..")),
            ("bucket/a/..", dots("..")),
            ("bucket/./b", dots(".")),
            ("bucket/a\0b", AddressError::Control),
            ("bucket/a\nb", AddressError::Control),
            ("bucket/a\u{85}b", AddressError::Control),
            ("..", AddressError::Bucket),
            ("../b", AddressError::Bucket),
            ("buck et/a", AddressError::Bucket),
            ("bücket/a", AddressError::Bucket),
            ("bucket%2f/a", AddressError::Bucket),
            ("key:secret@bucket/a", AddressError::Credentials),
            ("host:9000/a", AddressError::Credentials),
        ] {
            assert_eq!(parse(&format!("s3://{rest}")), Err(reason), "{rest:?}");
        }
        assert_eq!(parse("bucket/a"), Err(AddressError::Form));
        let long = parse(&format!("s3://bucket/{}", "k".repeat(1025)));
        assert_eq!(long, Err(AddressError::Long(1025)));
    }

    #[test]
    fn numbers_are_in_keys() {
        let numbered = |before, after| parse_numbered(before, after).unwrap();
        let in_bucket = |begins: &str| ("bucket".to_owned(), begins.to_owned());
        assert_eq!(numbered("s3://bucket/a/b-", ".json"), in_bucket("a/b-"));
        assert_eq!(numbered("s3://bucket/", "/x"), in_bucket(""));
        assert_eq!(numbered("s3://bucket/ü", ""), in_bucket("ü"));
        assert_eq!(
            parse_numbered("s3://buck", "et/a"),
            Err(AddressError::Numbered)
        );
    }

    #[test]
    fn a_secret_is_not_repeated() {
        let error = parse("s3://AKIA:hunter2@bucket/a").unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
