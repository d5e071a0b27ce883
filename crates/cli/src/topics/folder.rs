//! The folder of the registry that an address of a topic names.

use anyhow::Error;
use huntsman::core::Url;

use crate::folder::demand;

/// That it is there, if it is one.
pub(super) fn demanded(topic: &str) -> Result<(), Error> {
    let filled = huntsman_export::filled(topic)?;
    let query = filled.split_once('?').map_or("", |(_, query)| query);
    // Of a form, where a plus is a blank; and nothing is a fragment.
    let words = Url::parse(&format!(
        "of:?{}",
        query.replace('+', "%2B").replace('#', "%23")
    ))?;
    let registry = words
        .query_pairs()
        .filter(|(word, _)| matches!(&**word, "registry" | "registry.url"))
        .last();
    registry.map_or(Ok(()), |(_, registry)| demand(&registry))
}
