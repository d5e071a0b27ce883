//! A format and a system that the command does not know of itself.

use std::fs::{self, File};
use std::io::Write;
use std::sync::Mutex;

use async_trait::async_trait;
use huntsman::core::{Export, ExportError, Opening, Record, Schema, Sequence};
use huntsman_export::{Connector, Encode, Format, Keep, Mode, Words};

/// A line for each field, and an empty line behind each item: `quotes.verse`.
pub struct Verse;

impl Format for Verse {
    fn names(&self) -> &'static [&'static str] {
        &["verse"]
    }

    fn words(&self) -> &'static [&'static str] {
        &["mark"]
    }

    fn encoder(
        &self,
        _: &'static [&'static Schema],
        words: &Words,
    ) -> Result<Box<dyn Encode>, ExportError> {
        let mark = words.get("mark").unwrap_or(":").to_owned();
        Ok(Box::new(Stanzas { mark }))
    }
}

struct Stanzas {
    mark: String,
}

impl Encode for Stanzas {
    fn label(&self) -> &'static str {
        "verse"
    }

    fn begin(&mut self, _: &mut Vec<u8>) -> Result<(), String> {
        Ok(())
    }

    fn record(&mut self, record: &Record, out: &mut Vec<u8>) -> Result<(), String> {
        let item = serde_json::to_value(record.item.fields()).map_err(|why| why.to_string())?;
        for field in record.item.schema().fields {
            let (name, mark, value) = (field.name, &self.mark, &item[field.name]);
            writeln!(out, "{name}{mark} {value}").map_err(|why| why.to_string())?;
        }
        out.push(b'\n');
        Ok(())
    }

    fn end(&mut self, _: bool, _: &mut Vec<u8>) -> Result<(), String> {
        Ok(())
    }

    fn append(&mut self, old: &huntsman_export::Ends) -> Result<Keep, String> {
        match old.tail.ends_with(b"\n\n") {
            true => Ok(Keep { keep: old.len, joint: b"", empty: false }),
            false => Err("its last item is cut off".to_owned()),
        }
    }
}

/// A file for each box: `post://me:password@desk/box`. Its errors repeat whatever they were given,
/// as those of somebody who does not think of secrets may.
pub struct Postbox;

struct Letters {
    address: String,
    token: String,
    file: Mutex<Option<File>>,
}

impl Connector for Postbox {
    fn schemes(&self) -> &'static [&'static str] {
        &["post"]
    }

    fn words(&self) -> &'static [&'static str] {
        &["token"]
    }

    fn sink(&self, address: &str, _: Mode, words: &Words) -> Result<Box<dyn Export>, ExportError> {
        if !address.contains('@') {
            return Err(ExportError::Place(format!("{address} does not say who writes")));
        }
        Ok(Box::new(Letters {
            address: address.to_owned(),
            token: words.get("token").unwrap_or_default().to_owned(),
            file: Mutex::default(),
        }))
    }
}

impl Letters {
    fn failed(&self, reason: &str) -> ExportError {
        ExportError::Other(format!("cannot post to {} as {}: {reason}", self.address, self.token))
    }
}

#[async_trait]
impl Export for Letters {
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        let rest = self.address.split_once('@').map_or("", |(_, rest)| rest);
        let (desk, letters) = rest.split_once('/').unwrap_or((rest, "box"));
        if desk == "closed" {
            return Err(self.failed("the desk is closed"));
        }
        // What it was really told, for whoever looks into the box.
        fs::write("opened", format!("{} {}", self.address, self.token))
            .map_err(|why| self.failed(&why.to_string()))?;
        let file = File::create(letters).map_err(|why| self.failed(&why.to_string()))?;
        *self.file.lock().unwrap() = Some(file);
        Ok(opening.after())
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        if self.address.contains("@full/") {
            return Err(self.failed("the box is full"));
        }
        let mut file = self.file.lock().unwrap();
        let file = file.as_mut().ok_or_else(|| self.failed("it is not open"))?;
        for record in batch {
            let item = serde_json::to_string(&record.item.fields())
                .map_err(|why| self.failed(&why.to_string()))?;
            writeln!(file, "{} {item}", record.item.schema().name)
                .map_err(|why| self.failed(&why.to_string()))?;
        }
        Ok(())
    }

    async fn close(&self) -> Result<(), ExportError> {
        Ok(())
    }
}
