//! A walk through an item in step with its schema: no value is built on the way.
//!
//! Whoever holds a value [`enters`](Walk::enter) it, and the value's own `Serialize` tells what it
//! is, part by part. Rules on scalars, counts and types are looked at as they come by. What needs
//! the value as a whole (how it looks as JSON, whether it is unique, what CEL says) is left to the
//! holder, who does it after the walk.

use std::fmt::Display;

use huntsman_avro::{Node, NodeId, Type, iso};
use huntsman_core::violation::Place;
use serde::Serialize;

use super::fit::{Fit, Misfit, Scalar, Seen, demand, fit};
use super::number::{Decimal, Number};
use super::plan::{Plan, RulesId};
use super::rules::Broken;
use super::shown::shown;
use super::sight::Sight;
use super::stop::Stop;
use super::wholes::{self, Wanted};
use crate::words::Word;

/// How deep lists, maps and records may be nested.
pub(super) const DEEPEST: u8 = 128;

/// One step: a place of the item, and what the schema says of it.
pub(super) struct Walk<'a, 's> {
    pub(super) plan: &'a Plan,
    pub(super) sight: &'s mut Sight,
    pub(super) place: &'s Place<'s>,
    /// The type; perhaps a union.
    pub(super) kind: NodeId,
    /// What the field says.
    pub(super) rules: Option<RulesId>,
    pub(super) path: Option<u32>,
    pub(super) depth: u8,
}

impl Broken for Walk<'_, '_> {
    fn broken(&mut self, word: Word, must: &dyn Display) {
        self.sight.broken(self.place, word.rule(), must.to_string());
    }
}

impl<'a> Walk<'a, '_> {
    /// The same step, for a while.
    pub(super) fn again(&mut self) -> Walk<'a, '_> {
        Walk {
            sight: self.sight,
            place: self.place,
            ..*self
        }
    }

    /// Walks through `value`, then does what needs it as a whole.
    pub(super) fn enter<T: Serialize + ?Sized>(mut self, value: &T) {
        let scratch = &self.sight.scratch;
        let (awaiting, wanted) = (scratch.awaiting.len(), scratch.wanted.len());
        let (seen, deep) = (scratch.seen.len(), scratch.too_deep);
        self.sight.scratch.too_deep = false;
        let mut walked = value.serialize(self.again());
        if let Some(kind) = self.sight.scratch.chosen.take() {
            self.kind = kind;
            walked = value.serialize(self.again());
        }
        if let Err(Stop(reason)) = walked {
            self.sight.scratch.seen.truncate(seen);
            let message = format!("cannot be read: {reason}");
            self.sight.broken(self.place, "type", message);
        }
        if self.sight.scratch.awaiting.len() > awaiting {
            let text = shown(value);
            for at in self.sight.scratch.awaiting.drain(awaiting..) {
                self.sight.violations[at].value.clone_from(&text);
            }
        }
        while self.sight.scratch.wanted.len() > wanted {
            let rules = self.sight.scratch.wanted.remove(wanted);
            // What is too deep to walk through is too deep for others too.
            if !self.sight.scratch.too_deep {
                wholes::check(self.plan, rules, value, self.place, self.sight);
            }
        }
        self.sight.scratch.too_deep |= deep;
    }

    /// Takes note that there is a value here that is not empty.
    pub(super) fn present(&mut self, is: bool) {
        if let (true, Some(path)) = (is, self.path) {
            self.sight.present[path as usize] = true;
        }
    }

    /// What the field and the type `kind` demand.
    pub(super) fn rules_of(&self, kind: NodeId) -> impl Iterator<Item = RulesId> + use<> {
        let of_type = self.plan.type_rules(kind);
        self.rules.into_iter().chain(of_type)
    }

    /// Leaves `rules` to the holder of the value.
    pub(super) fn want(&mut self, rules: RulesId, kind: NodeId, compound: bool) {
        self.sight.scratch.wanted.push(Wanted {
            rules,
            path: self.path,
            kind,
            compound,
        });
    }

    /// Looks at a scalar.
    pub(super) fn scalar(mut self, scalar: Scalar<'_>) -> Result<(), Stop> {
        self.present(match scalar {
            Scalar::Null => false,
            Scalar::Text(text) => !text.is_empty(),
            Scalar::Bytes(bytes) => !bytes.is_empty(),
            _ => true,
        });
        // What most values are; the ways below are longer.
        if let Scalar::Text(text) = scalar
            && self.plan.is_plain_text(self.kind)
        {
            self.obey(self.kind, Seen::Text(text));
            return Ok(());
        }
        match self.branch(scalar) {
            Ok((kind, seen)) => self.obey(kind, seen),
            Err(misfit) => {
                let message = self.misfit(scalar.noun(), misfit);
                self.sight.broken(self.place, "type", message);
            }
        }
        Ok(())
    }

    /// The type of this place that a scalar is of. Of a union the first that has it as it is, then
    /// the first that has it in another form, then the one that has any value as JSON.
    fn branch<'v>(&self, scalar: Scalar<'v>) -> Result<(NodeId, Seen<'v>), Misfit> {
        let node = self.plan.node(self.kind);
        if !matches!(node.kind, Type::Union(_)) && !self.plan.takes_json(self.kind) {
            return fit(node, scalar).map(|fit| (self.kind, fit.seen));
        }
        let mut misfit = Misfit::Kind;
        let (mut other, mut json) = (None, None);
        for id in self.plan.branches(self.kind) {
            if self.plan.takes_json(id) {
                json = json.or(Some((id, Seen::Json)));
                continue;
            }
            match fit(self.plan.node(id), scalar) {
                Ok(Fit { seen, exact: true }) => return Ok((id, seen)),
                Ok(Fit { seen, .. }) => other = other.or(Some((id, seen))),
                Err(why) => misfit = why,
            }
        }
        other.or(json).ok_or(misfit)
    }

    #[inline]
    fn obey(&mut self, kind: NodeId, seen: Seen<'_>) {
        if self.rules.is_some() || self.plan.type_rules(kind).is_some() {
            self.obey_rules(kind, &seen);
        }
    }

    fn obey_rules(&mut self, kind: NodeId, seen: &Seen<'_>) {
        if matches!(seen, Seen::Null) {
            return;
        }
        for id in self.rules_of(kind) {
            let rules = self.plan.rules(id);
            let mut compound = false;
            match *seen {
                Seen::Null => {}
                Seen::Json => compound = true,
                Seen::Boolean(value) => rules.boolean(value, self),
                Seen::Number(number) => rules.number(number, self),
                Seen::Unscaled(bytes, scale) => {
                    let text = iso::decimal_text(bytes, scale).unwrap_or_default();
                    if let Some(decimal) = Decimal::plain(&text) {
                        rules.number(Number::Text(decimal), self);
                    }
                }
                Seen::Text(text) => rules.text(text, self),
                Seen::Moment(text, number) => rules.moment(text, number, self),
                Seen::Bytes(count) => {
                    rules.bytes(count, self);
                    compound = true;
                }
            }
            if compound && rules.looks_at_wholes() || rules.looks_at_scalars() {
                self.want(id, kind, compound);
            }
        }
    }

    /// Takes note of a value that is of no type of this place; or leaves it to the holder, if any
    /// value may stand here as JSON.
    pub(super) fn refuse(&mut self, noun: &str) {
        self.present(true);
        let mut branches = self.plan.branches(self.kind);
        match branches.find(|id| self.plan.takes_json(*id)) {
            Some(id) => self.obey(id, Seen::Json),
            None => {
                let message = self.misfit(noun, Misfit::Kind);
                self.sight.broken(self.place, "type", message);
            }
        }
    }

    /// Whether there is room below; a violation if not.
    pub(super) fn may_descend(&mut self) -> bool {
        if self.depth < DEEPEST {
            return true;
        }
        self.present(true);
        self.sight.scratch.too_deep = true;
        let message = format!("is nested more than {DEEPEST} levels deep");
        self.sight.broken(self.place, "depth", message);
        false
    }

    /// The message for a value of no type of this place.
    pub(super) fn misfit(&self, noun: &str, misfit: Misfit) -> String {
        let nodes = self.plan.branches(self.kind).map(|id| self.plan.node(id));
        let null = |node: &&Node| matches!(node.kind, Type::Null);
        let mut others = nodes.clone().filter(|node| !null(node));
        let one = match (others.next(), others.next()) {
            (Some(node), None) => Some(node),
            (None, _) => nodes.clone().next(),
            _ => None,
        };
        match (one, misfit) {
            (Some(node), Misfit::Kind) => format!("must be {}, not {noun}", demand(node)),
            (Some(node), _) => format!("must be {}", demand(node)),
            (None, _) => {
                let names: Vec<String> = nodes.map(type_name).collect();
                format!("must be one of {}; is {noun}", names.join(", "))
            }
        }
    }
}

/// What a message calls a type: its name, or its word.
fn type_name(node: &Node) -> String {
    match node.name() {
        Some(name) => name.to_string(),
        None => node.kind.word().to_owned(),
    }
}
