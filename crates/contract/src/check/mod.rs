//! Whether an item obeys its schema.

mod bounds;
mod choices;
mod compile;
mod digest;
mod fit;
mod key;
mod list;
mod members;
pub mod number;
mod paths;
mod plan;
mod rules;
mod serializer;
mod several;
mod shown;
mod sight;
mod stop;
mod walk;
mod wholes;

use huntsman_avro::AvroSchema;
use huntsman_core::violation::Place;

pub use crate::words::CheckError;
pub(crate) use digest::digest;
use plan::Plan;
pub use sight::Sight;
use walk::Walk;

/// A schema's types and constraints, compiled once.
#[derive(Debug)]
pub struct Checks {
    plan: Plan,
    warnings: Vec<String>,
}

impl Checks {
    /// Compiles what a schema demands.
    ///
    /// # Errors
    /// A constraint that makes no sense, with its place.
    pub fn compile(schema: &AvroSchema) -> Result<Self, CheckError> {
        let (plan, warnings) = compile::compile(schema)?;
        Ok(Self { plan, warnings })
    }

    /// The paths of all fields, the outer ones first: `address`, `address.city`, `tags`; without
    /// list indices and map keys. What is within a record that is within itself has none, and
    /// there are at most 4096.
    #[must_use]
    pub fn paths(&self) -> &[String] {
        &self.plan.paths.names
    }

    /// What the author of the schema may have meant otherwise, a line each.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Looks at one item, and leaves in `sight` what it found.
    pub fn check(&self, item: &dyn erased_serde::Serialize, sight: &mut Sight) {
        sight.clear();
        sight.present.resize(self.paths().len(), false);
        let walk = Walk {
            plan: &self.plan,
            sight,
            place: &Place::ITEM,
            kind: self.plan.schema.root(),
            rules: None,
            path: None,
            depth: 0,
        };
        walk.enter(item);
    }
}
