//! `list`, `--help` of every command, `--version`.

use crate::scratch::Scratch;

const COMMANDS: [&str; 11] = [
    "run", "list", "new", "fetch", "select", "settings", "site", "registry", "replay", "diff",
    "tail",
];

#[tokio::test]
async fn list_names_the_spiders_and_their_arguments() {
    let done = Scratch::new().crawl("list").run().await.succeeded();
    insta::assert_snapshot!(done.out, @"
    quotes   -a tag=…
    authors
    books
    site     -a start=… -a below=…
    ");
}

#[tokio::test]
async fn every_command_has_help() {
    let scratch = Scratch::new();
    for command in COMMANDS {
        for flag in ["--help", "-h"] {
            let done = scratch.crawl(command).word(flag).run().await.succeeded();
            assert!(
                done.out.contains("\nUsage: crawl "),
                "{command}: {}",
                done.out
            );
            assert!(done.out.contains("--help"), "{command}: {}", done.out);
            assert_eq!(done.err, "", "{command}");
        }
    }
}

#[tokio::test]
async fn the_help_names_all_commands_with_examples_and_exit_codes() {
    let scratch = Scratch::new();
    let help = scratch.crawl("--help").run().await.succeeded().out;
    for command in COMMANDS {
        let listed = |line: &str| line.trim_start().starts_with(&format!("{command} "));
        assert!(help.lines().any(listed), "{command}: {help}");
    }
    for part in ["crawl quotes --demo -o quotes.json", "Exit codes:", "130"] {
        assert!(help.contains(part), "{part}: {help}");
    }
    let nothing = scratch.crawl("").run().await.succeeded();
    assert!(nothing.out.contains("Usage: crawl"), "{nothing:#?}");
}

#[tokio::test]
async fn a_spiders_name_has_the_help_of_run() {
    let scratch = Scratch::new();
    let of_run = scratch.crawl("run --help").run().await.succeeded().out;
    let of_spider = scratch.crawl("quotes --help").run().await.succeeded().out;
    assert_eq!(of_spider, of_run);
    for flag in [
        "--output",
        "--overwrite-output",
        "--demo",
        "--resolve",
        "--report",
    ] {
        assert!(of_run.contains(flag), "{flag}: {of_run}");
    }
}

#[tokio::test]
async fn the_version_is_one_line() {
    let scratch = Scratch::new();
    for flag in ["--version", "-V"] {
        let done = scratch.crawl(flag).run().await.succeeded();
        assert_eq!(done.out, concat!("crawl ", env!("CARGO_PKG_VERSION"), "\n"));
    }
}

#[cfg(not(target_env = "msvc"))]
#[tokio::test]
async fn memory_is_given_by_jemalloc() {
    let scratch = Scratch::new();
    // Asked like this, it says where it looks for its configuration.
    let asked = scratch.crawl("--version");
    let asked = asked.env("MALLOC_CONF", "confirm_conf:true");
    let done = asked.run().await.succeeded();
    assert!(done.err.contains("<jemalloc>: "), "{}", done.err);
}
