//! What goes to the terminal; plain when it is none, or when `NO_COLOR` asks for it.

use std::io::{self, IsTerminal, Write};

/// Writes lines to standard error. Nobody is left to tell when that fails.
pub(crate) fn say(text: &str) {
    let mut stderr = io::stderr().lock();
    writeln!(stderr, "{text}").unwrap_or_default();
}

/// Writes text to standard output, as it is.
///
/// # Errors
/// The reader has gone away, or the disk is full.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// One clear line about what went wrong: its causes behind it, each once.
pub(crate) fn complain(error: &anyhow::Error) {
    let mut line = String::new();
    for cause in error.chain() {
        let text = cause.to_string();
        if !line.contains(&text) {
            if !line.is_empty() {
                line.push_str(": ");
            }
            line.push_str(&text);
        }
    }
    let label = if colours() {
        "\u{1b}[1;31merror\u{1b}[0m"
    } else {
        "error"
    };
    for (i, line) in line.lines().enumerate() {
        say(&if i == 0 {
            format!("{label}: {line}")
        } else {
            format!("       {line}")
        });
    }
}

/// Bold on a terminal.
pub(crate) fn bold(text: &str) -> String {
    if colours() {
        format!("\u{1b}[1m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// Red on a terminal.
pub(crate) fn red(text: &str) -> String {
    if colours() {
        format!("\u{1b}[31m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// Whether standard error is a terminal that wants colours (<https://no-color.org>).
pub(crate) fn colours() -> bool {
    io::stderr().is_terminal() && wanted()
}

/// Whether colours are wanted where there is a terminal.
pub(crate) fn wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
