//! How the command ends: a code, and one line that says why.

use std::io;
use std::process::ExitCode;

use anyhow::Context as _;

/// The end of a command.
#[derive(Debug)]
pub(crate) enum Exit {
    /// It did what was asked.
    Done,
    /// It cannot be done as asked: flags, arguments, settings.
    Usage(anyhow::Error),
    /// It was done, and is not good: nothing fetched or matched, a gate not passed, items that do
    /// not obey their schema.
    Failed(anyhow::Error),
    /// What was compared differs, which is no failure to tell of.
    Differs,
    /// A sink failed, or brokers or a registry that cannot be reached, or keep the user out.
    Sink(anyhow::Error),
    /// The user stopped it.
    Stopped,
}

/// The code of a command that the user stopped, as shells have it: 128 + SIGINT.
pub(crate) const STOPPED: u8 = 130;

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        let (code, error) = match exit {
            Exit::Done => (0, None),
            Exit::Usage(error) => (1, Some(error)),
            Exit::Failed(error) => (2, Some(error)),
            Exit::Differs => (2, None),
            Exit::Sink(error) => (3, Some(error)),
            Exit::Stopped => (STOPPED, None),
        };
        if let Some(error) = error {
            crate::style::complain(&error);
        }
        Self::from(code)
    }
}

/// Commands return `Err` early and `Ok` at their end; both are ends.
pub(crate) fn ended(result: Result<Exit, Exit>) -> Exit {
    match result {
        Ok(exit) | Err(exit) => exit,
    }
}

/// How a command ends that wrote to standard output for somebody to read. Whoever stops reading, as
/// `head` does, has all that they want.
pub(crate) fn read(written: io::Result<()>) -> Result<Exit, Exit> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Done),
        written => written
            .context("cannot write to standard output")
            .map(|()| Exit::Done)
            .map_err(Exit::Sink),
    }
}

/// For `map_err`: the caller asked for something that cannot be.
pub(crate) fn usage(error: impl Into<anyhow::Error>) -> Exit {
    Exit::Usage(error.into())
}
