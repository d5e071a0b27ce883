//! Ctrl-C and SIGTERM: once drains, twice aborts, three times exits.

use huntsman::{Stop, StopLevel};
use indicatif::ProgressBar;
use tokio::signal::unix::{SignalKind, signal};

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
    loop {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
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
