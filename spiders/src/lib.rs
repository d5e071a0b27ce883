//! The project's own spiders and the crawl binary
