//! Paths of violations, as places of a type: without the indices and keys of one item.

use std::borrow::Cow;

/// `path` without indices and map keys: `tags[3].name` is `tags.name`.
pub(crate) fn plain(path: &str) -> Cow<'_, str> {
    if !path.contains('[') {
        return Cow::Borrowed(path);
    }
    let mut left = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(open) = rest.find('[') {
        left.push_str(&rest[..open]);
        rest = &rest[open + step(&rest[open..])..];
    }
    left.push_str(rest);
    Cow::Owned(left)
}

/// How many bytes the step `[3]` or `["key"]` takes that `text` starts with.
fn step(text: &str) -> usize {
    let quoted = text[1..].starts_with('"');
    let (mut within, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if within => escaped = true,
            b'"' if quoted => within = !within,
            b']' if !within => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Whether `path` is `outer` or within it; all are within the empty one.
pub(crate) fn covers(outer: &str, path: &str) -> bool {
    path.strip_prefix(outer)
        .is_some_and(|rest| outer.is_empty() || rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_and_keys_are_left_out() {
        for (path, expected) in [
            ("", ""),
            ("price", "price"),
            ("tags[3]", "tags"),
            ("tags[3].name", "tags.name"),
            ("a[0][1].b", "a.b"),
            ("scores[\"k\"].n", "scores.n"),
            ("scores[\"a]\\\".b\"].n", "scores.n"),
            ("scores[\"never closed", "scores"),
            ("[0]", ""),
        ] {
            assert_eq!(plain(path), expected, "{path}");
        }
    }

    #[test]
    fn a_path_covers_what_is_within_it() {
        assert!(covers("address", "address"));
        assert!(covers("address", "address.zip"));
        assert!(covers("", "address"));
        assert!(!covers("address", "addresses"));
        assert!(!covers("address.zip", "address"));
    }
}
