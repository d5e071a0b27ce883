//! "Did you mean …?"

/// The name among `known` that is most like `wrong`; `None` when there are none.
pub(crate) fn nearest<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // The cost is length times length, and the start says enough.
    let wrong: String = wrong
        .chars()
        .take(40)
        .flat_map(char::to_lowercase)
        .collect();
    known.into_iter().max_by(|a, b| {
        let like = |name: &str| {
            let start: String = name.chars().take(40).flat_map(char::to_lowercase).collect();
            strsim::jaro_winkler(&wrong, &start)
        };
        like(a).total_cmp(&like(b))
    })
}
