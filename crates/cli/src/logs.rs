//! The log: through `tracing`, to standard error above the live line, or to a file.

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Error, anyhow};
use indicatif::ProgressBar;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::flags::{Log, LogFormat};

/// Starts the log of this process.
pub(crate) fn start(flags: &Log, bar: &ProgressBar) -> Result<(), Error> {
    let level: LevelFilter = flags.log_level.parse().map_err(|_| {
        let known = ["off", "error", "warn", "info", "debug", "trace"];
        let near = huntsman::nearest::nearest(&flags.log_level, known).unwrap_or("info");
        anyhow!("no log level {:?}; did you mean {near:?}?", flags.log_level)
    })?;
    let to_file = match &flags.log_file {
        None => None,
        Some(path) => {
            let file = File::options().create(true).append(true).open(path);
            Some(file.with_context(|| format!("cannot open the log file {}", path.display()))?)
        }
    };
    let colours = to_file.is_none() && crate::style::colours();
    let writer = match to_file {
        Some(file) => Place::File(Arc::new(Mutex::new(file))),
        None => Place::Terminal(bar.clone()),
    };
    let builder = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_ansi(colours)
        .with_writer(writer);
    let started = match flags.log_format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    started.map_err(|error| anyhow!("the log cannot start: {error}"))?;
    quiet_panics();
    Ok(())
}

/// A panic in a spider fails its page, and the log says so; where it came from is worth a line at
/// `debug`. The usual print would tear the live line.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let message = info.payload_as_str().unwrap_or_default();
        tracing::debug!(target: "panic", place, message, "panicked");
    }));
}

/// Where log lines go.
#[derive(Clone)]
enum Place {
    Terminal(ProgressBar),
    File(Arc<Mutex<File>>),
}

impl<'a> MakeWriter<'a> for Place {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for Place {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Terminal(bar) => bar.suspend(|| io::stderr().write(bytes)),
            Self::File(file) => file
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Terminal(_) => io::stderr().flush(),
            Self::File(file) => file.lock().unwrap_or_else(PoisonError::into_inner).flush(),
        }
    }
}
