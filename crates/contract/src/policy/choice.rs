//! Which outcome a broken rule has: the most specific one that the user chose.

use super::place;
use super::settings::{Outcome, Policy};
use huntsman_core::nearest::meant;

/// What names a user's choice may hold.
pub(crate) struct Known<'a> {
    /// Words and names of rules.
    pub(crate) rules: &'a [&'a str],
    /// Types of items with the paths within them, without indices and keys.
    pub(crate) types: &'a [(&'a str, Vec<&'a str>)],
}

/// The choices of a policy, understood.
#[derive(Debug)]
pub(crate) struct Choices {
    /// The most specific first.
    entries: Vec<Entry>,
    otherwise: Outcome,
}

#[derive(Debug)]
struct Entry {
    kind: Option<String>,
    path: String,
    rule: Option<String>,
    outcome: Outcome,
}

impl Choices {
    /// Understands the choices of `policy`.
    ///
    /// # Errors
    /// For each one that names something unknown, one line.
    pub(crate) fn new(policy: &Policy, known: &Known<'_>) -> Result<Self, Vec<String>> {
        let (mut entries, mut problems) = (Vec::new(), Vec::new());
        for (key, outcome) in &policy.rules {
            match Entry::read(key, *outcome, known) {
                Ok(entry) => entries.push(entry),
                Err(problem) => problems.push(format!("rules: `{key}`: {problem}")),
            }
        }
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.weight()));
        if problems.is_empty() {
            Ok(Self {
                entries,
                otherwise: policy.invalid,
            })
        } else {
            Err(problems)
        }
    }

    /// What becomes of an item of type `kind` in which `rule` is broken at `path`.
    pub(crate) fn outcome(&self, kind: &str, path: &str, rule: &str) -> Outcome {
        let path = place::plain(path);
        let chosen = self.entries.iter().find(|entry| {
            entry.kind.as_deref().is_none_or(|k| k == kind)
                && entry.rule.as_deref().is_none_or(|r| r == rule)
                && place::covers(&entry.path, &path)
        });
        chosen.map_or(self.otherwise, |entry| entry.outcome)
    }

    /// The gravest outcome that any rule has.
    pub(crate) fn gravest(&self) -> Outcome {
        let chosen = self.entries.iter().map(|entry| entry.outcome);
        chosen.fold(self.otherwise, Outcome::max)
    }
}

impl Entry {
    fn read(key: &str, outcome: Outcome, known: &Known<'_>) -> Result<Self, String> {
        if let Some(rule) = rule_of(key, known) {
            return Ok(Self {
                kind: None,
                path: String::new(),
                rule: Some(rule.to_owned()),
                outcome,
            });
        }
        let (at, rule) = match key.split_once(':') {
            Some((at, word)) => match rule_of(word, known) {
                Some(rule) => (at, Some(rule.to_owned())),
                None => return Err(unknown("rule", word, known.rules.iter().copied())),
            },
            None => (key, None),
        };
        let (kind, path) = place_of(at, rule.is_some(), known)?;
        Ok(Self {
            kind,
            path,
            rule,
            outcome,
        })
    }

    fn weight(&self) -> (usize, bool, bool) {
        let depth = self.path.split('.').filter(|step| !step.is_empty()).count();
        (depth, self.rule.is_some(), self.kind.is_some())
    }
}

/// The rule that a key names: a known one, or a function's.
fn rule_of<'a>(key: &'a str, known: &Known<'_>) -> Option<&'a str> {
    if known.rules.contains(&key) {
        return Some(key);
    }
    let function = key.strip_suffix("()")?;
    let name = |c: char| c.is_alphanumeric() || c == '_';
    (!function.is_empty() && function.chars().all(name)).then_some(function)
}

/// The type and the path that a key names.
fn place_of(
    at: &str,
    with_rule: bool,
    known: &Known<'_>,
) -> Result<(Option<String>, String), String> {
    let within = |paths: &[&str], path: &str| paths.iter().any(|p| place::covers(path, p));
    if at.is_empty() {
        return Err("it names no path: write `path:rule`, or the rule alone".to_owned());
    }
    if known.types.iter().any(|(_, paths)| within(paths, at)) {
        return Ok((None, at.to_owned()));
    }
    let (kind, path) = at.split_once('.').unwrap_or((at, ""));
    let Some((_, paths)) = known.types.iter().find(|(name, _)| *name == kind) else {
        let places = places(known);
        let places = places.iter().map(String::as_str);
        let names = known.rules.iter().copied().filter(|_| !with_rule);
        let what = if with_rule { "path" } else { "rule or path" };
        return Err(unknown(what, at, places.chain(names)));
    };
    if path.is_empty() || within(paths, path) {
        return Ok((Some(kind.to_owned()), path.to_owned()));
    }
    Err(unknown(
        &format!("path of `{kind}`"),
        path,
        paths.iter().copied(),
    ))
}

/// All that a key may name beside rules.
fn places(known: &Known<'_>) -> Vec<String> {
    let mut places = Vec::new();
    for (kind, paths) in known.types {
        places.push((*kind).to_owned());
        for path in paths {
            places.push((*path).to_owned());
            places.push(format!("{kind}.{path}"));
        }
    }
    places
}

fn unknown<'a>(what: &str, wrong: &str, known: impl Iterator<Item = &'a str>) -> String {
    match meant(wrong, known) {
        Some(near) => format!("there is no {what} `{wrong}`; did you mean `{near}`?"),
        None => format!("there is no {what} `{wrong}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known<'a>(types: &'a [(&'a str, Vec<&'a str>)]) -> Known<'a> {
        Known {
            rules: &[
                "type",
                "minLength",
                "minimum",
                "pattern",
                "confluent:rules",
                "not free",
            ],
            types,
        }
    }

    fn types() -> Vec<(&'static str, Vec<&'static str>)> {
        vec![
            ("Quote", vec!["price", "address", "address.zip", "pattern"]),
            ("Author", vec!["price", "name"]),
        ]
    }

    fn choices(rules: &[(&str, Outcome)]) -> Result<Choices, Vec<String>> {
        let policy = Policy {
            rules: rules.iter().map(|(k, o)| ((*k).to_owned(), *o)).collect(),
            ..Policy::default()
        };
        Choices::new(&policy, &known(&types()))
    }

    #[test]
    fn the_most_specific_choice_counts() {
        use Outcome::{Drop, Mark, Quarantine, Warn};
        let chosen = choices(&[
            ("minimum", Warn),
            ("price", Drop),
            ("Quote.price", Mark),
            ("Quote.price:minimum", Quarantine),
            ("address", Mark),
            ("address.zip", Warn),
            ("not free", Drop),
            ("sane()", Mark),
            ("Author", Drop),
            ("Quote.pattern", Warn),
            ("pattern", Mark),
            ("name:confluent:rules", Warn),
        ])
        .unwrap();
        for (kind, path, rule, expected) in [
            ("Quote", "price", "minimum", Quarantine),
            ("Quote", "price", "type", Mark),
            ("Author", "price", "minimum", Drop),
            ("Quote", "address.street", "minLength", Mark),
            ("Quote", "address[3].zip", "minLength", Warn),
            ("Quote", "addresses", "minLength", Quarantine),
            ("Quote", "other", "minimum", Warn),
            ("Quote", "", "not free", Drop),
            ("Quote", "", "sane", Mark),
            ("Author", "name", "minLength", Drop),
            ("Author", "name", "confluent:rules", Warn),
            ("Quote", "pattern", "type", Warn),
            ("Quote", "other", "pattern", Mark),
            ("Quote", "other", "type", Quarantine),
        ] {
            assert_eq!(
                chosen.outcome(kind, path, rule),
                expected,
                "{kind} {path} {rule}"
            );
        }
    }

    #[test]
    fn what_nobody_knows_is_refused_with_the_nearest_name() {
        for (key, problem) in [
            (
                "minLenght",
                "there is no rule or path `minLenght`; did you mean `minLength`?",
            ),
            (
                "price:minimun",
                "there is no rule `minimun`; did you mean `minimum`?",
            ),
            (
                "prize:minimum",
                "there is no path `prize`; did you mean `price`?",
            ),
            (
                "Quote.adress.zip",
                "there is no path of `Quote` `adress.zip`; did you mean `address.zip`?",
            ),
            (
                "Qoute.price",
                "there is no rule or path `Qoute.price`; did you mean `Quote.price`?",
            ),
            (
                ":minimum",
                "it names no path: write `path:rule`, or the rule alone",
            ),
            ("zzzzzzzzzzzz", "there is no rule or path `zzzzzzzzzzzz`"),
        ] {
            let problems = choices(&[(key, Outcome::Warn)]).unwrap_err();
            assert_eq!(problems, [format!("rules: `{key}`: {problem}")]);
        }
    }
}
