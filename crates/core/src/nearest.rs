//! "Did you mean …?": known names by how much they are like a wrong one.

/// The start of a name says enough: the cost is length times length.
const LETTERS: usize = 40;

fn plain(name: &str) -> String {
    name.chars()
        .take(LETTERS)
        .flat_map(char::to_lowercase)
        .collect()
}

/// How much two names are alike in any case of letters: 1 when they are the same, 0 when they have
/// nothing of each other.
fn likeness(wrong: &str, known: &str) -> f64 {
    strsim::jaro_winkler(wrong, &plain(known))
}

/// The name among `known` that is most like `wrong`; `None` when there are none.
///
/// ```
/// use huntsman_core::nearest::nearest;
///
/// assert_eq!(nearest("qoutes", ["books", "quotes"]), Some("quotes"));
/// assert_eq!(nearest("qoutes", []), None);
/// ```
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_first(wrong, known).into_iter().next()
}

/// The same, if it is so much like it that it was probably meant.
///
/// ```
/// use huntsman_core::nearest::meant;
///
/// assert_eq!(meant("prise", ["title", "price"]), Some("price"));
/// assert_eq!(meant("colour", ["title", "price"]), None);
/// ```
pub fn meant<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const ENOUGH: f64 = 0.75;
    nearest(wrong, known).filter(|known| likeness(&plain(wrong), known) > ENOUGH)
}

/// All names, the most alike first; those that are equally so in their order.
///
/// ```
/// use huntsman_core::nearest::nearest_first;
///
/// assert_eq!(nearest_first("jsno", ["csv", "json", "xml"]), ["json", "csv", "xml"]);
/// ```
pub fn nearest_first<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wrong = plain(wrong);
    let mut known: Vec<_> = known
        .into_iter()
        .map(|name| (likeness(&wrong, name), name))
        .collect();
    known.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    known.into_iter().map(|(_, name)| name).collect()
}
