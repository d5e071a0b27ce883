//! What a feed is to be: an address with its words, from the command line or a table.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use huntsman_core::ExportError;
use huntsman_core::nearest::nearest_first;

use crate::catalog::Catalog;
use crate::connector::Connector;
use crate::feed::Mode;
use crate::format::Format;
use crate::hidden::hidden;
use crate::locate::{Scheme, file_name, is_stream, path_of, real, scheme_of};
use crate::place::Place;
use crate::secret::Secrets;
use crate::words::{Words, printable};
use crate::{plan, query, select};

/// A feed that was asked for: what to open, and how.
#[derive(Debug)]
pub(crate) struct Spec {
    /// What reports call it, without a password.
    pub(crate) name: String,
    /// The address without our words.
    pub(crate) address: String,
    /// Equal for two feeds of one place, whatever they call it.
    pub(crate) identity: String,
    pub(crate) target: Target,
    pub(crate) mode: Mode,
    /// The crawl can do without it.
    pub(crate) optional: bool,
    pub(crate) words: Words,
    /// What no error may repeat.
    pub(crate) secrets: Secrets,
}

/// What takes the records.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    Files {
        format: Arc<dyn Format>,
        place: Arc<dyn Place>,
    },
    System(Arc<dyn Connector>),
}

/// Words of every feed.
const EVERY: [&str; 2] = ["overwrite", "on_error"];
/// Endings of compressed files, and what `compress` says for them.
const COMPRESSED: [(&str, &str); 3] = [("gz", "gzip"), ("zst", "zstd"), ("zstd", "zstd")];

impl Spec {
    /// An address with its words behind a `?`.
    pub(crate) fn of_address(
        catalog: &Catalog,
        given: &str,
        mode: Mode,
    ) -> Result<Self, ExportError> {
        let name = printable(&hidden("place", given));
        let label = name.split('?').next().unwrap_or_default();
        Reading::new(catalog, label.to_owned(), given)?.finish(name, Some(mode))
    }

    /// A table: the same words, and `place`.
    pub(crate) fn of_table(
        catalog: &Catalog,
        name: &str,
        words: &BTreeMap<String, String>,
    ) -> Result<Self, ExportError> {
        let label = format!("deliver.{name}");
        let Some(place) = words.get("place") else {
            return Err(refused(format!(
                "`{label}` has no place: add place = \"items.jsonl\""
            )));
        };
        let shown = format!("{name} ({})", printable(&hidden("place", place)));
        let mut reading = Reading::new(catalog, label, place)?;
        for (word, value) in words.iter().filter(|(word, _)| *word != "place") {
            if reading.is_own(word) {
                let value = reading.filled(value, str::to_owned)?;
                reading.add_own(word, &query::encoded(&value));
            } else {
                reading.add(word, value)?;
            }
        }
        reading.finish(shown, None)
    }
}

/// An address of which the target is known, and the words that came with it.
struct Reading<'a> {
    catalog: &'a Catalog,
    /// What messages call the feed.
    label: String,
    address: String,
    target: Scheme,
    words: BTreeMap<String, String>,
    /// Words that are the connector's own, as they are written.
    own: Vec<String>,
    secrets: Secrets,
}

impl<'a> Reading<'a> {
    fn new(catalog: &'a Catalog, label: String, given: &'a str) -> Result<Self, ExportError> {
        let (address, words) = given.split_once('?').unwrap_or((given, ""));
        if address.is_empty() {
            return Err(refused(
                "a place to write to is missing: name a file, or `-`",
            ));
        }
        let mut reading = Self {
            target: scheme_of(catalog, address)?,
            catalog,
            label,
            address: String::new(),
            words: BTreeMap::new(),
            own: Vec::new(),
            secrets: Secrets::default(),
        };
        reading.address = match &reading.target {
            Scheme::System(_) => reading.filled(address, query::encoded_all)?,
            Scheme::Place(_) if address.contains("${") => {
                return Err(reading.refused(
                    "has `${`: a value of the environment may stand in words, and in the address \
                     of a database, and not in the name of a file",
                ));
            }
            Scheme::Place(_) => address.to_owned(),
        };
        reading.secrets.add_address(&reading.address);
        for (word, value) in query::pairs(words) {
            if reading.is_own(word) {
                let value = reading.filled(value, query::encoded)?;
                reading.add_own(word, &value);
            } else {
                reading.add(word, &query::decoded(value))?;
            }
        }
        Ok(reading)
    }

    /// A text with the values of the environment that it asks for.
    fn filled(&mut self, text: &str, encode: fn(&str) -> String) -> Result<String, ExportError> {
        let environment = |name: &str| std::env::var(name).ok();
        let filled = self.secrets.fill(text, encode, &environment);
        filled.map_err(|reason| self.refused(&reason))
    }

    /// Whether a word is left in the address.
    fn is_own(&self, word: &str) -> bool {
        match &self.target {
            Scheme::System(system) => {
                system.has_own_words() && !known_to_system(&**system).any(|known| known == word)
            }
            Scheme::Place(_) => false,
        }
    }

    /// Adds a word that is left in the address; its value is written as there.
    fn add_own(&mut self, word: &str, value: &str) {
        self.secrets.add_word(word, value);
        self.own.push(format!("{word}={value}"));
    }

    fn add(&mut self, word: &str, value: &str) -> Result<(), ExportError> {
        let value = self.filled(value, str::to_owned)?;
        self.secrets.add_word(word, &value);
        if self.words.insert(word.to_owned(), value).is_some() {
            return Err(self.refused(&format!("has the word `{}` twice", printable(word))));
        }
        Ok(())
    }

    fn finish(mut self, name: String, mode: Option<Mode>) -> Result<Spec, ExportError> {
        let target = self.target()?;
        self.demand_known(&target)?;
        let pairs = self.words.iter();
        let pairs = pairs.map(|(word, value)| (word.as_str(), value.as_str()));
        let words = Words::new(&self.label, pairs);
        let optional = match words.get("on_error") {
            None | Some("stop") => false,
            Some("skip") => true,
            Some(_) => return Err(words.refused("on_error", "it is stop or skip")),
        };
        let mode = match (mode, words.flag("overwrite", false)?) {
            (Some(Mode::Replace), false) if words.get("overwrite").is_some() => {
                return Err(words.refused("overwrite", "-O says the contrary"));
            }
            (Some(Mode::Replace), _) | (_, true) => Mode::Replace,
            _ => Mode::Append,
        };
        let mut address = self.address;
        if !self.own.is_empty() {
            address = format!("{address}?{}", self.own.join("&"));
        }
        Ok(Spec {
            identity: identity(&address, &target, &words),
            name,
            address,
            target,
            mode,
            optional,
            words,
            secrets: self.secrets,
        })
    }

    /// What takes the records; the format of files is found, and their compression.
    fn target(&mut self) -> Result<Target, ExportError> {
        let place = match &self.target {
            Scheme::System(system) => return Ok(Target::System(Arc::clone(system))),
            Scheme::Place(place) => Arc::clone(place),
        };
        let file = match self.address.as_str() {
            "-" => None,
            address => Some(file_name(address)?),
        };
        let mut ending = file.as_deref().map(Path::new);
        let compressed = ending.and_then(|file| {
            let end = file.extension()?.to_string_lossy().to_ascii_lowercase();
            COMPRESSED.into_iter().find(|(known, _)| *known == end)
        });
        if let Some((_, compress)) = compressed {
            ending = ending.and_then(Path::file_stem).map(Path::new);
            let word = self.words.entry("compress".to_owned());
            word.or_insert_with(|| compress.to_owned());
        }
        let format = match (self.words.get("format"), ending) {
            (Some(asked), _) => self.format_asked(asked)?,
            (None, None) => lines(self.catalog)?,
            // A device or a pipe has no ending: it is a stream like standard output.
            (None, Some(file)) if file.extension().is_none() && is_stream(&self.address) => {
                lines(self.catalog)?
            }
            (None, Some(file)) => self.format_of_ending(file)?,
        };
        Ok(Target::Files { format, place })
    }

    fn format_asked(&self, asked: &str) -> Result<Arc<dyn Format>, ExportError> {
        self.catalog.format_named(asked).ok_or_else(|| {
            self.refused(&format!(
                "asks for the unknown format `{}`: there are {}",
                printable(asked),
                nearest_first(asked, self.catalog.format_names()).join(", ")
            ))
        })
    }

    fn format_of_ending(&self, file: &Path) -> Result<Arc<dyn Format>, ExportError> {
        let ending = file.extension().unwrap_or_default().to_string_lossy();
        self.catalog.format_named(&ending).ok_or_else(|| {
            let known = nearest_first(&ending, self.catalog.format_names());
            let known: Vec<_> = known.iter().map(|name| format!(".{name}")).collect();
            let what = if ending.is_empty() {
                "no ending"
            } else {
                "an unknown ending"
            };
            refused(format!(
                "`{}` has {what}: there are {}; or add ?format=NAME",
                printable(&hidden("place", &self.address)),
                known.join(", ")
            ))
        })
    }

    /// Refuses a word that means nothing here.
    fn demand_known(&self, target: &Target) -> Result<(), ExportError> {
        let known: Vec<&str> = match target {
            Target::System(system) => known_to_system(&**system).collect(),
            Target::Files { format, place } => {
                let files = ["format"].into_iter().chain(plan::WORDS);
                let special = [format.words(), place.words()].concat();
                every().chain(files).chain(special).collect()
            }
        };
        let mut words = self.words.keys();
        match words.find(|word| !known.contains(&word.as_str())) {
            None => Ok(()),
            Some(word) => Err(self.refused(&format!(
                "has the unknown word `{}`: there are {}",
                printable(word),
                nearest_first(word, known).join(", ")
            ))),
        }
    }

    fn refused(&self, reason: &str) -> ExportError {
        refused(format!("`{}` {reason}", self.label))
    }
}

fn every() -> impl Iterator<Item = &'static str> {
    select::WORDS.into_iter().chain(EVERY)
}

/// The words that a connector's addresses may have.
fn known_to_system(system: &dyn Connector) -> impl Iterator<Item = &'static str> {
    every().chain(system.words().iter().copied())
}

/// What standard output gets.
fn lines(catalog: &Catalog) -> Result<Arc<dyn Format>, ExportError> {
    let lines = catalog.format_named("jsonl");
    lines.ok_or_else(|| refused("add ?format=NAME"))
}

/// What a feed writes to, so that two names of one place are the same.
fn identity(address: &str, target: &Target, words: &Words) -> String {
    match target {
        Target::System(system) => system.identity(address, words),
        Target::Files { .. } => match path_of(address) {
            Ok(Some(path)) if address != "-" => real(&path).to_string_lossy().into_owned(),
            _ => address.to_owned(),
        },
    }
}

fn refused(reason: impl Into<String>) -> ExportError {
    ExportError::Place(reason.into())
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use huntsman_core::{Export, Opening, Record, Sequence, Url};

    use super::*;

    /// A system with words of its own.
    #[derive(Debug)]
    struct Tables;

    #[async_trait]
    impl Export for Tables {
        async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
            Ok(opening.after())
        }

        async fn export(&self, _: Vec<Record>) -> Result<(), ExportError> {
            Ok(())
        }

        async fn close(&self) -> Result<(), ExportError> {
            Ok(())
        }
    }

    impl Connector for Tables {
        fn schemes(&self) -> &'static [&'static str] {
            &["tables"]
        }

        fn words(&self) -> &'static [&'static str] {
            &["table", "create"]
        }

        fn has_own_words(&self) -> bool {
            true
        }

        fn sink(&self, _: &str, _: Mode, _: &Words) -> Result<Box<dyn Export>, ExportError> {
            Ok(Box::new(Self))
        }
    }

    fn catalog() -> Catalog {
        Catalog::default().connector(Tables)
    }

    fn parse(given: &str) -> Result<Spec, ExportError> {
        Spec::of_address(&catalog(), given, Mode::Append)
    }

    fn table(words: &[(&str, &str)]) -> Result<Spec, ExportError> {
        let owned = |(word, value): &(&str, &str)| ((*word).to_owned(), (*value).to_owned());
        Spec::of_table(&catalog(), "books", &words.iter().map(owned).collect())
    }

    fn format(spec: &Spec) -> &'static str {
        match &spec.target {
            Target::Files { format, .. } => format.names()[0],
            Target::System(_) => "records",
        }
    }

    #[test]
    fn the_ending_or_the_query_names_the_format() {
        for (given, address, format, compress) in [
            ("out.json", "out.json", "json", None),
            ("a/b.c/out.JSON", "a/b.c/out.JSON", "json", None),
            ("out.jsonl", "out.jsonl", "jsonl", None),
            ("out.jl", "out.jl", "jsonl", None),
            ("out.ndjson", "out.ndjson", "jsonl", None),
            ("./out.csv", "./out.csv", "csv", None),
            ("out.txt?format=csv", "out.txt", "csv", None),
            ("out.csv?format=json", "out.csv", "json", None),
            ("out.csv?", "out.csv", "csv", None),
            ("out?format=jl", "out", "jsonl", None),
            ("out.json.gz", "out.json.gz", "json", Some("gzip")),
            ("out.jsonl.zst", "out.jsonl.zst", "jsonl", Some("zstd")),
            ("out.CSV.GZ", "out.CSV.GZ", "csv", Some("gzip")),
            ("out.gz?format=csv", "out.gz", "csv", Some("gzip")),
            ("x.csv.gz?compress=none", "x.csv.gz", "csv", Some("none")),
            ("out.csv?compress=zstd", "out.csv", "csv", Some("zstd")),
            ("-", "-", "jsonl", None),
            ("-?format=csv", "-", "csv", None),
            (
                "file:///tmp/a%20b%3F.csv",
                "file:///tmp/a%20b%3F.csv",
                "csv",
                None,
            ),
            ("FILE:///tmp/a.csv", "FILE:///tmp/a.csv", "csv", None),
            ("file:/tmp/x?format=json", "file:/tmp/x", "json", None),
            ("/dev/full?format=json", "/dev/full", "json", None),
            ("/dev/null", "/dev/null", "jsonl", None),
            ("c:\\x\\y.json", "c:\\x\\y.json", "json", None),
            ("12:30.json", "12:30.json", "json", None),
            ("x-%(batch)05d.csv", "x-%(batch)05d.csv", "csv", None),
            ("tables://h/d", "tables://h/d", "records", None),
            ("tables:file.x", "tables:file.x", "records", None),
        ] {
            let spec = parse(given).unwrap_or_else(|error| panic!("{given}: {error}"));
            assert_eq!(spec.name, given);
            assert_eq!(spec.address, address, "{given}");
            assert_eq!(super::tests::format(&spec), format, "{given}");
            assert_eq!(spec.words.get("compress"), compress, "{given}");
        }
    }

    #[test]
    fn words_have_the_values_that_they_say() {
        let given =
            "out.csv?filter=this.a == 'x%26y' && this.b > 1+1&fields=a, b&overwrite&on_error=skip";
        let spec = parse(given).unwrap();
        let filter = "this.a == 'x&y' && this.b > 1+1";
        assert_eq!(spec.words.get("filter"), Some(filter));
        assert_eq!(spec.words.list("fields"), ["a", "b"]);
        assert_eq!((spec.mode, spec.optional), (Mode::Replace, true));
        let same = table(&[
            ("place", "out.csv"),
            ("filter", filter),
            ("fields", "a, b"),
            ("overwrite", "true"),
            ("on_error", "skip"),
        ]);
        let same = same.unwrap();
        let pairs = |spec: &Spec| {
            let names: Vec<_> = spec.words.names().map(str::to_owned).collect();
            names
                .iter()
                .filter(|name| *name != "overwrite")
                .map(|name| spec.words.get(name).map(str::to_owned))
                .collect::<Vec<_>>()
        };
        assert_eq!(pairs(&same), pairs(&spec));
        assert_eq!((same.mode, same.optional), (spec.mode, spec.optional));
        assert_eq!(
            (same.name.as_str(), &same.identity),
            ("books (out.csv)", &spec.identity)
        );
    }

    #[test]
    fn words_of_a_system_stay_in_its_address() {
        let given = "tables://u:p@h/d?sslmode=require&table=t&opt=a%26b&types=A";
        let spec = parse(given).unwrap();
        assert_eq!(spec.address, "tables://u:p@h/d?sslmode=require&opt=a%26b");
        assert_eq!(spec.words.names().collect::<Vec<_>>(), ["table", "types"]);
        assert_eq!(
            spec.name,
            "tables://u:***@h/d?sslmode=require&table=t&opt=a%26b&types=A"
        );
        let same = table(&[
            ("place", "tables://u:p@h/d?sslmode=require"),
            ("table", "t"),
            ("opt", "a&b"),
            ("types", "A"),
        ]);
        let same = same.unwrap();
        assert_eq!(
            (&same.address, &same.identity),
            (&spec.address, &spec.identity)
        );
        assert_eq!(same.name, "books (tables://u:***@h/d?sslmode=require)");
    }

    #[test]
    fn two_names_of_one_place_are_the_same() {
        let here = std::env::current_dir().unwrap();
        let identity = |given: &str| parse(given).unwrap().identity;
        let url = Url::from_file_path(here.join("Cargo.json")).unwrap();
        for same in [
            "./Cargo.json",
            "src/../Cargo.json",
            url.as_str(),
            "Cargo.json?fields=a",
        ] {
            assert_eq!(identity(same), identity("Cargo.json"), "{same}");
        }
        assert_eq!(identity("-?format=csv"), identity("-"));
        assert_ne!(identity("a.json"), identity("b.json"));
        assert_ne!(identity("tables:x?table=a"), identity("tables:x?table=b"));
    }

    const UNKNOWN: &[(&str, &str)] = &[
        ("", "missing"),
        ("?format=csv", "missing"),
        (
            "out.jsn",
            "`out.jsn` has an unknown ending: there are .json, ",
        ),
        ("out.cvs", "there are .csv, "),
        ("out.cvs.gz", "there are .csv, "),
        ("out", "`out` has no ending"),
        ("out.gz", "has no ending"),
        (".json", "no ending"),
        ("x?format=yaml", "the unknown format `yaml`: there are"),
        ("x?format=ndjsn", "there are ndjson, "),
        ("x?format=", "unknown format ``"),
        ("x?format", "unknown format ``"),
        (
            "x.csv?fmt=csv",
            "the unknown word `fmt`: there are filter, format, ",
        ),
        (
            "x.csv?file=csv",
            "the unknown word `file`: there are filter, ",
        ),
        ("x.csv?place=y.csv", "the unknown word `place`"),
        ("x?format=csv&format=json", "the word `format` twice"),
        ("x.csv?types=A&types=B", "the word `types` twice"),
        ("x.csv?on_error=go", "on_error=go: it is stop or skip"),
        (
            "x.csv?overwrite=maybe",
            "overwrite=maybe: it is true or false",
        ),
        ("tables:x?table=a&table=b", "the word `table` twice"),
        (
            "s3://bucket/x.json",
            "the unknown scheme `s3`: there are file, tables, or a path",
        ),
        (
            "table://x",
            "the unknown scheme `table`: there are tables, ",
        ),
        ("file:x.json", "file:///"),
        ("file://host/x.json", "file:///"),
        ("folder/", "names a folder"),
        ("..?format=json", "names a folder"),
        ("a\n\0.json", "NUL"),
        ("a\n.jsno", "`a\\n.jsno` has an unknown ending"),
        (
            "oracle://u:secret@h/x",
            "`oracle://u:***@h/x` has the unknown scheme",
        ),
    ];

    #[test]
    fn what_is_unknown_is_refused_in_one_line_that_names_the_nearest_first() {
        for (place, part) in UNKNOWN {
            let error = parse(place).unwrap_err();
            assert!(matches!(error, ExportError::Place(_)));
            let text = error.to_string();
            assert!(text.contains(part), "{place:?}: {text}");
            assert!(
                !text.contains(['\n', '\0']) && !text.contains("secret"),
                "{text}"
            );
        }
        let error = Spec::of_address(&catalog(), "x.csv?overwrite=false", Mode::Replace);
        assert!(
            error
                .unwrap_err()
                .to_string()
                .contains("-O says the contrary")
        );
    }

    #[test]
    fn tables_are_refused_by_their_names() {
        for (words, part) in [
            (&[("fields", "a")][..], "`deliver.books` has no place"),
            (
                &[("place", "x.csv"), ("feilds", "a")],
                "`deliver.books` has the unknown word `feilds`: there are fields, ",
            ),
            (
                &[("place", "x.csv?fields=a"), ("fields", "a")],
                "`deliver.books` has the word `fields` twice",
            ),
            (
                &[("place", "x.csv"), ("on_error", "go")],
                "`deliver.books` has on_error=go",
            ),
            (
                &[("place", "x.csv"), ("format", "cvs")],
                "`deliver.books` asks for the unknown format `cvs`: there are csv, ",
            ),
        ] {
            let text = table(words).unwrap_err().to_string();
            assert!(text.contains(part), "{text}");
        }
    }
}
