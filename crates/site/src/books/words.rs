//! The words that titles and descriptions are made of, and the numbers that choose them.

use std::collections::HashMap;
use std::sync::LazyLock;

static LISTS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("../../assets/words.txt").lines();
    lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, words)| (name, split(name, words)))
        .collect()
});

/// Single words are parted by spaces; phrases, which hold spaces, by bars.
fn split(name: &str, words: &'static str) -> Vec<&'static str> {
    match name {
        "adjectives" | "nouns" | "names" => words.split(' ').collect(),
        _ => words.split('|').collect(),
    }
}

/// A sequence of numbers that is the same on every run: `SplitMix64` (Steele, Lea, Flood 2014).
#[derive(Debug)]
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, `end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A word of the list of this name.
    pub(super) fn word(&mut self, list: &str) -> &'static str {
        let words = LISTS
            .get(list)
            .expect("invariant: the word lists built in hold every name used");
        let count = u64::try_from(words.len()).expect("invariant: a list is shorter than 2^64");
        let index = usize::try_from(self.below(count)).expect("invariant: an index of a list");
        words[index]
    }

    /// A title, which may come up again.
    pub(super) fn title(&mut self) -> String {
        let (adjective, noun) = (self.word("adjectives"), self.word("nouns"));
        let main = match self.below(8) {
            0 => format!("The {adjective} {noun}"),
            1 => format!("The {noun} of {}", self.word("places")),
            2 => format!("{}'s {adjective} {noun}", self.word("names")),
            3 => format!("The {noun} and the {adjective} {}", self.word("nouns")),
            4 => self.pair(noun),
            5 => format!("How {} Lost the {noun}", self.word("names")),
            6 => format!(
                "{adjective} {noun}, {} {}",
                self.word("adjectives"),
                self.word("nouns")
            ),
            _ => format!("Notes from the {adjective} {noun}"),
        };
        if self.below(3) == 0 {
            format!("{main}: {}", self.word("subtitles"))
        } else {
            main
        }
    }

    fn pair(&mut self, noun: &str) -> String {
        let first = self.word("names");
        let mut second = self.word("names");
        while second == first {
            second = self.word("names");
        }
        format!("{first} & {second} and the {noun}")
    }

    /// A description of three to five sentences, none of the same pattern.
    pub(super) fn description(&mut self) -> String {
        let mut patterns = vec![self.word("openings")];
        for _ in 0..=self.below(3) {
            let pattern = self.word("middles");
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
        patterns.push(self.word("endings"));
        let sentences: Vec<String> = patterns
            .into_iter()
            .map(|pattern| self.filled(pattern))
            .collect();
        sentences.join(" ") + " ...more"
    }

    fn filled(&mut self, pattern: &str) -> String {
        let adjective = self.word("adjectives").to_lowercase();
        let mut sentence = pattern.to_owned();
        if adjective.starts_with(['a', 'e', 'i', 'o', 'u']) {
            sentence = sentence.replace(" a {adjective}", " an {adjective}");
            sentence = sentence.replace("A {adjective}", "An {adjective}");
        }
        sentence
            .replace("{adjective}", &adjective)
            .replace("{noun}", &self.word("nouns").to_lowercase())
            .replace("{place}", self.word("places"))
            .replace("{name}", self.word("names"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_whole_sentences() {
        let mut numbers = Numbers(1);
        for _ in 0..2_000 {
            let description = numbers.description();
            assert!(!description.contains(['{', '}', '|']), "{description}");
            assert!(description.ends_with(" ...more"), "{description}");
            for vowel in ["a a", "a e", "a i", "a o", "a u"] {
                assert!(!description.contains(&format!(" {vowel}")), "{description}");
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_words() {
        assert_eq!(Numbers(5).title(), Numbers(5).title());
        assert_ne!(Numbers(5).title(), Numbers(6).title());
    }
}
