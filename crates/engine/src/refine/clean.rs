//! Cleaning: text as it should be, before anything is compared or checked.

use async_trait::async_trait;
use huntsman_core::{Refine, RefineError, Source, Url, Verdict};

/// Mends texts of items, in the order in which it was told.
///
/// ```
/// use huntsman::refine::Clean;
/// struct Book { title: String, tags: Vec<String>, image: Option<String> }
///
/// let clean = Clean::new()
///     .space(|book: &mut Book| &mut book.title)
///     .trim(|book| &mut book.tags)
///     .absolute(|book| &mut book.image);
///
/// let base = huntsman::Url::parse("http://a.example/books/1.html").unwrap();
/// let mut book = Book {
///     title: "  A  Light in\n the Attic ".into(),
///     tags: vec![" poetry ".into()],
///     image: Some("../media/1.jpg".into()),
/// };
/// clean.clean(&mut book, &base);
/// assert_eq!(book.title, "A Light in the Attic");
/// assert_eq!(book.tags, ["poetry"]);
/// assert_eq!(book.image.unwrap(), "http://a.example/media/1.jpg");
/// ```
pub struct Clean<I> {
    rules: Vec<Rule<I>>,
}

type Rule<I> = Box<dyn Fn(&mut I, &Url) + Send + Sync>;

impl<I: 'static> Clean<I> {
    /// Cleans nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { rules: Vec::new() }
    }

    /// Takes white space off both ends.
    #[must_use]
    pub fn trim<T: Texts + ?Sized + 'static>(self, field: fn(&mut I) -> &mut T) -> Self {
        self.with(field, |text, _| {
            if text.trim().len() < text.len() {
                *text = text.trim().to_owned();
            }
        })
    }

    /// Makes one space of each run of white space, and none at the ends (XPath's
    /// `normalize-space`, for all of Unicode's white space).
    #[must_use]
    pub fn space<T: Texts + ?Sized + 'static>(self, field: fn(&mut I) -> &mut T) -> Self {
        self.with(field, |text, _| {
            let words: Vec<&str> = text.split_whitespace().collect();
            let spaced = words.join(" ");
            *text = spaced;
        })
    }

    /// Joins a URL to the page's base. What cannot be joined stays as it is, for the contract to
    /// judge (`format = "uri"`).
    #[must_use]
    pub fn absolute<T: Texts + ?Sized + 'static>(self, field: fn(&mut I) -> &mut T) -> Self {
        self.with(field, |text, base| {
            if let Ok(url) = base.join(text.trim()) {
                *text = url.into();
            }
        })
    }

    fn with<T: Texts + ?Sized + 'static>(
        mut self,
        field: fn(&mut I) -> &mut T,
        rule: fn(&mut String, &Url),
    ) -> Self {
        self.rules.push(Box::new(move |item, base| {
            field(item).each(&mut |text| rule(text, base));
        }));
        self
    }

    /// Cleans one item of a page with this base URL.
    pub fn clean(&self, item: &mut I, base: &Url) {
        for rule in &self.rules {
            rule(item, base);
        }
    }
}

impl<I: 'static> Default for Clean<I> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I> std::fmt::Debug for Clean<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clean")
            .field("rules", &self.rules.len())
            .finish()
    }
}

#[async_trait]
impl<I: Send + 'static> Refine<I> for Clean<I> {
    async fn refine(&self, mut item: I, source: &Source) -> Result<Verdict<I>, RefineError> {
        self.clean(&mut item, &source.base);
        Ok(Verdict::Keep(item))
    }
}

/// A field of texts: `String`, and options and lists of such.
///
/// ```
/// use huntsman::refine::Texts;
/// let mut texts = vec![Some("a".to_owned()), None, Some("b".to_owned())];
/// texts.each(&mut |text| text.push('!'));
/// assert_eq!(texts, [Some("a!".to_owned()), None, Some("b!".to_owned())]);
/// ```
pub trait Texts {
    /// Calls `change` with each text.
    fn each(&mut self, change: &mut dyn FnMut(&mut String));
}

impl Texts for String {
    fn each(&mut self, change: &mut dyn FnMut(&mut String)) {
        change(self);
    }
}

impl<T: Texts> Texts for Option<T> {
    fn each(&mut self, change: &mut dyn FnMut(&mut String)) {
        if let Some(text) = self {
            text.each(change);
        }
    }
}

impl<T: Texts> Texts for Vec<T> {
    fn each(&mut self, change: &mut dyn FnMut(&mut String)) {
        for text in self {
            text.each(change);
        }
    }
}
