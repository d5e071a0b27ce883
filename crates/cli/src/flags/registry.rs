//! The flags of what speaks to a Schema Registry.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;

/// Where a registry is, and who asks. A user's name and password stand in `REGISTRY_USER_INFO`
/// (`user:password`), a token in `REGISTRY_TOKEN`: not in what other users of the machine can see.
#[derive(Debug, Clone, Args)]
pub(crate) struct At {
    /// The registry: http://HOST:8081, several separated by commas, or file:DIR for a folder. Its
    /// login is taken from REGISTRY_USER_INFO (user:password) or REGISTRY_TOKEN
    #[arg(long, value_name = "URL", env = "REGISTRY_URL", hide_env_values = true)]
    pub(crate) registry: String,
    #[command(flatten)]
    pub(crate) tls: Tls,
}

/// The same, where it is a choice.
#[derive(Debug, Clone, Args)]
pub(crate) struct MayBeAt {
    /// Ask this registry: http://HOST:8081, several separated by commas, or file:DIR for a folder;
    /// without the flag, that of REGISTRY_URL for what is no file and no spider here. Its login is
    /// taken from REGISTRY_USER_INFO (user:password) or REGISTRY_TOKEN
    #[arg(long, value_name = "URL")]
    pub(crate) registry: Option<String>,
    #[command(flatten)]
    pub(crate) tls: Tls,
}

impl MayBeAt {
    /// Where, if a flag says it, or the environment for what is not here.
    ///
    /// It is no `env` of the flag's: clap would see a flag that nobody gave, beside a file.
    pub(crate) fn at(&self, is_here: bool) -> Option<At> {
        let set = || std::env::var("REGISTRY_URL").ok();
        let registry = match &self.registry {
            None if is_here => None,
            None => set().filter(|url| !url.is_empty()),
            named => named.clone(),
        };
        Some(At {
            registry: registry?,
            tls: self.tls.clone(),
        })
    }

    /// A flag that has no sense without a registry.
    pub(crate) fn lost(&self) -> Option<&'static str> {
        let Tls {
            ca, certificate, ..
        } = &self.tls;
        match (ca, certificate) {
            (Some(_), _) => Some("--ca"),
            (None, Some(_)) => Some("--certificate"),
            (None, None) => None,
        }
    }
}

/// Who is trusted, and what proves who asks.
#[derive(Debug, Clone, Args)]
pub(crate) struct Tls {
    /// Trust the certificates of this PEM file too
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Show this certificate, and its key in the same PEM file or that of --key
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// The key of --certificate, as PEM
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(crate) key: Option<PathBuf>,
}

/// `crawl registry`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  crawl registry --dir schemas/
  crawl schema register quotes-value quote.avsc --registry http://localhost:8081
  crawl quotes --demo -o 'kafka://localhost:9092/quotes?registry=http://localhost:8081'

Whatever speaks to Confluent's Schema Registry can speak to it: clients in Java, Python, Go. It asks \
nobody who they are: a registry for a laptop, for tests, for CI.

Schemas are files (schemas/quotes-value/1.avsc), to be reviewed and committed with the code; one that \
is put there counts at once. A version is never changed: where one was edited, removed or damaged, \
every request is refused until it is put back, and the error says what is missing.")]
pub(crate) struct Registry {
    /// The folder of the schemas; it is made if it is missing
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Port; 0 for a free one
    #[arg(long, value_name = "N", default_value_t = 8081)]
    pub(crate) port: u16,
    /// Address to listen on. Another than this machine's own lets everyone there write
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(crate) listen: IpAddr,
}
