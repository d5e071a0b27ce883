//! "There are …": known names, the most alike first.

/// `known`, the nearest to `word` first.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let word = word.to_ascii_lowercase();
    let mut known: Vec<_> = known.into_iter().collect();
    known.sort_by_key(|name| strsim::damerau_levenshtein(&word, name));
    known
}
