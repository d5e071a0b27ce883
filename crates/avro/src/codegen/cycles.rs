//! Which types contain themselves.

use crate::schema::{AvroSchema, NodeId, Type};

/// For each node a number; two nodes have the same one if each contains the other, at any depth.
///
/// Kosaraju's algorithm, with stacks of its own: types may be linked far deeper than a thread's
/// stack reaches.
pub(super) fn of(schema: &AvroSchema) -> Vec<usize> {
    let count = schema.nodes().len();
    let mut reversed = vec![Vec::new(); count];
    let inner: Vec<Vec<usize>> = schema
        .nodes()
        .iter()
        .map(|node| inner(&node.kind))
        .collect();
    for (from, targets) in inner.iter().enumerate() {
        for &to in targets {
            reversed[to].push(from);
        }
    }
    let mut seen = vec![false; count];
    let mut finished = Vec::with_capacity(count);
    for start in 0..count {
        walk(start, &inner, &mut seen, &mut finished);
    }
    let mut numbers = vec![0; count];
    seen.fill(false);
    for &start in finished.iter().rev() {
        let mut members = Vec::new();
        walk(start, &reversed, &mut seen, &mut members);
        for member in members {
            numbers[member] = start;
        }
    }
    numbers
}

/// Adds the nodes that are reached from `start` and not yet seen, the deepest first.
fn walk(start: usize, edges: &[Vec<usize>], seen: &mut [bool], finished: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut path = vec![(start, 0)];
    while let Some((node, next)) = path.last_mut() {
        let Some(&target) = edges[*node].get(*next) else {
            finished.push(*node);
            path.pop();
            continue;
        };
        *next += 1;
        if !std::mem::replace(&mut seen[target], true) {
            path.push((target, 0));
        }
    }
}

fn inner(kind: &Type) -> Vec<usize> {
    match kind {
        Type::Array(inner) | Type::Map(inner) => vec![inner.index()],
        Type::Union(branches) => branches.iter().copied().map(NodeId::index).collect(),
        Type::Record(record) => record
            .fields
            .iter()
            .map(|field| field.kind.index())
            .collect(),
        _ => Vec::new(),
    }
}
