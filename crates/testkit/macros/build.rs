//! Looks for the programs of tests that need Java. It is looked at again when `PATH` or `CI` change.

use std::env;
use std::process::Command;

fn main() {
    for line in ["changed=build.rs", "env-changed=PATH", "env-changed=CI"] {
        println!("cargo::rerun-if-{line}");
    }
    // There nothing is left out: what is missing fails.
    if env::var_os("CI").is_some() {
        return;
    }
    let missing = |program: &&str| {
        let ran = Command::new(program).arg("-version").output();
        !ran.is_ok_and(|ran| ran.status.success())
    };
    let missing: Vec<_> = ["java", "javac", "mvn"]
        .into_iter()
        .filter(missing)
        .collect();
    if !missing.is_empty() {
        println!("cargo::rustc-env=MISSING_OF_JAVA={}", missing.join(", "));
    }
}
