//! What a feed of files is to do, before anything is opened.

use std::sync::Arc;

use huntsman_core::{ExportError, Guarantee};

use crate::address::{Address, Variables};
use crate::batches::Batches;
use crate::compress::Compression;
use crate::feed::Mode;
use crate::format::Format;
use crate::place::{Place, Recovery};
use crate::words::Words;

/// The words of every feed of files, beside those of its format and of its place.
pub(crate) const WORDS: [&str; 6] = [
    "compress",
    "level",
    "batch_items",
    "batch_bytes",
    "batch_time",
    "store_empty",
];

/// A feed of files as it was asked for.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) given: String,
    pub(crate) address: Address,
    pub(crate) format: Arc<dyn Format>,
    pub(crate) place: Arc<dyn Place>,
    pub(crate) mode: Mode,
    pub(crate) words: Words,
    pub(crate) compression: Compression,
    pub(crate) batches: Batches,
    pub(crate) store_empty: bool,
}

impl Plan {
    pub(crate) fn new(
        address: &str,
        format: Arc<dyn Format>,
        place: Arc<dyn Place>,
        mode: Mode,
        words: Words,
        variables: &Variables,
    ) -> Result<Self, ExportError> {
        let plan = Self {
            given: address.to_owned(),
            address: Address::parse(address, variables)?,
            compression: Compression::of(&words, &*format)?,
            batches: Batches::of(&words)?,
            store_empty: words.flag("store_empty", true)?,
            format,
            place,
            mode,
            words,
        };
        match plan.batches.word() {
            Some(word) if !plan.address.has_number() => Err(plan.words.refused(
                word,
                "each of its files needs a number: write %(batch)05d in the address",
            )),
            _ => Ok(plan),
        }
    }

    /// What its files are: a run that goes on has to have the same.
    pub(crate) fn form(&self) -> String {
        let mode = match self.mode {
            Mode::Append => "append",
            Mode::Replace => "replace",
        };
        format!("{:?} {} {mode}", self.format, self.compression.name())
    }

    pub(crate) fn guarantee(&self) -> Guarantee {
        match self.place.recovery(&self.given) {
            Recovery::Anew => Guarantee::AtLeastOnce,
            Recovery::Exact | Recovery::Whole => Guarantee::ExactlyOnce,
        }
    }
}
