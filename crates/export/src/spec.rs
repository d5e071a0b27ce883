//! What a place given as text means.

use std::path::{Path, PathBuf};

use huntsman_core::{ExportError, Url};

use crate::formats::{self, Known};

/// A place and the format in it.
#[derive(Debug)]
pub(crate) struct Spec {
    /// As it was given.
    pub(crate) given: String,
    /// The file; none for standard output.
    pub(crate) path: Option<PathBuf>,
    pub(crate) format: &'static Known,
}

impl Spec {
    pub(crate) fn parse(given: &str) -> Result<Self, ExportError> {
        let (place, query) = given.rsplit_once('?').unwrap_or((given, ""));
        let asked = format_of_query(given, query)?;
        let path = match place {
            "" => {
                return Err(refused(
                    "a place to write to is missing: name a file, or `-`",
                ));
            }
            "-" => None,
            _ if place.starts_with("file:") => Some(path_of_url(place)?),
            _ => Some(path_of_text(place)?),
        };
        let format = match (asked, &path) {
            (Some(asked), _) => asked,
            (None, None) => formats::LINES,
            // A device or a pipe has no ending: it is a stream like standard output.
            (None, Some(path)) if path.extension().is_none() && is_stream(path) => formats::LINES,
            (None, Some(path)) => format_of_ending(place, path)?,
        };
        Ok(Self {
            given: given.to_owned(),
            path,
            format,
        })
    }
}

/// Whether there is something at `path` that is neither a file nor a folder.
fn is_stream(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

fn refused(reason: impl Into<String>) -> ExportError {
    ExportError::Place(reason.into())
}

/// `known`, the nearest to `word` first.
fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let word = word.to_ascii_lowercase();
    let mut known: Vec<_> = known.into_iter().collect();
    known.sort_by_key(|name| strsim::damerau_levenshtein(&word, name));
    known
}

fn format_of_query(given: &str, query: &str) -> Result<Option<&'static Known>, ExportError> {
    let mut asked = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if key != "format" {
            return Err(refused(format!(
                "`{}` has the unknown key `{}` after its `?`: there is format",
                given.escape_debug(),
                key.escape_debug()
            )));
        }
        let found = formats::named(value).ok_or_else(|| {
            refused(format!(
                "`{}` asks for the unknown format `{}`: there are {}",
                given.escape_debug(),
                value.escape_debug(),
                nearest(value, formats::names()).join(", ")
            ))
        })?;
        if asked.replace(found).is_some() {
            return Err(refused(format!(
                "`{}` names its format twice",
                given.escape_debug()
            )));
        }
    }
    Ok(asked)
}

fn format_of_ending(place: &str, path: &Path) -> Result<&'static Known, ExportError> {
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    formats::named(&ending).ok_or_else(|| {
        let known = nearest(&ending, formats::names());
        let known: Vec<_> = known.iter().map(|name| format!(".{name}")).collect();
        let what = if ending.is_empty() {
            "no ending"
        } else {
            "an unknown ending"
        };
        refused(format!(
            "`{}` has {what}: there are {}; or add ?format=NAME",
            place.escape_debug(),
            known.join(", ")
        ))
    })
}

fn path_of_text(place: &str) -> Result<PathBuf, ExportError> {
    if let Some((scheme, _)) = place.split_once("://") {
        return Err(refused(format!(
            "`{}` has the unknown scheme `{}`: there are file, or a path without a scheme",
            place.escape_debug(),
            scheme.escape_debug()
        )));
    }
    named_file(place, PathBuf::from(place))
}

fn path_of_url(place: &str) -> Result<PathBuf, ExportError> {
    let path = match Url::parse(place) {
        // `file:out.json` would silently mean `/out.json`.
        Ok(url) if place.starts_with("file:/") => url.to_file_path().ok(),
        _ => None,
    };
    let path = path.ok_or_else(|| {
        let place = place.escape_debug();
        refused(format!(
            "`{place}` is not a local file URL: write file:///path/to/file"
        ))
    })?;
    named_file(place, path)
}

fn named_file(place: &str, path: PathBuf) -> Result<PathBuf, ExportError> {
    if place.ends_with(['/', std::path::MAIN_SEPARATOR]) || path.file_name().is_none() {
        return Err(refused(format!(
            "`{}` names a folder: name a file",
            place.escape_debug()
        )));
    }
    if place.contains('\0') {
        return Err(refused(format!(
            "`{}` has a NUL character",
            place.escape_debug()
        )));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_or_the_query_names_the_format() {
        for (place, path, format) in [
            ("out.json", Some("out.json"), "json"),
            ("a/b.c/out.JSON", Some("a/b.c/out.JSON"), "json"),
            ("out.jsonl", Some("out.jsonl"), "jsonl"),
            ("out.jl", Some("out.jl"), "jsonl"),
            ("out.ndjson", Some("out.ndjson"), "jsonl"),
            ("./out.csv", Some("./out.csv"), "csv"),
            ("out.txt?format=csv", Some("out.txt"), "csv"),
            ("out.csv?format=json", Some("out.csv"), "json"),
            ("out.csv?", Some("out.csv"), "csv"),
            ("out?format=jl", Some("out"), "jsonl"),
            ("-", None, "jsonl"),
            ("-?format=csv", None, "csv"),
            ("file:///tmp/a%20b%3F.csv", Some("/tmp/a b?.csv"), "csv"),
            ("file:/tmp/x?format=json", Some("/tmp/x"), "json"),
            ("/dev/full?format=json", Some("/dev/full"), "json"),
        ] {
            let spec = Spec::parse(place).unwrap();
            assert_eq!(spec.given, place);
            assert_eq!(spec.path.as_deref(), path.map(Path::new), "{place}");
            assert_eq!(spec.format.names[0], format, "{place}");
        }
    }

    #[test]
    fn what_is_unknown_is_refused_in_one_line_that_names_the_nearest_first() {
        for (place, part) in [
            ("", "missing"),
            ("?format=csv", "missing"),
            (
                "out.jsn",
                "`out.jsn` has an unknown ending: there are .json, ",
            ),
            ("out.cvs", "there are .csv, "),
            ("out", "`out` has no ending"),
            (".json", "no ending"),
            ("out.json.gz", "an unknown ending"),
            ("x?format=xml", "the unknown format `xml`: there are"),
            ("x?format=ndjsn", "there are ndjson, "),
            ("x?format=", "unknown format ``"),
            ("x?format", "unknown format ``"),
            (
                "x.csv?fmt=csv",
                "the unknown key `fmt` after its `?`: there is format",
            ),
            ("x?format=csv&format=json", "twice"),
            ("s3://bucket/x.json", "the unknown scheme `s3`"),
            ("file:x.json", "file:///"),
            ("file://host/x.json", "file:///"),
            ("folder/", "names a folder"),
            ("..?format=json", "names a folder"),
            ("a\n\0.json", "NUL"),
        ] {
            let error = Spec::parse(place).unwrap_err();
            assert!(matches!(error, ExportError::Place(_)));
            let text = error.to_string();
            assert!(text.contains(part), "{place:?}: {text}");
            assert!(!text.contains(['\n', '\0']), "{place:?}: {text}");
        }
    }
}
