//! Broken rules by name, with examples.

use std::collections::BTreeMap;
use std::fmt::Display;

use huntsman_core::Violation;
use huntsman_core::contract::RuleFindings;

use super::place;

/// How often each rule was broken, by `Type.path rule`.
#[derive(Debug, Default)]
pub(crate) struct Broken(pub(crate) BTreeMap<String, RuleFindings>);

/// Examples of each.
const EXAMPLES: usize = 3;
/// Rules told apart. Paths of unknown fields are the page's choice, without end.
const MOST: usize = 1000;

/// Each rule that an item of type `kind` breaks, once: its name, and a violation.
pub(crate) fn named<'a>(kind: &str, violations: &'a [Violation]) -> Vec<(String, &'a Violation)> {
    let mut named: BTreeMap<String, &Violation> = BTreeMap::new();
    for violation in violations {
        let name = match &*place::plain(&violation.path) {
            "" => format!("{kind} {}", violation.rule),
            path => format!("{kind}.{path} {}", violation.rule),
        };
        named.entry(name).or_insert(violation);
        if named.len() == MOST {
            break;
        }
    }
    named.into_iter().collect()
}

impl Broken {
    /// Counts the rules that one item breaks, as [`named`] has them. `at` is where it was found.
    pub(crate) fn add(&mut self, kind: &str, rules: Vec<(String, &Violation)>, at: &dyn Display) {
        for (name, violation) in rules {
            let full = self.0.len() >= MOST && !self.0.contains_key(&name);
            let name = if full {
                format!("{kind} {}", violation.rule)
            } else {
                name
            };
            let rule = self.0.entry(name).or_default();
            rule.items += 1;
            if rule.examples.len() < EXAMPLES {
                rule.examples.push(format!("{at}: {violation}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use huntsman_core::Url;

    use super::*;

    fn violation(path: &str, rule: &str) -> Violation {
        Violation {
            path: path.to_owned(),
            rule: rule.to_owned(),
            message: "is wrong".to_owned(),
            value: "1".to_owned(),
        }
    }

    fn note(broken: &mut Broken, violations: &[Violation], url: &Url) {
        broken.add("Quote", named("Quote", violations), url);
    }

    #[test]
    fn a_rule_is_counted_once_an_item_with_three_examples() {
        let mut broken = Broken::default();
        let url = |number: u32| Url::parse(&format!("http://a.test/{number}")).unwrap();
        for number in 0..5 {
            let violations = [
                violation("tags[0]", "minLength"),
                violation("tags[7]", "minLength"),
            ];
            note(&mut broken, &violations, &url(number));
        }
        note(&mut broken, &[violation("", "sane")], &url(9));
        let rules = broken.0;
        assert_eq!(rules["Quote.tags minLength"].items, 5);
        assert_eq!(
            rules["Quote.tags minLength"].examples,
            [0, 1, 2].map(|n| format!("http://a.test/{n}: tags[0]: is wrong (minLength; it is 1)"))
        );
        assert_eq!(rules["Quote sane"].items, 1);
    }

    #[test]
    fn names_that_pages_choose_do_not_fill_the_report() {
        let mut broken = Broken::default();
        let url = Url::parse("http://a.test/").unwrap();
        for number in 0..MOST + 5 {
            let violations = [violation(&format!("field{number}"), "unknown")];
            note(&mut broken, &violations, &url);
        }
        let rules = broken.0;
        assert_eq!(rules.len(), MOST + 1);
        assert_eq!(rules["Quote unknown"].items, 5);
    }
}
