//! Which records of a partition are done, where they end in another order than they came.

use std::collections::{BTreeMap, VecDeque};

/// Records that are under way, each a partition and an offset. A record counts as done once it and
/// all before it in its partition have ended.
///
/// ```
/// use huntsman_kafka::read::Offsets;
///
/// let mut offsets = Offsets::default();
/// offsets.begun(0, 10);
/// offsets.begun(0, 11);
/// assert_eq!(offsets.ended(0, 11), None);
/// assert_eq!(offsets.ended(0, 10), Some(11));
/// ```
#[derive(Debug, Default)]
pub struct Offsets(BTreeMap<i32, Partition>);

#[derive(Debug, Default)]
struct Partition {
    /// In their order; offsets have gaps.
    open: VecDeque<(i64, bool)>,
}

impl Offsets {
    /// A record came. False if it came before and is under way still: the group gave its partition
    /// to another member and back.
    pub fn begun(&mut self, partition: i32, offset: i64) -> bool {
        let open = &mut self.0.entry(partition).or_default().open;
        match open.back() {
            Some((last, _)) if *last >= offset => {
                match open.binary_search_by_key(&offset, |(known, _)| *known) {
                    Ok(_) => false,
                    // All before it is done; it comes again, and may end again.
                    Err(at) => {
                        open.insert(at, (offset, false));
                        true
                    }
                }
            }
            _ => {
                open.push_back((offset, false));
                true
            }
        }
    }

    /// A record ended. The last offset of its partition that is done by that, if one is.
    pub fn ended(&mut self, partition: i32, offset: i64) -> Option<i64> {
        let open = &mut self.0.get_mut(&partition)?.open;
        let at = open
            .binary_search_by_key(&offset, |(known, _)| *known)
            .ok()?;
        open.get_mut(at)?.1 = true;
        let mut done = None;
        while let Some((offset, true)) = open.front() {
            done = Some(*offset);
            open.pop_front();
        }
        done
    }

    /// Records that are under way, or wait for one before them.
    #[must_use]
    pub fn open(&self) -> usize {
        self.0.values().map(|partition| partition.open.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_is_done_before_all_before_it(order in Just((0..40_i64).collect::<Vec<_>>()).prop_shuffle()) {
            let mut offsets = Offsets::default();
            for offset in 0..40 {
                prop_assert!(offsets.begun(3, offset * 2));
            }
            let mut ended = [false; 40];
            for number in order {
                ended[usize::try_from(number).unwrap()] = true;
                let first_open = ended.iter().position(|ended| !ended).unwrap_or(40);
                if let Some(done) = offsets.ended(3, number * 2) {
                    prop_assert_eq!(done, (i64::try_from(first_open).unwrap() - 1) * 2);
                } else {
                    prop_assert!(number as usize > first_open);
                }
            }
            prop_assert_eq!(offsets.open(), 0);
        }
    }

    #[test]
    fn what_comes_again_is_known() {
        let mut offsets = Offsets::default();
        assert!(offsets.begun(0, 5) && offsets.begun(0, 6) && offsets.begun(1, 5));
        assert_eq!(offsets.ended(0, 5), Some(5));
        assert!(offsets.begun(0, 5));
        assert!(!offsets.begun(0, 6));
        assert_eq!(offsets.ended(0, 6), None);
        assert_eq!(offsets.ended(0, 5), Some(6));
        assert_eq!(offsets.ended(0, 9), None);
        assert_eq!(offsets.open(), 1);
    }
}
