//! The paths of a schema: one for each field, however it is nested.

use huntsman_avro::{AvroSchema, NodeId, Type};

/// The most paths of one schema: types that are used twice, within types that are used twice,
/// would have more of them than memory.
const MOST: usize = 4096;

/// Paths as a tree.
#[derive(Debug, Default)]
pub(super) struct Paths {
    pub(super) names: Vec<String>,
    /// By path, with the whole as the first: the paths of the fields of the records that may be
    /// there.
    within: Vec<Vec<(NodeId, Vec<Option<u32>>)>>,
}

impl Paths {
    /// All paths, the outer ones first. A record within itself has none.
    pub(super) fn of(schema: &AvroSchema) -> Self {
        let mut paths = Self {
            names: Vec::new(),
            within: vec![Vec::new()],
        };
        let mut ahead = std::collections::VecDeque::from([(None, schema.root(), Vec::new())]);
        while let Some((at, node, above)) = ahead.pop_front() {
            for record in records(schema, node) {
                if above.contains(&record) {
                    continue;
                }
                let mut above = above.clone();
                above.push(record);
                for (path, kind) in paths.add(schema, at, record) {
                    ahead.push_back((Some(path), kind, above.clone()));
                }
            }
        }
        paths
    }

    /// Adds the fields of `record` at `at`, and tells them with their types.
    fn add(&mut self, schema: &AvroSchema, at: Option<u32>, record: NodeId) -> Vec<(u32, NodeId)> {
        let Type::Record(fields) = &schema.node(record).kind else {
            return Vec::new();
        };
        let mut within = Vec::new();
        let mut added = Vec::new();
        for field in &fields.fields {
            let name = match at {
                Some(at) => format!("{}.{}", self.names[at as usize], field.name),
                None => field.name.clone(),
            };
            let path = self.path(at, name);
            within.push(path);
            added.extend(path.map(|path| (path, field.kind)));
        }
        self.within[row(at)].push((record, within));
        added
    }

    /// The path of this name, which may be there: records of one union share names.
    fn path(&mut self, at: Option<u32>, name: String) -> Option<u32> {
        let siblings = self.within[row(at)].iter().flat_map(|(_, paths)| paths);
        let known = siblings
            .flatten()
            .find(|path| self.names[**path as usize] == name);
        if let Some(known) = known {
            return Some(*known);
        }
        if self.names.len() == MOST {
            return None;
        }
        let path = u32::try_from(self.names.len()).ok();
        self.names.push(name);
        self.within.push(Vec::new());
        path
    }

    /// The paths of the fields of `record` at `at`; empty if it has none there.
    pub(super) fn within(&self, at: Option<u32>, record: NodeId) -> &[Option<u32>] {
        let known = self.within[row(at)].iter().find(|(id, _)| *id == record);
        known.map_or(&[], |(_, paths)| paths)
    }
}

fn row(at: Option<u32>) -> usize {
    at.map_or(0, |at| at as usize + 1)
}

/// The records that a value of this type may be, or have as elements.
fn records(schema: &AvroSchema, node: NodeId) -> Vec<NodeId> {
    let mut found = Vec::new();
    let mut seen = vec![node];
    let mut ahead = vec![node];
    while let Some(id) = ahead.pop() {
        let inner: &[NodeId] = match &schema.node(id).kind {
            Type::Record(_) => {
                found.push(id);
                &[]
            }
            Type::Array(inner) | Type::Map(inner) => std::slice::from_ref(inner),
            Type::Union(branches) => branches,
            _ => &[],
        };
        for id in inner {
            if !seen.contains(id) {
                seen.push(*id);
                ahead.push(*id);
            }
        }
    }
    found.sort_unstable();
    found
}
