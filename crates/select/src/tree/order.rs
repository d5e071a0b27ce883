//! Brings a tree into document order where the parser has moved nodes about.

use super::{Id, Stored, Tree};

impl Tree {
    /// The tree with its nodes in document order, and without those that are not part of it.
    pub(super) fn ordered(mut self) -> Self {
        if self.is_ordered() {
            return self;
        }
        let mut places = vec![None; self.len()];
        let mut order = Vec::with_capacity(self.len());
        let mut at = Some(Id::DOCUMENT);
        while let Some(id) = at {
            places[id.index()] = Some(Id::at(order.len()));
            order.push(id);
            at = self.following(id);
        }
        let moved = |id: Option<Id>| id.and_then(|id| places[id.index()]);
        let nodes = order
            .into_iter()
            .map(|id| {
                let node = std::mem::take(&mut self[id]);
                Stored {
                    parent: moved(node.parent),
                    previous: moved(node.previous),
                    next: moved(node.next),
                    first: moved(node.first),
                    last: moved(node.last),
                    data: node.data,
                }
            })
            .collect();
        Self { nodes }
    }

    fn is_ordered(&self) -> bool {
        let (mut at, mut count) = (Some(Id::DOCUMENT), 0);
        while let Some(id) = at {
            if id.index() != count {
                return false;
            }
            count += 1;
            at = self.following(id);
        }
        count == self.len()
    }

    /// The next node in document order.
    fn following(&self, id: Id) -> Option<Id> {
        self[id].first.or_else(|| self.beyond(id))
    }
}
