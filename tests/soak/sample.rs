//! What a process holds at a moment.

use std::fs;
use std::path::Path;

/// Memory and handles of the crawl, and the size of its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sample {
    /// Resident, in bytes.
    pub(crate) memory: u64,
    /// Open files and sockets.
    pub(crate) handles: u64,
    /// Bytes of the store's file, which its cache holds a part of.
    pub(crate) store: u64,
}

/// `None` once the process has ended.
pub(crate) fn take(process: u32, folder: &Path) -> Option<Sample> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let handles = fs::read_dir(format!("/proc/{process}/fd")).ok()?.count();
    let store = fs::metadata(folder.join("job/store.redb"));
    Some(Sample {
        memory: resident(&status)?,
        handles: handles as u64,
        store: store.map_or(0, |file| file.len()),
    })
}

/// `VmRSS` (proc_pid_status(5)): in kB, which are 1,024 bytes.
fn resident(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let number: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(number * 1_024)
}

#[test]
fn resident_memory_is_read_from_the_status() {
    let status = "Name:\tcrawl\nVmHWM:\t   9000 kB\nVmRSS:\t   8752 kB\nThreads:\t4\n";
    assert_eq!(resident(status), Some(8_752 * 1_024));
    assert_eq!(resident("Name:\tcrawl\nState:\tZ (zombie)\n"), None);
}
