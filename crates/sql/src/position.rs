//! Where a sink of a job stands: a row of `huntsman_positions`, in the transaction of its rows.

use huntsman_avro::crc_64_avro;
use huntsman_core::{Opening, Sequence};

use crate::wanted::Wanted;

/// The table, for both databases.
///
/// `began` tells a job from an older one of the same name; `run` goes up with each opening, so that
/// a run that is thought dead cannot write any more; `beyond` counts the records behind `sequence`
/// that are there too, since a sink that is closed without a commit does not know their sequence;
/// `replacing` is true while the rows wait in another table to take the place of the old ones.
pub(crate) const CREATE: &str = "CREATE TABLE IF NOT EXISTS huntsman_positions (\
    job text NOT NULL, sink text NOT NULL, began bigint NOT NULL, run bigint NOT NULL, \
    sequence bigint NOT NULL, beyond bigint NOT NULL, replacing boolean NOT NULL, \
    PRIMARY KEY (job, sink))";

/// The row of a sink, as it was found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) began: i64,
    pub(crate) run: i64,
    pub(crate) sequence: i64,
    pub(crate) beyond: i64,
    pub(crate) replacing: bool,
}

/// A sink of a job, and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) job: String,
    pub(crate) sink: String,
    pub(crate) began: i64,
    pub(crate) run: i64,
    pub(crate) sequence: i64,
    /// So many of the records that come next are there already.
    pub(crate) beyond: i64,
    /// So many records came since the last commit, those that were there already among them.
    taken: i64,
    pub(crate) replacing: bool,
    /// Nothing was known of it: what waits under its names is of nobody.
    pub(crate) is_new: bool,
    /// What is known of it is of an earlier round of the job.
    anew: bool,
}

impl Standing {
    /// The sink that an opening is about, before its row is known; none without a job.
    pub(crate) fn of(opening: &Opening, wanted: &Wanted, replacing: bool) -> Option<Self> {
        let anew = opening.is_anew();
        // What is behind a position, the table's own row has to say.
        let before = if anew { opening.before } else { Sequence(0) };
        Some(Self {
            job: opening.job.as_deref()?.to_owned(),
            sink: wanted.sink.clone(),
            began: i64::try_from(opening.time.0).unwrap_or(i64::MAX),
            run: 1,
            sequence: i64::try_from(before.0).unwrap_or(i64::MAX),
            beyond: 0,
            taken: 0,
            replacing,
            is_new: true,
            anew,
        })
    }

    /// Takes note of the row that was found. The reason if it does not suit what the job knows.
    pub(crate) fn take(&mut self, found: Option<Found>, after: Sequence) -> Result<(), String> {
        if let Some(found) = found {
            self.run = found.run.saturating_add(1);
            if found.began == self.began && !self.anew {
                self.sequence = found.sequence;
                self.beyond = found.beyond;
                self.replacing = found.replacing;
                self.is_new = false;
            }
        }
        if self.after() < after {
            return Err(format!(
                "the job has delivered {} records to it, and the database knows of {}: restore the \
                 database, or start a new job",
                after.0,
                self.after().0
            ));
        }
        Ok(())
    }

    /// How many of so many records, that come next, are there already.
    pub(crate) fn skip(&mut self, records: usize) -> usize {
        let records = i64::try_from(records).unwrap_or(i64::MAX);
        let known = self.beyond.min(records);
        self.beyond -= known;
        self.taken = self.taken.saturating_add(records);
        usize::try_from(known).unwrap_or_default()
    }

    /// A commit is done.
    pub(crate) fn committed(&mut self, up_to: i64) {
        self.sequence = up_to;
        self.taken = 0;
    }

    /// What is beyond the last commit when the sink is closed.
    pub(crate) fn beyond_at_the_end(&self) -> i64 {
        self.taken.saturating_add(self.beyond)
    }

    /// The last record that is in the database.
    pub(crate) fn after(&self) -> Sequence {
        Sequence(u64::try_from(self.sequence).unwrap_or_default())
    }

    /// The table where rows wait to replace those of the table with this number.
    pub(crate) fn waiting(&self, number: usize) -> String {
        let told = format!("{}\0{}\0{}", self.job, self.sink, self.began);
        format!("huntsman_{:016x}_{number}", crc_64_avro(told.as_bytes()))
    }
}

/// Why a run may not write any more.
pub(crate) const FENCED: &str = "another run of this job, or another of its feeds with the same \
     words, has taken over";
