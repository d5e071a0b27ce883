//! Where a sink of a job stands: an offset that the sink's own group commits on its topic, in the
//! transaction of the records.

use std::hash::{BuildHasher, RandomState};

use huntsman_avro::crc_64_avro;
use huntsman_core::{Opening, Sequence};
use serde::{Deserialize, Serialize};

use crate::wanted::Wanted;

/// The metadata of the offset. The offset itself is the sequence, for whoever looks at the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Tells a job from an older one of the same name.
    began: u64,
    sequence: u64,
    /// So many records behind `sequence` are there too: a sink that is closed without a commit does
    /// not know their sequence.
    beyond: u64,
    /// Tells a run of the job from the others.
    #[serde(default)]
    run: u64,
}

impl Kept {
    pub(crate) fn read(metadata: &str) -> Option<Self> {
        serde_json::from_str(metadata).ok()
    }

    pub(crate) fn text(self) -> String {
        serde_json::to_string(&self).unwrap_or_default()
    }

    pub(crate) fn offset(self) -> i64 {
        i64::try_from(self.sequence).unwrap_or(i64::MAX)
    }
}

/// The names by which a broker knows a sink of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) group: String,
    /// Whoever has it last fences the others.
    pub(crate) transactional_id: String,
}

impl Names {
    pub(crate) fn of(job: &str, wanted: &Wanted) -> Self {
        // The words are left out if there are none, so that the name is one to read.
        let told = match wanted.sink.as_str() {
            "" => String::new(),
            words => format!("-{:016x}", crc_64_avro(words.as_bytes())),
        };
        let name = format!("huntsman-{job}-{}{told}", wanted.address.topic);
        Self {
            group: name.clone(),
            transactional_id: name,
        }
    }
}

/// A sink of a job, and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    began: u64,
    sequence: u64,
    beyond: u64,
    /// So many records came since the last commit, those that were there already among them.
    taken: u64,
    run: u64,
    /// This run has committed nothing yet.
    is_new: bool,
}

impl Standing {
    /// Where the sink stands by what the broker has of it; the reason if that does not suit what
    /// the job knows.
    pub(crate) fn of(opening: &Opening, found: Option<Kept>) -> Result<Self, String> {
        let began = opening.time.0;
        let anew = opening.is_anew();
        let found = found.filter(|found| found.began == began && !anew);
        let before = if anew { opening.before.0 } else { 0 };
        let standing = Self {
            began,
            sequence: found.map_or(before, |found| found.sequence),
            beyond: found.map_or(0, |found| found.beyond),
            taken: 0,
            run: RandomState::new().hash_one(began),
            is_new: true,
        };
        let known = opening.after().0;
        if standing.sequence < known {
            return Err(format!(
                "the job has delivered {known} records to it, and the broker knows of {}: the topic \
                 was made anew, or the position is older than offsets.retention.minutes; start a \
                 new job",
                standing.sequence
            ));
        }
        Ok(standing)
    }

    /// How many of so many records, that come next, are there already.
    pub(crate) fn skip(&mut self, records: usize) -> usize {
        let known = usize::try_from(self.beyond)
            .unwrap_or(usize::MAX)
            .min(records);
        self.beyond -= known as u64;
        self.taken += records as u64;
        known
    }

    /// So many of the next records are there already.
    pub(crate) fn known(&self) -> u64 {
        self.beyond
    }

    /// What a commit of all up to here would change; none if nothing. The first of a run says that it
    /// has begun.
    pub(crate) fn commit(&self, up_to: Sequence) -> Option<Kept> {
        let changes = self.is_new || self.taken > 0 || self.sequence != up_to.0;
        changes.then_some(self.kept(up_to.0, self.beyond))
    }

    /// What a close changes.
    pub(crate) fn close(&self) -> Option<Kept> {
        let (sequence, beyond) = (self.sequence, self.taken + self.beyond);
        (self.taken > 0).then(|| self.kept(sequence, beyond))
    }

    fn kept(&self, sequence: u64, beyond: u64) -> Kept {
        Kept {
            began: self.began,
            sequence,
            beyond,
            run: self.run,
        }
    }

    /// A commit is done.
    pub(crate) fn committed(&mut self, kept: Kept) {
        (self.sequence, self.beyond, self.taken, self.is_new) =
            (kept.sequence, kept.beyond, 0, false);
    }

    pub(crate) fn after(&self) -> Sequence {
        Sequence(self.sequence)
    }
}

#[cfg(test)]
mod tests {
    use huntsman_core::{Position, Timestamp};

    use super::*;

    fn opening(sequence: Option<u64>) -> Opening {
        let position = sequence.map(|sequence| Position {
            sequence: Sequence(sequence),
            state: Vec::new(),
        });
        Opening::new(&[])
            .of("s", Timestamp(7))
            .resuming("job", position)
    }

    fn kept(began: u64, sequence: u64, beyond: u64) -> Option<Kept> {
        Some(Kept {
            began,
            sequence,
            beyond,
            run: 1,
        })
    }

    #[test]
    fn what_the_broker_has_counts() {
        for (known, found, expected) in [
            (None, None, Ok((0, 0))),
            (None, kept(7, 5, 2), Ok((5, 2))),
            (None, kept(6, 5, 2), Ok((0, 0))),
            (Some(4), kept(7, 5, 0), Ok((5, 0))),
            (Some(6), kept(7, 5, 2), Err(())),
            (Some(1), None, Err(())),
        ] {
            let standing = Standing::of(&opening(known), found);
            let got = standing
                .map(|standing| (standing.sequence, standing.beyond))
                .map_err(|_| ());
            assert_eq!(got, expected, "{known:?} {found:?}");
        }
        let anew = opening(None).behind(Sequence(9));
        assert_eq!(
            Standing::of(&anew, kept(7, 5, 2)).unwrap().after(),
            Sequence(9)
        );
    }

    #[test]
    fn records_of_a_close_are_not_taken_twice() {
        let mut standing = Standing::of(&opening(None), None).unwrap();
        standing.committed(standing.commit(Sequence(0)).unwrap());
        assert_eq!(standing.commit(Sequence(0)), None);
        assert_eq!(standing.skip(3), 0);
        let closed = standing.close().unwrap();
        assert_eq!((closed.sequence, closed.beyond), (0, 3));
        let read = Kept::read(&closed.text());
        assert_eq!(read, Some(closed));
        let mut again = Standing::of(&opening(Some(0)), read).unwrap();
        assert_eq!(again.close(), None);
        let first = again.commit(Sequence(0)).unwrap();
        assert_eq!(
            (first.sequence, first.beyond),
            (0, 3),
            "it only says that it has begun"
        );
        again.committed(first);
        let run = |kept: Option<Kept>| kept.unwrap().run;
        assert_ne!(run(read), run(Some(first)));
        assert_eq!(again.skip(2), 2);
        let mut between = again.clone();
        between.committed(between.commit(Sequence(2)).unwrap());
        assert_eq!(
            between.skip(2),
            1,
            "a commit between does not forget the third"
        );
        assert_eq!(again.skip(2), 1);
        // Cut once more before a commit: all four are beyond it.
        assert_eq!(again.close().unwrap().beyond, 4);
        assert_eq!(again.commit(Sequence(8)).unwrap().offset(), 8);
    }
}
