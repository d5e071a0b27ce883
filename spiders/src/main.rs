//! The project's own spiders, and the `crawl` command around them: what a user's project looks
//! like.

mod authors;
mod books;
mod quotes;
mod site;

use std::process::ExitCode;

use huntsman_cli::spiders;

fn main() -> ExitCode {
    huntsman_cli::main(spiders![
        quotes::Quotes,
        authors::Authors,
        books::Books,
        site::Site
    ])
}
