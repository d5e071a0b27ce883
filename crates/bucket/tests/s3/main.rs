//! Objects of a real S3 server, and a server that goes wrong.
#![expect(clippy::unwrap_used, reason = "the lints look only for test functions")]

mod fault;
mod faulty;
mod feeds;
mod objects;
mod refused;
mod resume;
mod server;

use std::sync::OnceLock;

use huntsman_export::Delivered;

const MIB: usize = 1 << 20;

/// Bytes that differ from part to part; the same for every length.
fn bytes(length: usize) -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    let make = || (0..40 * MIB).map(|at| (at ^ (at >> 9) ^ (at >> 20)) as u8);
    &BYTES.get_or_init(|| make().collect())[..length]
}

fn delivered(items: u64) -> Delivered {
    Delivered {
        items,
        from: 0,
        to: 0,
        opening: Vec::new(),
        closing: Vec::new(),
    }
}
