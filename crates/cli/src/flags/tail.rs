//! `crawl tail`

use clap::Args;

use super::Log;

/// What is read, where it begins and ends, and in which form.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  crawl tail 'kafka://localhost:9092/quotes' --from-beginning --exit-at-end | jq .text
  crawl tail 'kafka://localhost/quotes?registry=http://localhost:8081' --from-beginning --group mine
  crawl tail 'kafka://localhost:9092/quotes' --partition 0 --max 10 --envelope

Words behind the topic, after a `?` and with `&` between them:
  group=, from=beginning, until=end, partition=0,1     as the flags
  registry=URL           values are Avro with the id of a schema, in a header or before the value
  value=json             values are JSON; this is so without a registry
  value=avro             with schema_file=FILE: plain Avro
  value=single-object    with schema_file=FILE,FILE: Avro single objects
  value=bytes            text, or {\"base64\": …}
  schema_file=FILE       with a registry: the schema to read all values as
and properties of librdkafka: sasl.password=${KAFKA_PASSWORD}, isolation.level=read_uncommitted. \
${NAME} is a value of the environment.

Words of a sink mean nothing here, so the address of `-o` can be used as it is. Only value=avro without \
a registry and value=single-object want schema_file= beside them: nothing in the topic tells their \
schema.

A group commits the offset of a record once its line is written: a line may come twice after a crash, \
and none is lost. Give --from-beginning on every run of a group that shall read all: a partition that \
the runs before did not reach has no offset. Behind `| head` the last lines are not committed, and \
some that nobody has read may be: with a group, end by --max. Records of transactions that were not committed \
are not read.

Exit codes: 0 done (also when whoever reads the lines has enough), 1 usage, 3 the brokers, the registry \
or a record failed, 130 stopped by Ctrl-C, after what is done was committed.")]
pub(crate) struct Tail {
    /// The topic: kafka://HOST:PORT,HOST:PORT/TOPIC?WORDS
    #[arg(value_name = "TOPIC")]
    pub(crate) topic: String,
    /// Read as a member of this group: it goes on where the group has stopped, and shares the
    /// partitions with other members. Without a group, nothing is committed
    #[arg(long, value_name = "NAME")]
    pub(crate) group: Option<String>,
    /// Begin with the oldest record, not with the next one; a group does so in partitions where it has
    /// no offset yet, and goes on where it stands in the others
    #[arg(long)]
    pub(crate) from_beginning: bool,
    /// Read these partitions alone
    #[arg(
        long,
        value_name = "N",
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    pub(crate) partition: Vec<u16>,
    /// End after so many lines
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = lines)]
    pub(crate) max: Option<u64>,
    /// End once all is read that is there
    #[arg(long)]
    pub(crate) exit_at_end: bool,
    /// Write more than the value: topic, partition, offset, timestamp, headers, schema, key
    #[arg(long)]
    pub(crate) envelope: bool,
    /// Say which records cannot be decoded, and go on behind them
    #[arg(long)]
    pub(crate) skip_errors: bool,
    #[command(flatten)]
    pub(crate) log: Log,
}

fn lines(text: &str) -> Result<u64, String> {
    let number = text.parse();
    number.map_err(|_| "it is a number of lines, as 10".to_owned())
}
