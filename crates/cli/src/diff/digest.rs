//! Items as digests: of 10^6 of them, only those fit in the memory.

use std::hash::Hasher;

use serde_json::{Number, Value};
use siphasher::sip128::{Hasher128, SipHasher13};

/// The digest of a value; the order of an object's fields does not count, and 1 is 1.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Digest(pub(super) [u64; 2]);

impl Digest {
    pub(super) fn of(value: &Value) -> Self {
        let mut hash = SipHasher13::new();
        feed(value, &mut hash);
        Self::end(&hash)
    }

    /// Of the values of a key, in their order.
    pub(super) fn of_all(values: &[&Value]) -> Self {
        let mut hash = SipHasher13::new();
        hash.write_u8(b'k');
        for value in values {
            feed(value, &mut hash);
        }
        Self::end(&hash)
    }

    fn end(hash: &SipHasher13) -> Self {
        let digest = hash.finish128();
        Self([digest.h1, digest.h2])
    }
}

/// Each value begins with a letter for its type, and says how long it is: none can be another's part.
fn feed(value: &Value, hash: &mut SipHasher13) {
    match value {
        Value::Null => hash.write_u8(b'0'),
        Value::Bool(is) => hash.write(&[b'b', u8::from(*is)]),
        Value::Number(number) => feed_number(number, hash),
        Value::String(text) => {
            hash.write_u8(b's');
            hash.write_usize(text.len());
            hash.write(text.as_bytes());
        }
        Value::Array(values) => {
            hash.write_u8(b'a');
            hash.write_usize(values.len());
            for value in values {
                feed(value, hash);
            }
        }
        Value::Object(fields) => {
            hash.write_u8(b'o');
            hash.write_usize(fields.len());
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| name.as_str());
            for (name, value) in fields {
                hash.write_usize(name.len());
                hash.write(name.as_bytes());
                feed(value, hash);
            }
        }
    }
}

/// Beyond this, not every integer is a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn feed_number(number: &Number, hash: &mut SipHasher13) {
    let whole = number.as_i128().or_else(|| {
        let float = number.as_f64()?;
        let is_whole = float.fract() == 0.0 && float.abs() <= EXACT;
        // Within these bounds the text of an integer is exact.
        is_whole.then(|| format!("{float:.0}").parse().unwrap_or(0))
    });
    match whole {
        Some(whole) => {
            hash.write_u8(b'i');
            hash.write_i128(whole);
        }
        None => {
            hash.write_u8(b'f');
            hash.write_u64(number.as_f64().unwrap_or(f64::NAN).to_bits());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_the_same_has_one_digest() {
        for (a, b) in [
            (
                json!({"a": 1, "b": [2, null]}),
                json!({"b": [2.0, null], "a": 1.0}),
            ),
            (json!(0), json!(-0.0)),
            (json!(-5), json!(-5.0)),
        ] {
            assert_eq!(Digest::of(&a), Digest::of(&b), "{a} {b}");
        }
    }

    #[test]
    fn what_differs_has_another() {
        let all = [
            json!(null),
            json!(false),
            json!(true),
            json!(0),
            json!(1),
            json!(1.5),
            json!("1"),
            json!(""),
            json!([]),
            json!([1]),
            json!([[1]]),
            json!({}),
            json!({"a": 1}),
            json!({"a": null}),
            json!({"a": {"b": 1}}),
            json!({"a": "b1"}),
            json!("null"),
            json!(9_007_199_254_740_993_u64),
            json!(9_007_199_254_740_992_u64),
            json!(1e300),
            json!(u64::MAX),
            json!(i64::MIN),
        ];
        let digests: std::collections::HashSet<_> = all.iter().map(Digest::of).collect();
        assert_eq!(digests.len(), all.len());
        let (a, b, ab) = (json!("a"), json!("b"), json!("ab"));
        assert_ne!(Digest::of_all(&[&a, &b]), Digest::of_all(&[&ab]));
        assert_ne!(Digest::of_all(&[&a]), Digest::of(&a));
    }
}
