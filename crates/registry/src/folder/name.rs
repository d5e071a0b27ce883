//! Names of subjects as names of folders.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::error::{Code, RegistryError};

/// What is written as a code: whatever a file system or a shell could take for something else. A
/// point is one only where it comes first, which [`folder`] sees to.
const CODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b'*')
    .add(b'/')
    .add(b':')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'|');

/// File systems take so many bytes.
const LONGEST: usize = 255;

/// The name of a subject's folder.
pub(super) fn folder(subject: &str) -> String {
    let coded = utf8_percent_encode(subject, CODED).to_string();
    match coded.strip_prefix('.') {
        Some(rest) => format!("%2E{rest}"),
        None => coded,
    }
}

/// The subject of a folder of this name.
pub(super) fn subject(folder: &str) -> Option<String> {
    let decoded = percent_decode_str(folder).decode_utf8().ok()?;
    Some(decoded.into_owned()).filter(|name| self::folder(name) == folder)
}

/// An error unless a subject may be called so.
pub(super) fn demand(subject: &str) -> Result<(), RegistryError> {
    let is_plain = !subject.is_empty() && !subject.chars().any(char::is_control);
    match is_plain && folder(subject).len() <= LONGEST {
        true => Ok(()),
        false => Err(RegistryError::refused(
            Code::InvalidSubject,
            format!("no subject may be called {subject:?}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for (name, expected) in [
            ("quotes-value", "quotes-value"),
            ("org.shop.Book", "org.shop.Book"),
            ("..", "%2E."),
            (".", "%2E"),
            ("../x", "%2E.%2Fx"),
            ("/etc", "%2Fetc"),
            (":.ctx:a", "%3A.ctx%3Aa"),
            ("C:\\x", "C%3A%5Cx"),
        ] {
            assert_eq!(folder(name), expected);
        }
        for name in ["", "a\0b", "a\nb", &"x".repeat(256)] {
            assert!(demand(name).is_err(), "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn each_name_has_its_own_folder(name in "\\PC{1,40}") {
            let folder = folder(&name);
            prop_assert!(!folder.contains('/') && !folder.starts_with('.'));
            prop_assert_eq!(subject(&folder), Some(name));
        }
    }
}
