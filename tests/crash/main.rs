//! Crawls of the real command are killed at every named point and at random moments, and run again
//! until they are done. What they leave is what an uninterrupted crawl leaves.
//!
//! ```console
//! $ cargo test -p huntsman-tests --test crash
//! $ HUNTSMAN_CRASHES=5000 HUNTSMAN_SEED=7 cargo test -p huntsman-tests --test crash
//! ```
//!
//! Without numbers, each point has its first, its middle and its last pass, some are by the clock,
//! and the seed is always the same. A failure says what was killed where, and leaves the folder.

#![expect(
    clippy::print_stdout,
    reason = "a test without the usual harness says what it did"
)]

#[expect(unused_imports, reason = "its unit tests are not run here")]
#[path = "../../spiders/src/authors.rs"]
mod authors;
#[expect(unused_imports, reason = "its unit tests are not run here")]
#[path = "../../spiders/src/books.rs"]
mod books;
#[expect(unused_imports, reason = "its unit tests are not run here")]
#[path = "../../spiders/src/quotes.rs"]
mod quotes;
#[expect(unused_imports, reason = "its unit tests are not run here")]
#[path = "../../spiders/src/site.rs"]
mod site;

#[path = "../broker/mod.rs"]
mod broker;
mod feeds;
mod judge;
mod kills;
mod plan;
mod points;
mod process;
mod read;
mod topic;
mod trial;

use std::process::ExitCode;

use huntsman_cli::spiders;
use huntsman_testkit::failpoints;

/// What this program is started with as the crawl itself.
const CRAWL: &str = "HUNTSMAN_TEST_CRAWL";

fn main() -> ExitCode {
    if std::env::var_os(CRAWL).is_some() {
        return crawl();
    }
    type Test = (&'static str, fn());
    let tests: [Test; 3] = [
        (
            "every_point_of_the_code_is_found",
            points::every_point_of_the_code_is_found,
        ),
        (
            "killed_at_every_point_and_at_random_each_item_is_there_once",
            kills::killed_at_every_point_and_at_random_each_item_is_there_once,
        ),
        (
            "killed_while_it_writes_to_a_topic_each_item_is_there_once",
            topic::killed_while_it_writes_to_a_topic_each_item_is_there_once,
        ),
    ];
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    for (name, test) in tests {
        if wanted.as_ref().is_none_or(|wanted| name.contains(wanted)) {
            println!("test {name}");
            test();
        }
    }
    ExitCode::SUCCESS
}

/// The command with the project's spiders, as `spiders/src/main.rs` has it, and a way to die.
fn crawl() -> ExitCode {
    failpoints::run(|| {
        huntsman_cli::main(spiders![
            quotes::Quotes,
            authors::Authors,
            books::Books,
            site::Site
        ])
    })
}
