//! The books and their categories, made of word lists: the same on every run.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::words::Numbers;

/// Books on a page.
pub(super) const PAGE_LEN: usize = 20;

/// The number of the first category; 1 is the root that holds them all.
const FIRST_CATEGORY: usize = 2;

/// The ratings as the class of an element says them.
const RATINGS: [&str; 5] = ["One", "Two", "Three", "Four", "Five"];

/// A category of the shop.
#[derive(Debug)]
pub(super) struct Category {
    pub(super) name: &'static str,
    /// `travel_2`.
    pub(super) folder: String,
    pub(super) len: usize,
}

/// A book. Its folder (`the-iron-bell_1000`) is unique, and so are title and UPC.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) title: String,
    pub(super) folder: String,
    pub(super) category: &'static Category,
    pub(super) description: String,
    pub(super) pence: u64,
    pub(super) available: u64,
    pub(super) rating: &'static str,
    pub(super) reviews: u64,
    pub(super) upc: String,
    /// `media/cache/2c/da/2cda….jpg`.
    pub(super) image: String,
}

impl Book {
    /// `£51.77`.
    pub(super) fn price(&self) -> String {
        format!("£{}.{:02}", self.pence / 100, self.pence % 100)
    }
}

/// The fifty categories, in the order of the side column.
pub(super) static CATEGORIES: LazyLock<Vec<Category>> = LazyLock::new(|| {
    let lines = include_str!("../../assets/categories.txt").lines();
    let category = |(place, line): (usize, &'static str)| {
        let (len, name) = line
            .split_once('\t')
            .expect("invariant: a line is a size, a tab and a name");
        let len = len
            .parse()
            .expect("invariant: the size of a category is a number");
        let folder = format!("{}_{}", slug(name), place + FIRST_CATEGORY);
        Category { name, folder, len }
    };
    lines.enumerate().map(category).collect()
});

/// The thousand books, in the order of the catalogue.
pub(super) static BOOKS: LazyLock<Vec<Book>> = LazyLock::new(|| {
    let mut numbers = Numbers(1_000);
    let mut shelves: Vec<&'static Category> = CATEGORIES
        .iter()
        .flat_map(|category| std::iter::repeat_n(category, category.len))
        .collect();
    for last in (1..shelves.len()).rev() {
        let other = usize::try_from(numbers.next()).unwrap_or(usize::MAX) % (last + 1);
        shelves.swap(last, other);
    }
    let mut titles = HashSet::new();
    let count = shelves.len();
    let books = shelves.into_iter().enumerate();
    books
        .map(|(place, category)| book(category, count - place, &mut titles, &mut numbers))
        .collect()
});

fn book(
    category: &'static Category,
    number: usize,
    titles: &mut HashSet<String>,
    numbers: &mut Numbers,
) -> Book {
    let title = loop {
        let title = numbers.title();
        if titles.insert(title.clone()) {
            break title;
        }
    };
    let folder = format!("{}_{number}", slug(&title));
    let image = format!("{:016x}{:016x}", numbers.next(), numbers.next());
    let rating = usize::try_from(numbers.below(5)).map_or(RATINGS[0], |index| RATINGS[index]);
    Book {
        title,
        folder,
        category,
        description: numbers.description(),
        pence: 1_000 + numbers.below(5_000),
        available: 1 + numbers.below(22),
        rating,
        reviews: numbers.below(13),
        upc: format!("{:016x}", numbers.next()),
        image: format!("media/cache/{}/{}/{image}.jpg", &image[..2], &image[2..4]),
    }
}

/// The text in lower case, with a hyphen for each run of anything but ASCII letters and digits;
/// apostrophes vanish.
fn slug(text: &str) -> String {
    let text = text.replace('\'', "").to_lowercase();
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.join("-")
}

static BY_FOLDER: LazyLock<HashMap<&'static str, &'static Book>> = LazyLock::new(|| {
    BOOKS
        .iter()
        .map(|book| (book.folder.as_str(), book))
        .collect()
});

static BY_IMAGE: LazyLock<HashMap<&'static str, usize>> = LazyLock::new(|| {
    BOOKS
        .iter()
        .enumerate()
        .map(|(place, book)| (book.image.as_str(), place))
        .collect()
});

/// The book in this folder of the catalogue.
pub(super) fn book_in(folder: &str) -> Option<&'static Book> {
    BY_FOLDER.get(folder).copied()
}

/// The place in the catalogue of the book whose image has this path.
pub(super) fn place_of_image(path: &str) -> Option<usize> {
    BY_IMAGE.get(path).copied()
}

/// The category in this folder.
pub(super) fn category_in(folder: &str) -> Option<&'static Category> {
    CATEGORIES.iter().find(|category| category.folder == folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_books_differ_in_title_folder_upc_and_image() {
        let different = |field: fn(&'static Book) -> &'static String| {
            BOOKS.iter().map(field).collect::<HashSet<_>>().len()
        };
        let counts = [
            different(|book| &book.title),
            different(|book| &book.folder),
            different(|book| &book.upc),
            different(|book| &book.image),
        ];
        assert_eq!(counts, [1_000; 4]);
        assert_eq!(CATEGORIES.len(), 50);
    }

    #[test]
    fn the_first_book_stays_the_same() {
        let book = &BOOKS[0];
        let fields = (book.title.as_str(), book.price(), book.upc.as_str());
        let title = "Ada & Quentin and the Postman: A Life in Pieces";
        assert_eq!(fields, (title, "£52.82".to_owned(), "09ceb7ea88e98815"));
    }

    #[test]
    fn slugs_hold_ascii_only() {
        assert_eq!(
            slug("Zoë's Tea & Co.: Volume One"),
            "zo-s-tea-co-volume-one"
        );
        assert_eq!(slug("Women's Fiction"), "womens-fiction");
    }
}
