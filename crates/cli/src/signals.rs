//! Ctrl-C, SIGTERM and a closed terminal: once drains, twice aborts, three times exits.

use huntsman::{Stop, StopLevel};
use indicatif::ProgressBar;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::STOPPED;
use crate::style;

/// Passes signals on to `stop` for as long as it is awaited; it never ends by itself.
#[expect(clippy::exit, reason = "the third time means now")]
pub(crate) async fn pass_on(stop: &Stop, bar: &ProgressBar) {
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        // Without handlers the system's own behaviour stays: the first signal ends the process.
        return std::future::pending().await;
    };
    let mut hangup = match outlives_its_terminal() {
        true => None,
        false => signal(SignalKind::hangup()).ok(),
    };
    loop {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            () = closed(hangup.as_mut()) => {}
        }
        let say = |text: &str| bar.suspend(|| style::say(text));
        match stop.level() {
            StopLevel::Run => {
                say("stopping: what is under way is finished; once more drops it");
                stop.drain();
            }
            StopLevel::Drain => {
                say(
                    "dropping what is under way; what is committed is delivered; once more exits at once",
                );
                stop.abort();
            }
            StopLevel::Abort => std::process::exit(i32::from(STOPPED)),
        }
    }
}

/// Waits for the terminal to be closed.
async fn closed(hangup: Option<&mut Signal>) {
    match hangup {
        Some(hangup) => {
            hangup.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Whether whoever started the command wants it to go on without a terminal, as `nohup` does: it
/// ignores the signal. Where the system does not tell, nobody does.
fn outlives_its_terminal() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // The first signal is SIGHUP.
    mask.is_some_and(|mask| mask & 1 == 1)
}
