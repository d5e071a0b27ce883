//! "Did you mean …?": the known name most like a wrong one.

/// The name among `known` that is most like `wrong`; `None` when there are none.
///
/// ```
/// assert_eq!(huntsman::nearest::nearest("qoutes", ["books", "quotes"]), Some("quotes"));
/// ```
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known.into_iter().max_by(|a, b| {
        let like = |name: &str| strsim::jaro_winkler(wrong, name);
        like(a).total_cmp(&like(b))
    })
}
