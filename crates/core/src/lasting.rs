//! What is in memory while a crawl runs, and outlives each run of its job.

use crate::fingerprint::Fingerprint;
use crate::frontier::Saved;

/// State that the next run of a job goes on with: cookies, counters, keys seen, a spider's own.
///
/// In a crawl with a job, [`Lasting::restore`] is called once, before the first request, with
/// nothing in the first run. Then [`Lasting::changed`] is called with every commit of pages; what
/// it returns is in that same commit. In a crawl without a job neither is called.
///
/// ```
/// use std::sync::Mutex;
/// use huntsman_core::frontier::Saved;
/// use huntsman_core::Fingerprint;
/// use huntsman_core::lasting::{Lasting, Settling};
///
/// /// How many items there were.
/// #[derive(Default)]
/// struct Count(Mutex<u64>);
///
/// impl Lasting for Count {
///     fn name(&self) -> &str { "count" }
///     fn changed(&self, settling: &[Settling]) -> Vec<Saved> {
///         let mut count = self.0.lock().unwrap();
///         *count += settling.iter().map(|page| page.items).sum::<u64>();
///         vec![Saved { name: "".into(), value: count.to_le_bytes().to_vec() }]
///     }
///     fn restore(&self, saved: Vec<Saved>) -> Result<(), String> {
///         if let Some(one) = saved.first() {
///             let bytes = one.value[..].try_into().map_err(|_| "not eight bytes")?;
///             *self.0.lock().unwrap() = u64::from_le_bytes(bytes);
///         }
///         Ok(())
///     }
/// }
///
/// let count = Count::default();
/// count.restore(Vec::new()).unwrap();
/// let page = Settling { request: Fingerprint(7), items: 3, quarantined: 0 };
/// let saved = count.changed(&[page]);
/// let later = Count::default();
/// later.restore(saved).unwrap();
/// assert_eq!(*later.0.lock().unwrap(), 3);
/// ```
pub trait Lasting: Send + Sync {
    /// Under which its values are kept: one word, no other's.
    fn name(&self) -> &str;

    /// Whether it begins anew when a finished job is crawled again: counters and keys do, cookies do
    /// not.
    fn is_of_a_round(&self) -> bool {
        false
    }

    /// What has changed since this was last asked. These pages are about to be committed with it;
    /// none of them was in an earlier call. Names are its own, and may be empty.
    fn changed(&self, settling: &[Settling]) -> Vec<Saved>;

    /// Goes on from all that was kept, in the order of the names.
    ///
    /// # Errors
    /// It cannot be read, in one line. The crawl does not begin then.
    fn restore(&self, saved: Vec<Saved>) -> Result<(), String>;
}

/// A page that is about to be committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settling {
    /// The request that brought it.
    pub request: Fingerprint,
    /// Its items that go to the outbox, but for those of the quarantine.
    pub items: u64,
    /// Its items that go to the quarantine.
    pub quarantined: u64,
}
