//! Named points at which tests let a process die or a call fail.
//!
//! A store or a sink names the points around each of its writes. In a program that sets no hook,
//! passing a point costs one load. `huntsman-testkit` has hooks that kill the process.

use std::sync::OnceLock;

static HOOK: OnceLock<fn(&'static str)> = OnceLock::new();

/// Says that the program is at this point: `store.commit.before`, `feed.write.after` …
pub fn failpoint(name: &'static str) {
    if let Some(hook) = HOOK.get() {
        hook(name);
    }
}

/// Has `hook` called at each point, for as long as the process lives. Only the first hook counts;
/// returns whether this one is it.
///
/// ```
/// use huntsman_core::failpoint::{failpoint, on_failpoint};
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// static PASSED: AtomicU32 = AtomicU32::new(0);
/// failpoint("store.commit.before");
/// assert!(on_failpoint(|_| { PASSED.fetch_add(1, Ordering::Relaxed); }));
/// failpoint("store.commit.before");
/// assert_eq!(PASSED.load(Ordering::Relaxed), 1);
/// ```
pub fn on_failpoint(hook: fn(&'static str)) -> bool {
    HOOK.set(hook).is_ok()
}
