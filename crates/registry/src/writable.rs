//! Fields of items that another schema has no place for.

use std::collections::HashSet;

use huntsman_avro::{AvroSchema, NodeId, Type};

/// Paths of the fields of `own` that `other` does not have: items of `own` cannot be written with
/// it. Readers would drop them in silence, so compatibility does not tell.
pub(crate) fn unknown_fields(other: &AvroSchema, own: &AvroSchema) -> Vec<String> {
    let mut walk = Walk {
        other,
        own,
        seen: HashSet::new(),
        found: Vec::new(),
    };
    walk.pair(other.root(), own.root(), "");
    walk.found
}

struct Walk<'a> {
    other: &'a AvroSchema,
    own: &'a AvroSchema,
    /// Schemas may hold themselves.
    seen: HashSet<(NodeId, NodeId)>,
    found: Vec<String>,
}

impl Walk<'_> {
    fn pair(&mut self, other: NodeId, own: NodeId, path: &str) {
        if !self.seen.insert((other, own)) {
            return;
        }
        match (&self.other.node(other).kind, &self.own.node(own).kind) {
            (_, Type::Union(branches)) => {
                for branch in branches.clone() {
                    self.pair(other, branch, path);
                }
            }
            (Type::Union(branches), _) => self.branches(&branches.clone(), own, path),
            (Type::Array(other), Type::Array(own)) => self.pair(*other, *own, &format!("{path}[]")),
            (Type::Map(other), Type::Map(own)) => self.pair(*other, *own, &format!("{path}{{}}")),
            (Type::Record(_), Type::Record(_)) => self.records(other, own, path),
            _ => {}
        }
    }

    /// One branch that has a place for all is enough; otherwise the nearest tells what is missing.
    fn branches(&mut self, branches: &[NodeId], own: NodeId, path: &str) {
        let word = self.own.node(own).kind.word();
        let mut nearest: Option<Vec<String>> = None;
        for branch in branches {
            if self.other.node(*branch).kind.word() != word {
                continue;
            }
            let before = std::mem::take(&mut self.found);
            self.pair(*branch, own, path);
            let missing = std::mem::replace(&mut self.found, before);
            if nearest
                .as_ref()
                .is_none_or(|best| missing.len() < best.len())
            {
                nearest = Some(missing);
            }
        }
        self.found.extend(nearest.unwrap_or_default());
    }

    fn records(&mut self, other: NodeId, own: NodeId, path: &str) {
        let Some(theirs) = self.other.node(other).as_record() else {
            return;
        };
        let Some(ours) = self.own.node(own).as_record() else {
            return;
        };
        for field in &ours.fields {
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}{}", field.name);
            match theirs.fields.iter().find(|their| their.name == field.name) {
                Some(their) => self.pair(their.kind, field.kind, &path),
                None => self.found.push(path),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(other: &str, own: &str) -> Vec<String> {
        let parse = |text: &str| AvroSchema::parse(text).unwrap();
        unknown_fields(&parse(other), &parse(own))
    }

    fn record(fields: &str) -> String {
        format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#)
    }

    const A: &str = r#"{"name":"a","type":"int"}"#;

    #[test]
    fn fields_are_found_wherever_they_are() {
        let (none, one) = (record(""), record(A));
        assert_eq!(found(&one, &none), [""; 0]);
        assert_eq!(found(&none, &one), ["a"]);
        let list = |inner: &str| {
            record(&format!(
                r#"{{"name":"l","type":["null",{{"type":"array","items":{}}}]}}"#,
                inner.replace("\"R\"", "\"I\"")
            ))
        };
        assert_eq!(found(&list(&none), &list(&one)), ["l[].a"]);
        assert_eq!(found(&list(&one), &list(&one)), [""; 0]);
    }

    #[test]
    fn one_branch_that_has_all_is_enough() {
        let (none, one) = (record(""), record(A));
        let both = format!("[{none},{}]", one.replace("\"R\"", "\"S\""));
        assert_eq!(found(&both, &one), [""; 0]);
        assert_eq!(found(&format!("[\"null\",{none}]"), &one), ["a"]);
    }

    #[test]
    fn a_schema_in_itself_ends() {
        let tree = record(r#"{"name":"next","type":["null","R"],"default":null}"#);
        assert_eq!(found(&tree, &tree), [""; 0]);
    }
}
