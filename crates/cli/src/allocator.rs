//! The allocator of every program that has this crate.
//!
//! A job that runs for long reads and forgets millions of pages of its database, of some kilobytes
//! each; with glibc's allocator nearly a third of the processor's time goes into finding room for
//! them, and the room is up to half as large again. So it is jemalloc, for the C libraries too. Who
//! wants another one builds without the feature `jemalloc`.

use tikv_jemallocator::Jemalloc;

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;
