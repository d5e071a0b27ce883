//! Tokens that only this server can make, without a table of the ones made.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// Signs texts with a key drawn at start-up. Good enough for a practice site, not for a secret.
#[derive(Debug, Default)]
pub(crate) struct Signer {
    key: RandomState,
    made: AtomicU64,
}

impl Signer {
    /// A token of 32 hexadecimal digits, different at each call.
    pub(crate) fn token(&self) -> String {
        let n = self.made.fetch_add(1, Ordering::Relaxed);
        format!(
            "{:016x}{:016x}",
            self.key.hash_one(("token", n)),
            self.key.hash_one((n, "token"))
        )
    }

    /// The signature of a text: 16 hexadecimal digits.
    pub(crate) fn sign(&self, text: &str) -> String {
        format!("{:016x}", self.key.hash_one(("signature", text)))
    }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The text in Base64 with padding (RFC 4648 §4).
pub(crate) fn base64(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len().div_ceil(3) * 4);
    for group in text.as_bytes().chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let index = (bits >> (18 - 6 * digit)) & 63;
            let padding = digit > group.len();
            encoded.push(if padding {
                '='
            } else {
                char::from(DIGITS[index as usize])
            });
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_agrees_with_the_vectors_of_rfc_4648() {
        let vectors = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
        let expected = [
            "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy",
        ];
        assert_eq!(vectors.map(base64), expected);
    }

    #[test]
    fn tokens_differ_and_signatures_depend_on_text_and_key() {
        let (signer, other) = (Signer::default(), Signer::default());
        assert_ne!(signer.token(), signer.token());
        assert_eq!(signer.sign("a"), signer.sign("a"));
        assert_ne!(signer.sign("a"), signer.sign("b"));
        assert_ne!(signer.sign("a"), other.sign("a"));
    }
}
