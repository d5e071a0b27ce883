//! How is one item written in each form of Avro, and read back? Binary, JSON encoding, single
//! object: `cargo run -p huntsman-examples --example avro_forms`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use huntsman::Item as _;
use huntsman::prelude::*;
use huntsman_avro::{AvroSchema, Encoder, SingleObject};

/// One quotation.
#[derive(Serialize, Item)]
#[item(namespace = "com.example")]
struct Quote {
    #[item(min_length = 1)]
    text: String,
    #[item(logical = "date")]
    said: Option<String>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let schema = AvroSchema::parse(&huntsman_contract::avsc(Quote::schemas()[0])?)?;
    println!("{}", schema.text());
    let quote = Quote {
        text: "Less is more.".to_owned(),
        said: Some("1855-07-14".to_owned()),
    };

    let mut binary = Vec::new();
    Encoder::new(&schema).encode(&quote, &mut binary)?;
    let value = schema.decode(&binary)?;
    assert_eq!(
        schema.view(&value).to_string(),
        r#"{"text":"Less is more.","said":"1855-07-14"}"#
    );

    let json = schema.to_json(&value)?;
    println!("{json}");
    assert_eq!(schema.from_json(&json)?, value);

    let single = SingleObject::new(&schema);
    let mut message = Vec::new();
    single.encode(&quote, &mut message)?;
    assert_eq!(
        (&message[..2], &message[10..]),
        (&b"\xc3\x01"[..], &binary[..])
    );
    assert_eq!(single.decode(&message)?, value);
    Ok(())
}
