//! Unions in which several types could be the one.
//!
//! The choice is that of [`Encoder`](huntsman_avro::Encoder): a variant with data takes the type
//! of its name; of several records, and a map, the names of the fields decide.

use huntsman_avro::{NodeId, Type};
use serde::Serialize;

use super::plan::Plan;
use super::walk::Walk;

/// The names of an object's fields, and what they leave possible.
pub(super) struct Names<'a> {
    plan: &'a Plan,
    /// For each type: how many fields without a default came; nothing once a name was none of its.
    fits: Vec<(NodeId, Option<usize>)>,
    called: Option<&'static str>,
}

impl<'a> Names<'a> {
    /// For these types, and an object that is called so.
    pub(super) fn new(
        plan: &'a Plan,
        members: impl Iterator<Item = NodeId>,
        called: Option<&'static str>,
    ) -> Self {
        Self {
            plan,
            fits: members.map(|id| (id, Some(0))).collect(),
            called,
        }
    }

    pub(super) fn name(&mut self, name: &str) {
        for (id, fits) in &mut self.fits {
            if let (Some(record), Some(needed)) = (self.plan.record(*id), &mut *fits) {
                match record.find(name, 0) {
                    Some(at) => *needed += usize::from(!record.fields[at].optional),
                    None if record.open => {}
                    None => *fits = None,
                }
            }
        }
    }

    /// The record called as the object if the names fit it, else the first that they fit, else the
    /// map.
    pub(super) fn chosen(&self) -> Option<NodeId> {
        let fitting = || {
            let all = self.fits.iter().filter(|(id, fits)| {
                let record = self.plan.record(*id);
                let needed = record.map(|record| {
                    let fields = record.fields.iter();
                    fields.filter(|field| !field.optional).count()
                });
                needed.is_none_or(|needed| *fits == Some(needed))
            });
            all.map(|(id, _)| *id)
        };
        let called = fitting().find(|id| {
            let name = self.plan.node(*id).name();
            name.is_some_and(|name| self.called == Some(&*name.name))
        });
        let records = fitting().filter(|id| self.plan.record(*id).is_some());
        called.or_else(|| records.chain(fitting()).next())
    }
}

impl Walk<'_, '_> {
    /// Of a union, settles on the type `name`; false if there is none.
    pub(super) fn choose(&mut self, name: &str) -> bool {
        let plan = self.plan;
        if !matches!(plan.node(self.kind).kind, Type::Union(_)) {
            return false;
        }
        let full = |id: &NodeId| match plan.node(*id).name() {
            Some(full) => full.to_string() == name,
            None => plan.node(*id).kind.word() == name,
        };
        let short = |id: &NodeId| {
            let known = plan.node(*id).name();
            known.is_some_and(|known| known.name == name)
        };
        let branches = || plan.branches(self.kind);
        let chosen = branches().find(full).or_else(|| branches().find(short));
        self.kind = chosen.unwrap_or(self.kind);
        chosen.is_some()
    }

    /// A variant with data: of the type of its name, or a map from its name to its data.
    pub(super) fn variant<T: Serialize + ?Sized>(mut self, name: &'static str, data: &T) {
        if self.choose(name) {
            self.enter(data);
            return;
        }
        let plan = self.plan;
        let is = |id: &NodeId, map: bool| match plan.node(*id).kind {
            Type::Map(_) => map,
            Type::Record(_) => !map,
            _ => false,
        };
        let branches = || plan.branches(self.kind);
        let map = branches().find(|id| is(id, true));
        let last = map.or_else(|| branches().filter(|id| is(id, false)).last());
        match last {
            Some(kind) => {
                self.kind = kind;
                let mut members = self.members(None);
                members.member(name, data);
                members.finish();
            }
            None => self.refuse("a variant with data"),
        }
    }
}
