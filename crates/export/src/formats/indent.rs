//! The word `indent`.

use huntsman_core::ExportError;

use crate::words::Words;

const SPACES: &str = "                ";

/// As many spaces as `indent` says; none without it.
pub(super) fn indent(words: &Words) -> Result<&'static str, ExportError> {
    let count = words.parse::<usize>("indent")?.unwrap_or_default();
    SPACES.get(..count).ok_or_else(|| {
        let reason = format!("at most {} spaces are written", SPACES.len());
        words.refused("indent", &reason)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_number_of_spaces() {
        let of = |value| indent(&Words::new("x.json", [("indent", value)]));
        assert_eq!(indent(&Words::new("x.json", [])).unwrap(), "");
        assert_eq!((of("0").unwrap(), of("3").unwrap()), ("", "   "));
        for value in ["17", "-1", "tab", ""] {
            let error = of(value).unwrap_err().to_string();
            let start = format!("`x.json` has indent={value}: ");
            assert!(error.starts_with(&start), "{error}");
        }
    }
}
