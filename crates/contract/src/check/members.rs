//! Records and maps, member by member.

use huntsman_avro::{NodeId, Type};
use serde::ser::{self, Serialize};
use serde_json::{Map, Value};

use super::key;
use super::plan::RecordPlan;
use super::several::Names;
use super::stop::Stop;
use super::walk::Walk;

/// A record or map on the way.
pub(super) struct Members<'a, 's> {
    walk: Walk<'a, 's>,
    of: Of<'a>,
    count: usize,
    /// For maps in serde's sense: the key whose value comes next.
    key: String,
}

/// What the members belong to.
enum Of<'a> {
    /// Nothing that is looked into.
    Nothing,
    Map(NodeId, NodeId),
    Record(Fields<'a>),
    /// One of several types of a union: which, is seen when all names are known.
    Several(Box<Names<'a>>),
    /// A variant of this name, which is known once it is whole.
    Variant(&'static str, Box<Map<String, Value>>),
}

struct Fields<'a> {
    id: NodeId,
    record: &'a RecordPlan,
    paths: &'a [Option<u32>],
    /// Where this record's part of the scratch begins.
    seen: usize,
    /// The field that is likely to come next.
    next: usize,
}

impl<'a, 's> Walk<'a, 's> {
    /// Begins a record or map; a struct has a name.
    pub(super) fn members(mut self, name: Option<&'static str>) -> Members<'a, 's> {
        let plan = self.plan;
        let branches = plan.branches(self.kind);
        let fitting =
            branches.filter(|id| matches!(plan.node(*id).kind, Type::Record(_) | Type::Map(_)));
        let mut first = fitting.clone();
        let of = match (first.next(), first.next()) {
            (None, _) => {
                self.refuse(if name.is_some() { "a record" } else { "a map" });
                Of::Nothing
            }
            (Some(_), Some(_)) => Of::Several(Box::new(Names::new(plan, fitting, name))),
            _ if !self.may_descend() => Of::Nothing,
            (Some(id), None) => self.of(id),
        };
        self.begin(of)
    }

    /// Begins the fields of a struct variant.
    pub(super) fn variant_members(mut self, variant: &'static str) -> Members<'a, 's> {
        if self.choose(variant) {
            return self.members(Some(variant));
        }
        self.begin(Of::Variant(variant, Box::default()))
    }

    fn begin(self, of: Of<'a>) -> Members<'a, 's> {
        let key = self.sight.scratch.keys.pop().unwrap_or_default();
        Members {
            walk: self,
            of,
            count: 0,
            key,
        }
    }

    fn of(&mut self, id: NodeId) -> Of<'a> {
        let plan = self.plan;
        match (&plan.node(id).kind, plan.record(id)) {
            (Type::Map(values), _) => Of::Map(id, *values),
            (_, Some(record)) => {
                self.present(true);
                let seen = &mut self.sight.scratch.seen;
                let start = seen.len();
                seen.resize(start + record.fields.len(), false);
                Of::Record(Fields {
                    id,
                    record,
                    paths: plan.paths.within(self.path, id),
                    seen: start,
                    next: 0,
                })
            }
            (_, None) => Of::Nothing,
        }
    }
}

impl Members<'_, '_> {
    /// Walks through one member.
    pub(super) fn member<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) {
        self.count += 1;
        match &mut self.of {
            Of::Nothing => {}
            Of::Several(names) => names.name(key),
            Of::Variant(_, members) => {
                let value = serde_json::to_value(value).unwrap_or_default();
                members.insert(key.to_owned(), value);
            }
            Of::Map(_, kind) => {
                let place = self.walk.place.key(key);
                let walk = Walk {
                    sight: self.walk.sight,
                    place: &place,
                    kind: *kind,
                    rules: None,
                    depth: self.walk.depth + 1,
                    ..self.walk
                };
                walk.enter(value);
            }
            Of::Record(fields) => fields.field(&mut self.walk, key, value),
        }
    }

    /// All members were told.
    pub(super) fn finish(mut self) {
        self.key.clear();
        self.walk.sight.scratch.keys.push(self.key);
        match self.of {
            Of::Nothing => {}
            Of::Several(names) => match names.chosen() {
                Some(id) => self.walk.sight.scratch.chosen = Some(id),
                None => self.walk.refuse("a map of other fields"),
            },
            Of::Variant(name, members) => self.walk.variant(name, &*members),
            Of::Map(id, _) => {
                self.walk.present(self.count > 0);
                for rules_id in self.walk.rules_of(id) {
                    let rules = self.walk.plan.rules(rules_id);
                    rules.properties(self.count, &mut self.walk);
                    if rules.looks_at_wholes() {
                        self.walk.want(rules_id, id, true);
                    }
                }
            }
            Of::Record(fields) => fields.finish(self.walk),
        }
    }
}

impl Fields<'_> {
    fn field<T: Serialize + ?Sized>(&mut self, walk: &mut Walk<'_, '_>, name: &str, value: &T) {
        let Some(at) = self.record.find(name, self.next) else {
            if !self.record.open {
                let place = walk.place.field(name);
                let message = "is no field of the schema".to_owned();
                let value = super::shown::shown(value);
                walk.sight.add(&place, "additionalFields", message, value);
            }
            return;
        };
        self.next = at + 1;
        let field = &self.record.fields[at];
        let place = walk.place.field(&field.name);
        let seen = &mut walk.sight.scratch.seen[self.seen + at];
        if std::mem::replace(seen, true) {
            let message = "is given more than once".to_owned();
            let value = super::shown::shown(value);
            walk.sight.add(&place, "type", message, value);
        }
        let step = Walk {
            sight: walk.sight,
            place: &place,
            kind: field.kind,
            rules: field.rules,
            path: self.paths.get(at).copied().flatten(),
            depth: walk.depth + 1,
            ..*walk
        };
        step.enter(value);
    }

    fn finish(self, mut walk: Walk<'_, '_>) {
        for (at, field) in self.record.fields.iter().enumerate() {
            if !walk.sight.scratch.seen[self.seen + at] && !field.optional {
                let place = walk.place.field(&field.name);
                let message = "is missing, and has no default".to_owned();
                walk.sight.add(&place, "required", message, String::new());
            }
        }
        walk.sight.scratch.seen.truncate(self.seen);
        for id in walk.rules_of(self.id) {
            if walk.plan.rules(id).looks_at_wholes() {
                walk.want(id, self.id, true);
            }
        }
    }
}

macro_rules! structs {
    ($($trait:ident),+) => {
        $(impl ser::$trait for Members<'_, '_> {
            type Ok = ();
            type Error = Stop;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Stop> {
                self.member(key, value);
                Ok(())
            }

            fn end(self) -> Result<(), Stop> {
                self.finish();
                Ok(())
            }
        })+
    };
}

structs!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Members<'_, '_> {
    type Ok = ();
    type Error = Stop;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Stop> {
        self.key.clear();
        let room = &mut self.key;
        key::text(key, |text| room.push_str(text))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        let key = std::mem::take(&mut self.key);
        self.member(&key, value);
        self.key = key;
        Ok(())
    }

    fn end(self) -> Result<(), Stop> {
        self.finish();
        Ok(())
    }
}
