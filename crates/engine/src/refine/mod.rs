//! Refinement: items through their steps, in order.

use std::sync::Arc;

use huntsman_core::{AnyItem, Item, Refine, Verdict};

/// What the steps left of a page's items.
#[derive(Default)]
pub(crate) struct Refined {
    pub(crate) items: Vec<Arc<dyn AnyItem>>,
    /// The reason of each dropped one.
    pub(crate) dropped: Vec<String>,
}

/// Takes `items` through `steps`.
pub(crate) async fn through<I: Item>(steps: &[Box<dyn Refine<I>>], items: Vec<I>) -> Refined {
    let mut refined = Refined::default();
    'items: for mut item in items {
        for step in steps {
            match step.refine(item).await {
                Ok(Verdict::Keep(kept)) => item = kept,
                Ok(Verdict::Drop(reason)) => {
                    refined.dropped.push(reason);
                    continue 'items;
                }
                Ok(_) => {
                    refined
                        .dropped
                        .push("a verdict that this version does not know".to_owned());
                    continue 'items;
                }
                Err(error) => {
                    refined.dropped.push(error.to_string());
                    continue 'items;
                }
            }
        }
        refined.items.push(Arc::new(item));
    }
    refined
}
