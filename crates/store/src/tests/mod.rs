//! Tests of the whole store.

mod announced;
mod clock;
mod crawls;
mod disk;
mod faults;
mod files;
mod formats;
mod history;
mod kept;
mod model;
mod repair;
mod resume;
mod suite;

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use huntsman_core::frontier::{Lease, Settlement, Supply};
use huntsman_core::request::Candidate;
use huntsman_core::{AnyItem, Frontier, Item as _, Request, Timestamp, Url};
use huntsman_testkit::Sample;

use crate::{Options, Store};

/// A run of the spider that these tests have.
fn options() -> Options {
    Options::new("books", "1", Timestamp(1000)).schemas(Sample::schemas())
}

fn open(dir: &Path) -> Store {
    Store::open(dir, options()).unwrap()
}

fn get(url: &str) -> Candidate {
    Request::get(Url::parse(url).unwrap()).into()
}

fn sample(number: u64) -> Arc<dyn AnyItem> {
    Arc::new(Sample::numbered(number))
}

async fn lease_up_to(store: &impl Frontier, at_most: usize, now: u64) -> Vec<Lease> {
    let at_most = NonZeroUsize::new(at_most).unwrap();
    match store.lease(at_most, Timestamp(now)).await.unwrap() {
        Supply::Ready(leases) => leases,
        _ => Vec::new(),
    }
}

fn done(lease: &Lease, found: Vec<Candidate>, items: Vec<Arc<dyn AnyItem>>) -> Settlement {
    Settlement {
        found,
        items,
        ..Settlement::done(lease.id)
    }
}
