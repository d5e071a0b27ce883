//! Words that look like slips of the pen.

/// Words of others that come near one of ours.
const FOREIGN: [&str; 12] = [
    "title",
    "description",
    "comment",
    "examples",
    "default",
    "order",
    "formatter",
    "patterns",
    "source",
    "version",
    "java-class",
    "avro.java.string",
];

/// The word among `known` that whoever wrote `word` is likely to have meant: one that differs in
/// case or in how words are joined, or by a letter or two. Words with a prefix (`x-…`, `flink.…`,
/// `confluent:…`) are somebody else's.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let prefixed = word.contains(['.', ':']) || word.starts_with("x-") || word.starts_with('_');
    if prefixed || word.len() > 40 || FOREIGN.contains(&word) {
        return None;
    }
    let plain = plain(word);
    known
        .into_iter()
        .filter(|known| *known != word)
        .map(|known| (strsim::osa_distance(&plain, &self::plain(known)), known))
        .filter(|(distance, known)| *distance <= allowed(known))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// How many letters may be wrong: short words have too many neighbours.
fn allowed(known: &str) -> usize {
    match known.len() {
        0..=5 => 0,
        6..=7 => 1,
        _ => 2,
    }
}

fn plain(word: &str) -> String {
    let letters = word.chars().filter(|c| !matches!(c, '_' | '-'));
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;
    use crate::words::WORDS;

    fn near(word: &str) -> Option<&'static str> {
        nearest(word, WORDS.iter().map(|(written, ..)| *written))
    }

    #[test]
    fn slips_are_seen() {
        for (slip, meant) in [
            ("minLenght", "minLength"),
            ("min_length", "minLength"),
            ("minlength", "minLength"),
            ("MaxItems", "maxItems"),
            ("max-items", "maxItems"),
            ("patern", "pattern"),
            ("Pattern", "pattern"),
            ("minimun", "minimum"),
            ("exclusive_minimum", "exclusiveMinimum"),
            ("multipleof", "multipleOf"),
            ("uniqeItems", "uniqueItems"),
            ("logicaltype", "logicalType"),
            ("Enum", "enum"),
        ] {
            assert_eq!(near(slip), Some(meant), "{slip}");
        }
    }

    #[test]
    fn words_of_others_are_let_be() {
        for other in [
            "doc",
            "cost",
            "pii",
            "owner",
            "tags",
            "confluent:tags",
            "flink.minLength",
            "connect.type",
            "x-minLenght",
            "description",
            "unit",
            "sensitive",
            "order",
            "",
        ] {
            assert_eq!(near(other), None, "{other}");
        }
    }
}
