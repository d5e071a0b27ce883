//! What `#[item(…)]` says of a value.

/// Words for one value, as they stand in an attribute.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// What the value is, where its type in Rust does not tell.
    pub(super) kind: Vec<String>,
    /// What it obeys: a word's name here, and the word with its value.
    pub(super) constraints: Vec<(&'static str, String)>,
    /// The same for elements.
    pub(super) each: Option<Box<Self>>,
}

impl Said {
    /// The words, those for what the value is first.
    pub(super) fn words(&self, kind: bool, constraints: bool) -> Vec<String> {
        let mut words = Vec::new();
        if kind {
            words.extend(self.kind.iter().cloned());
        }
        if constraints {
            words.extend(self.constraints.iter().map(|(_, word)| word.clone()));
        }
        let each = self.each.as_ref().map(|each| each.words(kind, constraints));
        if let Some(each) = each.filter(|each| !each.is_empty()) {
            words.push(format!("each({})", each.join(", ")));
        }
        words
    }

    /// Adds a constraint; `false` if there is another one with its name.
    pub(super) fn add(&mut self, name: &'static str, word: String) -> bool {
        match self.constraints.iter().find(|(known, _)| *known == name) {
            Some((_, known)) => *known == word,
            None => {
                self.constraints.push((name, word));
                true
            }
        }
    }
}
