//! The quotations and their authors, as they stand in the assets.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// Quotations on a page.
pub(super) const PAGE_LEN: usize = 10;

/// A writer of quotations.
#[derive(Debug, Deserialize)]
pub(super) struct Author {
    pub(super) name: String,
    pub(super) slug: String,
    pub(super) born: String,
    pub(super) place: String,
    pub(super) description: String,
}

impl Author {
    /// Where the public site of quotations would be asked for the author, without its host.
    pub(super) fn goodreads_link(&self) -> String {
        format!("/search?q={}", self.slug.replace('-', "+"))
    }
}

#[derive(Deserialize)]
struct Line {
    text: String,
    author: String,
    tags: Vec<String>,
}

/// A quotation. The text stands between typographic quotation marks.
#[derive(Debug)]
pub(super) struct Quote {
    pub(super) text: String,
    pub(super) author: &'static Author,
    pub(super) tags: Vec<String>,
}

/// All authors, in the order of the asset.
pub(super) static AUTHORS: LazyLock<Vec<Author>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../assets/authors.json"))
        .expect("invariant: the authors built in are valid JSON")
});

/// All quotations, in the order of the site.
pub(super) static QUOTES: LazyLock<Vec<Quote>> = LazyLock::new(|| {
    let lines: Vec<Line> = serde_json::from_str(include_str!("../../assets/quotes.json"))
        .expect("invariant: the quotations built in are valid JSON");
    let authors: HashMap<&str, &'static Author> = AUTHORS
        .iter()
        .map(|author| (author.name.as_str(), author))
        .collect();
    let quote = |Line { text, author, tags }| {
        let author = *authors
            .get(author.as_str())
            .expect("invariant: every quotation built in has its author");
        Quote {
            text: format!("“{text}”"),
            author,
            tags,
        }
    };
    lines.into_iter().map(quote).collect()
});

/// The ten tags with the most quotations, the most used first.
pub(super) static TOP_TAGS: LazyLock<Vec<(&'static str, usize)>> = LazyLock::new(|| {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for tag in QUOTES.iter().flat_map(|quote| &quote.tags) {
        *counts.entry(tag).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable_by(|(a, m), (b, n)| n.cmp(m).then(a.cmp(b)));
    counts.truncate(10);
    counts
});

/// The author with this slug.
pub(super) fn author(slug: &str) -> Option<&'static Author> {
    AUTHORS.iter().find(|author| author.slug == slug)
}

/// A page of the quotations, of all of them or of those with a tag.
#[derive(Debug)]
pub(super) struct Page {
    /// From 1.
    pub(super) number: usize,
    pub(super) quotes: Vec<&'static Quote>,
    pub(super) has_next: bool,
}

impl Page {
    /// Page `number`, from 1; empty past the end.
    pub(super) fn of(tag: Option<&str>, number: usize) -> Self {
        let wanted = |quote: &&Quote| tag.is_none_or(|tag| quote.tags.iter().any(|has| has == tag));
        let before = number.saturating_sub(1).saturating_mul(PAGE_LEN);
        let mut rest = QUOTES.iter().filter(wanted).skip(before);
        let quotes = rest.by_ref().take(PAGE_LEN).collect();
        Self {
            number,
            quotes,
            has_next: rest.next().is_some(),
        }
    }

    /// The page a path segment names: `None` unless it is a number from 1.
    pub(super) fn parse(tag: Option<&str>, number: &str) -> Option<Self> {
        let number = number.parse().ok().filter(|number| *number > 0)?;
        Some(Self::of(tag, number))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn there_are_a_hundred_different_quotations_by_all_of_fifty_authors() {
        let texts: HashSet<_> = QUOTES.iter().map(|quote| &quote.text).collect();
        let quoted: HashSet<_> = QUOTES.iter().map(|quote| &quote.author.slug).collect();
        assert_eq!((texts.len(), quoted.len(), AUTHORS.len()), (100, 50, 50));
    }

    #[test]
    fn slugs_and_tags_need_no_escaping_in_a_path() {
        let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        assert!(AUTHORS.iter().all(|author| plain(&author.slug)));
        assert!(
            QUOTES
                .iter()
                .flat_map(|quote| &quote.tags)
                .all(|tag| plain(tag))
        );
    }

    #[test]
    fn pages_end_where_the_quotations_do() {
        assert!(Page::of(None, 9).has_next);
        assert!(!Page::of(None, 10).has_next);
        assert_eq!(Page::of(None, 10).quotes.len(), 10);
        assert!(Page::of(None, usize::MAX).quotes.is_empty());
        assert!(Page::parse(None, "0").is_none());
        assert!(Page::parse(None, "two").is_none());
    }
}
