//! The flags of every command, from which `--help` is made.

pub(crate) mod registry;
pub(crate) mod schema;
mod tail;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use huntsman_export::Catalog;

pub(crate) use tail::Tail;

/// Crawl sites into typed, validated records.
#[derive(Debug, Parser)]
#[command(
    name = "crawl",
    version,
    about = "Crawl sites into typed, validated records",
    disable_help_subcommand = true,
    override_usage = "crawl SPIDER [-a NAME=VALUE]... [-o PLACE]... [OPTIONS]\n       crawl COMMAND [OPTIONS]",
    after_help = "Examples:\n  crawl list                                  the spiders of this project\n  crawl quotes --demo -o quotes.json          crawl the practice site into a JSON array\n  crawl quotes -a tag=life -o - | head        one tag, JSON Lines to standard output\n  crawl select page.html 'a::attr(href)'      try a selector\n\nExit codes: 0 done, 1 usage or settings, 2 nothing fetched or a gate not passed, 3 a sink failed or a registry is away, 130 stopped by the user."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a spider; the word `run` may be left out
    Run(Run),
    /// List the spiders and their arguments
    List,
    /// Make a new project that builds and crawls
    New(New),
    /// Fetch one URL and print its body
    Fetch(Fetch),
    /// Try a CSS selector or an XPath expression on a URL or a file
    Select(Select),
    /// Show every setting with its value, its origin and its meaning
    Settings(Settings),
    /// Serve the practice sites, or a folder of files, on this machine
    Site(Site),
    /// Serve a Schema Registry from a folder of .avsc files on this machine, until Ctrl-C
    Registry(registry::Registry),
    /// Schemas: show, check, validate, convert, generate code
    #[command(subcommand)]
    Schema(schema::Schema),
    /// Crawl again what `--record` kept, or another WARC archive, without the network
    Replay(Replay),
    /// Compare the items of two files by key
    Diff(Diff),
    /// Jobs of `crawl SPIDER --job DIR`: how far one is, whether its store is sound, repair, export
    #[command(subcommand)]
    Job(Job),
    /// Read a topic of Kafka as JSON Lines: by the schemas of its records, with a group or without
    Tail(Tail),
    /// Why a page is there, or is not: what became of a URL in a job, also while that runs
    Why(Why),
    /// Items that broke their contract: look at them, and try them again
    #[command(subcommand)]
    Quarantine(schema::Quarantine),
}

/// `crawl [run] SPIDER`
#[derive(Debug, Args)]
#[command(override_usage = "crawl SPIDER [-a NAME=VALUE]... [-o PLACE]... [OPTIONS]")]
pub(crate) struct Run {
    /// Name of the spider (see `crawl list`)
    pub(crate) spider: String,
    /// Give the spider an argument
    #[arg(short, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) argument: Vec<(String, String)>,
    /// Append items to a place, which stays valid: items.json, .jsonl, .csv …, `.gz` or `.zst` behind
    /// it; `-` is standard output. Words behind a `?` say more; see below
    #[arg(short, long, value_name = "PLACE", allow_hyphen_values = true)]
    pub(crate) output: Vec<String>,
    /// The same, but replace what is there, once the crawl is done
    #[arg(short = 'O', long, value_name = "PLACE", allow_hyphen_values = true)]
    pub(crate) overwrite_output: Vec<String>,
    /// Keep the crawl in this folder: killed or stopped, the same command goes on with it, and every
    /// item is there once
    #[arg(long, value_name = "DIR")]
    pub(crate) job: Option<PathBuf>,
    /// Crawl a finished job again: what has not changed since is not parsed again. With `=new`, only
    /// items leave that no earlier round has delivered
    #[arg(
        long,
        value_name = "WHAT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "changed",
        requires = "job"
    )]
    pub(crate) again: Option<Again>,
    /// Go on with a job that another version of the spider began
    #[arg(long, requires = "job")]
    pub(crate) take_over: bool,
    /// Keep every response as it came, in WARC files: a folder, or a file that ends in .warc.gz or
    /// .warc; with --job, the job's folder `record` if none is named
    #[arg(long, value_name = "PATH", num_args = 0..=1)]
    pub(crate) record: Option<Option<PathBuf>>,
    /// Hold every item to this Avro schema, instead of the rules of its own type
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Option<String>,
    /// Begin with the URLs of a topic, as they come, instead of the spider's own:
    /// kafka://HOST:PORT/urls?group=NAME. A record is a URL, or JSON with a `url`. Ends by Ctrl-C, or
    /// with `&until=end` once all is read
    #[arg(long, value_name = "TOPIC")]
    pub(crate) seeds: Option<String>,
    #[command(flatten)]
    pub(crate) setting: SettingFlags,
    #[command(flatten)]
    pub(crate) web: Web,
    /// Write the report as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// No live line and no report
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) log: Log,
}

/// What `-o` and `-O` understand behind the place.
const WORDS: &str = "\
Words behind a place, as -o 'items.csv?fields=title,price&filter=this.price > 10.0':
  types=A,B              items of these types
  filter=EXPR            items that match an expression in CEL; `this` is the item
  fields=a,b:name,c.d    these fields in this order; b is called name, d is a field of c
  format=NAME            where the ending does not say it
  compress=gzip|zstd     the same as .gz or .zst at the end; level=N for how much
  batch_items=N          further files after N items, batch_bytes=SIZE, batch_time=TIME;
                         %(batch)05d in the name is their number
  store_empty=false      no file without items
  on_error=skip          when it fails, the crawl goes on without it
  overwrite=true         the same as -O
and those of its format, place or database. In names, %(spider)s, %(time)s and %(NAME)s of -a stand
for their values, and ${NAME} in a word or in the address of a database for a secret of the
environment. The same words make a table [deliver.NAME] in crawl.toml, with place = \"…\".";

/// What `--help` of a spider ends with: the words of feeds, and the formats and places that there are.
pub(crate) fn run_help(catalog: &Catalog) -> String {
    let formats: Vec<&str> = catalog.format_names().collect();
    let schemes = catalog.schemes().filter(|scheme| *scheme != "-");
    let places: Vec<String> = schemes.map(|scheme| format!("{scheme}:")).collect();
    let (formats, places) = (formats.join(", "), places.join(", "));
    format!("{WORDS}\n\nFormats: {formats}\nPlaces: a path, -, {places}")
}

/// Settings on the command line.
#[derive(Debug, Args)]
pub(crate) struct SettingFlags {
    /// Set a setting (see `crawl settings`)
    #[arg(short, long = "set", value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
}

/// Which web it is.
#[derive(Debug, Args)]
pub(crate) struct Web {
    /// Serve the practice sites on this machine and crawl those, without delay
    #[arg(long)]
    pub(crate) demo: bool,
    /// Address of a host, instead of asking DNS; also as curl has it: HOST:PORT:ADDR
    #[arg(long, value_name = "HOST=ADDR:PORT")]
    pub(crate) resolve: Vec<String>,
}

/// Where the log goes.
#[derive(Debug, Args)]
pub(crate) struct Log {
    /// Least important messages to log: error, warn, info, debug, trace, off
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    pub(crate) log_level: String,
    /// Log to this file instead of standard error
    #[arg(long, value_name = "FILE")]
    pub(crate) log_file: Option<PathBuf>,
    /// Form of the log
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub(crate) log_format: LogFormat,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// A line for people
    Text,
    /// A JSON object a line
    Json,
}

/// `crawl replay`
#[derive(Debug, Args)]
#[command(
    mut_arg("job", |flag| flag.hide(true)),
    mut_arg("record", |flag| flag.hide(true)),
    mut_arg("demo", |flag| flag.hide(true)),
    mut_arg("resolve", |flag| flag.hide(true)),
    override_usage = "crawl replay ARCHIVE SPIDER [-a NAME=VALUE]... [-o PLACE]... [OPTIONS]"
)]
pub(crate) struct Replay {
    /// A WARC file with those that follow it, a folder of them, or the folder of a job
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) run: Run,
}

/// `crawl diff`
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 the same, 1 usage or a file that cannot be read, 2 they differ.\n\nFiles: .json, .jsonl, .csv, .avro, also with .gz or .zst behind it. Beside a CSV file all is text; what\nreads as a number is compared as one, and nothing is the same as null."
)]
pub(crate) struct Diff {
    /// The earlier items
    pub(crate) a: PathBuf,
    /// The later ones
    pub(crate) b: PathBuf,
    /// Fields that say which item of one is which of the other: `a`, `a.b`; without, items are
    /// compared whole
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    pub(crate) key: Vec<String>,
    /// Fields that may differ
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// Items of each sort that are shown; all are counted
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) limit: usize,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `crawl job`
#[derive(Debug, Subcommand)]
pub(crate) enum Job {
    /// How far a job is, also while it runs
    Show {
        /// The job's folder
        dir: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Where each item is from, a JSON object a line: its page, the pages that led there, digest of
    /// the response, spider
    Provenance {
        /// The job's folder
        dir: PathBuf,
    },
    /// Read all of a job's store, and say what is wrong with it
    Check {
        /// The job's folder
        dir: PathBuf,
    },
    /// Make a sound store of a damaged one: keep all that can be read, and say what is lost
    Repair {
        /// The job's folder
        dir: PathBuf,
    },
    /// Write a job's rows as JSON Lines: queue, URLs known, records, positions, values
    Export {
        /// The job's folder
        dir: PathBuf,
        /// Only this table: about, hosts, queue, delayed, seen, outbox, sinks, values
        #[arg(long, value_name = "NAME")]
        table: Option<String>,
        /// Write to this file instead of standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Which items leave when a job is crawled again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Again {
    /// All items of pages that have changed
    Changed,
    /// Of these, the items that no earlier round has delivered
    New,
}

/// `crawl why`
#[derive(Debug, Args)]
pub(crate) struct Why {
    /// The URL, in any spelling that means the same
    #[arg(required_unless_present = "item", conflicts_with = "item")]
    pub(crate) url: Option<String>,
    /// The page of this record instead: its id, as Kafka's header and the provenance have it
    #[arg(long, value_name = "RECORD")]
    pub(crate) item: Option<String>,
    /// The job's folder
    #[arg(long, value_name = "DIR")]
    pub(crate) job: PathBuf,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) setting: SettingFlags,
}

/// `crawl new`
#[derive(Debug, Args)]
pub(crate) struct New {
    /// Name of the project, and of the folder that is made for it
    pub(crate) name: String,
}

/// `crawl fetch`
#[derive(Debug, Args)]
pub(crate) struct Fetch {
    /// What to fetch
    pub(crate) url: String,
    /// Print status and header fields to standard error
    #[arg(short = 'i', long)]
    pub(crate) headers: bool,
    #[command(flatten)]
    pub(crate) setting: SettingFlags,
    #[command(flatten)]
    pub(crate) web: Web,
}

/// `crawl select`
#[derive(Debug, Args)]
pub(crate) struct Select {
    /// A URL, a file, or `-` for standard input
    pub(crate) page: String,
    /// CSS selector, with ::text and ::attr(name)
    #[arg(required_unless_present = "xpath", conflicts_with = "xpath")]
    pub(crate) css: Option<String>,
    /// XPath 1.0 expression instead
    #[arg(long, value_name = "EXPR")]
    pub(crate) xpath: Option<String>,
    /// Print a JSON array of strings instead of lines
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) setting: SettingFlags,
    #[command(flatten)]
    pub(crate) web: Web,
}

/// `crawl settings`
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// Add what this spider sets
    pub(crate) spider: Option<String>,
    /// Give the spider an argument
    #[arg(short, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) argument: Vec<(String, String)>,
    #[command(flatten)]
    pub(crate) setting: SettingFlags,
}

/// `crawl site`
#[derive(Debug, Args)]
pub(crate) struct Site {
    /// Serve this folder instead of the practice sites
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Port on 127.0.0.1; 0 for a free one
    #[arg(long, value_name = "N", default_value_t = 8000)]
    pub(crate) port: u16,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("it has the form NAME=VALUE".to_owned()),
    }
}
