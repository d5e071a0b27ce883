//! Programs that die at a named point, as by `kill -9`: for tests that a crash loses nothing.
//!
//! A test starts its program with one of these in its environment:
//!
//! | variable | what happens |
//! | --- | --- |
//! | `HUNTSMAN_FAILPOINT=feed.write.before:3` | the process kills itself when it passes that point for the third time |
//! | `HUNTSMAN_FAILPOINT=any:70` | … when it passes the 70th point, of whatever name |
//! | `HUNTSMAN_FAILPOINT_COUNTS=counts.json` | at the end, how often each point was passed is written to this file |
//!
//! The signal is a real SIGKILL: nothing is unwound, no destructor runs, no buffer is written. Only a
//! program that calls [`run`] knows these variables; the `crawl` command that users have does not.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::sync::{Mutex, OnceLock, PoisonError};

use huntsman_core::failpoint::on_failpoint;

/// Names the point at which the process dies, and the how manieth time: `store.commit.after:2`.
pub const POINT: &str = "HUNTSMAN_FAILPOINT";
/// Names the file that gets the counts: a JSON object of points and numbers.
pub const COUNTS: &str = "HUNTSMAN_FAILPOINT_COUNTS";

#[derive(Debug, Default)]
struct Armed {
    /// The point, and which time of it; any point without a name.
    at: Option<(Option<String>, u64)>,
    passed: Mutex<Passed>,
}

#[derive(Debug, Default)]
struct Passed {
    all: u64,
    by_name: BTreeMap<&'static str, u64>,
}

static ARMED: OnceLock<Armed> = OnceLock::new();

/// Runs a program with the points that its environment names; without them, it just runs it.
///
/// ```
/// # use std::process::ExitCode;
/// // What a program of a test has for a `main`.
/// fn main() -> ExitCode {
///     huntsman_testkit::failpoints::run(|| ExitCode::SUCCESS)
/// }
/// ```
///
/// # Panics
/// The environment is no `NAME:NUMBER`, or the file cannot be written.
pub fn run<T>(program: impl FnOnce() -> T) -> T {
    let (point, counts) = (env::var(POINT).ok(), env::var_os(COUNTS));
    if point.is_some() || counts.is_some() {
        let at = point.map(|text| {
            parsed(&text).unwrap_or_else(|| panic!("{POINT}={text} is no NAME:NUMBER"))
        });
        let armed = Armed {
            at,
            ..Armed::default()
        };
        ARMED.set(armed).expect("a process is armed once");
        assert!(on_failpoint(pass), "another hook is set");
    }
    let done = program();
    if let Some(file) = counts {
        let passed = passed();
        let json = serde_json::to_vec(&passed.by_name).expect("names and numbers");
        fs::write(file, json).expect("the counts can be written");
    }
    done
}

fn parsed(text: &str) -> Option<(Option<String>, u64)> {
    let (name, time) = text.rsplit_once(':')?;
    let name = (name != "any").then(|| name.to_owned());
    Some((name, time.parse().ok().filter(|time| *time > 0)?))
}

fn passed() -> std::sync::MutexGuard<'static, Passed> {
    let armed = ARMED.get_or_init(Armed::default);
    armed.passed.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pass(name: &'static str) {
    let time = {
        let mut passed = passed();
        passed.all += 1;
        let of_name = passed.by_name.entry(name).or_default();
        *of_name += 1;
        let of_name = *of_name;
        (of_name, passed.all)
    };
    let dies = match ARMED.get().and_then(|armed| armed.at.as_ref()) {
        Some((Some(wanted), at)) => wanted == name && *at == time.0,
        Some((None, at)) => *at == time.1,
        None => false,
    };
    if dies {
        die();
    }
}

/// Ends this process by SIGKILL.
#[cfg(unix)]
fn die() {
    use rustix::process::{Signal, getpid, kill_process};
    kill_process(getpid(), Signal::KILL).expect("a process may kill itself");
    loop {
        // Other threads are gone already, and this one is about to be.
        std::thread::park();
    }
}

/// The same without signals: nothing is unwound either.
#[cfg(not(unix))]
fn die() {
    std::process::abort();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read() {
        let named = |name: &str, time| Some((Some(name.to_owned()), time));
        assert_eq!(parsed("feed.write.before:3"), named("feed.write.before", 3));
        assert_eq!(parsed("any:70"), Some((None, 70)));
        for wrong in ["", "feed", "feed:", "feed:0", "feed:x"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
