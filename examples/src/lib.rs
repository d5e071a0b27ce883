//! Small programs, one question each: they stand in `examples/`.
//!
//! This library is empty. It has the Rust code of the README and of the guide compiled and run as
//! documentation tests.

#[cfg(doctest)]
mod pages {
    macro_rules! page {
        ($($name:ident $path:literal;)+) => {
            $(#[doc = include_str!($path)] struct $name;)+
        };
    }

    page! {
        Readme "../../README.md";
        FirstSpider "../../guide/01-first-spider.md";
        PagesAndLinks "../../guide/02-pages-and-links.md";
        Selecting "../../guide/03-selecting.md";
        ItemsAndExport "../../guide/04-items-and-export.md";
        PaceAndPoliteness "../../guide/05-pace-and-politeness.md";
        Fetching "../../guide/06-fetching.md";
        Settings "../../guide/07-settings.md";
        StoppingAndReports "../../guide/08-stopping-and-reports.md";
        TestingSpiders "../../guide/09-testing-spiders.md";
        Extending "../../guide/10-extending.md";
        Contract "../../guide/11-the-contract.md";
        FromAnAvsc "../../guide/12-from-an-avsc-to-a-crawl.md";
        Exporting "../../guide/13-exporting.md";
        CrashResumeReplay "../../guide/14-crash-resume-replay.md";
        KafkaTopics "../../guide/15-kafka.md";
        ExactlyOnce "../../guide/16-exactly-once.md";
        ReadingTopics "../../guide/17-reading-topics.md";
        SchemaRegistry "../../guide/18-schema-registry.md";
    }
}
