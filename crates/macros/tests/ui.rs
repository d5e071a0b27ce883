//! What cannot be an item is refused with a message that says what to do.

use std::process::Command;

/// The compiler whose words the expected messages hold; another may say the same in other words.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn refusals() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("there is a compiler");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    if !version.starts_with(COMPILER) {
        println!("skipped: the messages are those of {COMPILER}x, this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
