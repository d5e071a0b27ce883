//! What the words of an address ask for.

use huntsman_core::ExportError;
use huntsman_export::Words;

/// What the words ask for.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// The table; none for one named after the item type.
    pub(crate) table: Option<String>,
    /// Whether tables that are missing are made.
    pub(crate) create: bool,
    /// The columns that tell rows apart; none to add every row.
    pub(crate) key: Vec<String>,
    /// The schema of PostgreSQL that the tables are in.
    pub(crate) schema: Option<String>,
    /// What tells the sink from others of the same job.
    pub(crate) sink: String,
}

impl Wanted {
    /// Reads the words. Messages call the feed `place`, since an address may hold a password.
    pub(crate) fn read(words: &Words, create: bool, place: &str) -> Result<Self, ExportError> {
        let create = match words.get("create") {
            None => create,
            Some("" | "true") => true,
            Some("false") => false,
            Some(other) => {
                let other = other.escape_debug();
                let reason = format!("`{place}` has create={other}: it is true or false");
                return Err(ExportError::Place(reason));
            }
        };
        let name = |word: &str| match words.get(word) {
            Some("") => Err(ExportError::Place(format!(
                "`{place}` has {word}= without a name"
            ))),
            Some(name) if name.contains('\0') => Err(ExportError::Place(format!(
                "`{place}` has a {word} with NUL in its name"
            ))),
            name => Ok(name.map(str::to_owned)),
        };
        let key: Vec<String> = words.list("key").into_iter().map(str::to_owned).collect();
        if words.get("key").is_some() && key.is_empty() {
            let reason = format!("`{place}` has key= without a column");
            return Err(ExportError::Place(reason));
        }
        let told = ["schema", "table", "types", "filter", "fields"].into_iter();
        let told = told.filter_map(|word| Some(format!("{word}={}", words.get(word)?)));
        Ok(Self {
            table: name("table")?,
            create,
            key,
            schema: name("schema")?,
            sink: told.collect::<Vec<_>>().join(" "),
        })
    }
}
