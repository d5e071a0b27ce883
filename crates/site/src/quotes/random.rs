//! One quotation, a new one each time.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::response::Html;

use super::Memory;
use super::data::QUOTES;
use super::layout::{layout, with_tags_box};
use super::list::quote_box;
use super::visitor::Visitor;

/// Prime to the number of quotations: the steps visit all of them before one comes again, in the
/// same order on every run.
const STEP: usize = 37;

pub(super) async fn random(visitor: Visitor, State(memory): State<Arc<Memory>>) -> Html<String> {
    let turn = memory.random.fetch_add(1, Ordering::Relaxed);
    let quote = &QUOTES[turn.wrapping_mul(STEP) % QUOTES.len()];
    layout(&visitor, &with_tags_box(&quote_box(quote, &visitor)))
}
