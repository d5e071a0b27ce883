//! How does a program read what a crawl has put into a topic, with a group that goes on where it has
//! stopped? `TOPIC='kafka://localhost:9092/quotes?group=readers' cargo run -p huntsman-examples
//! --example read_topic`; with `&registry=http://localhost:8081` the values are Avro.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use huntsman_kafka::read::{Decoder, Polled, Reader, Source};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Ok(topic) = std::env::var("TOPIC") else {
        println!("There is no TOPIC: nothing is read.");
        return Ok(());
    };
    let all = [
        ("from", "beginning".to_owned()),
        ("until", "end".to_owned()),
    ];
    let source = Source::read_with(&topic, &all)?;
    let mut decoder = Decoder::open(&source).await?;
    let reader = Reader::open(&source).await?;
    while let Polled::Records(records) = reader.next().await? {
        for record in &records {
            let mut json = Vec::new();
            decoder.value(record, &mut json).await?;
            println!("{}", String::from_utf8_lossy(&json));
        }
        // Only now: what is not done when this is killed comes again.
        reader.done(records.iter().map(|one| (one.partition, one.offset)));
    }
    reader.close().await?;
    Ok(())
}
