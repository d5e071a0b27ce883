//! "Did you mean …?"

/// The name among `known` that `wrong` was probably meant to be, if any is near.
pub(crate) fn nearest<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let known = known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(wrong, name), name));
    let near = known.filter(|(like, _)| *like > 0.75);
    near.max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}
