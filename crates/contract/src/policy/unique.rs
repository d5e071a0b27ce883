//! Which values of `unique` fields the crawl has seen, and whose they are.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use huntsman_core::{Fingerprint, Violation};

use crate::check::Sight;

/// The values seen, spread over parts so that threads seldom wait for each other.
pub(crate) struct Seen {
    parts: Vec<Mutex<HashMap<Key, Owner>>>,
    count: AtomicUsize,
    limit: usize,
    /// In a crawl with a job: what was claimed and is not kept yet.
    claimed: Mutex<Option<Vec<(Key, Owner)>>>,
}

/// 128 bits that tell a value of one field of one type from all others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key([u64; 2]);

/// Who has a value: an item, by its page and its place there. A page that is parsed again meets
/// its own values, and they are no repetition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Owner(u64);

/// The rule that a value is no other item's.
pub(crate) const UNIQUE: &str = "unique";

/// Why a value is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refused {
    /// Another item has it.
    Taken,
    /// It is new, but no more can be remembered.
    Full,
}

/// One part, while a claim is decided.
type Part<'a> = MutexGuard<'a, HashMap<Key, Owner>>;

const PARTS: usize = 64;

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seen({:?} of {})", self.count, self.limit)
    }
}

impl Key {
    /// The key of a value with this hash, at place `path` of the type numbered `kind`.
    pub(crate) fn new(kind: usize, path: usize, hash: u128) -> Self {
        // An odd factor maps places to distinct numbers, spread over all bits.
        let place = ((kind as u64) << 32 | path as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let bytes = (hash >> 64) as u64;
        Self([bytes ^ place, hash as u64])
    }

    fn part(self) -> usize {
        self.0[1] as usize % PARTS
    }
}

impl Owner {
    /// The page's `ordinal`th item. 64 of the page's 128 bits are kept: for two items to be taken
    /// for one they have to share these and a value too.
    pub(crate) fn new(page: Fingerprint, ordinal: u32) -> Self {
        let spread = u64::from(ordinal).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self((page.0 as u64 ^ (page.0 >> 64) as u64).wrapping_add(spread))
    }
}

impl Seen {
    /// Remembers up to `limit` values.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            parts: (0..PARTS).map(|_| Mutex::default()).collect(),
            count: AtomicUsize::new(0),
            limit,
            claimed: Mutex::default(),
        }
    }

    /// Goes on with what earlier runs of the job claimed, and from now on notes what is.
    pub(crate) fn restore(&self, claims: impl Iterator<Item = [u64; 3]>) {
        for [first, second, owner] in claims {
            let key = Key([first, second]);
            if self.lock(key.part()).insert(key, Owner(owner)).is_none() {
                self.count.fetch_add(1, Ordering::Relaxed);
            }
        }
        *self.claimed() = Some(Vec::new());
    }

    /// What was claimed since this was last asked.
    pub(crate) fn take_claimed(&self) -> Vec<[u64; 3]> {
        let claimed = self.claimed().as_mut().map(std::mem::take);
        let claims = claimed.into_iter().flatten();
        claims
            .map(|(key, owner)| [key.0[0], key.0[1], owner.0])
            .collect()
    }

    fn claimed(&self) -> MutexGuard<'_, Option<Vec<(Key, Owner)>>> {
        self.claimed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the item that was looked at own its unique values, if `keeps` of its violations is
    /// true. What stands against that is added to them. Its type is that of this number, with
    /// these paths.
    pub(crate) fn hold(
        &self,
        kind: usize,
        paths: &[String],
        sight: &mut Sight,
        owner: Owner,
        keeps: impl FnOnce(&[Violation]) -> bool,
    ) {
        let (values, found) = (&sight.unique, &mut sight.violations);
        if values.is_empty() {
            return;
        }
        let keys = values
            .iter()
            .map(|(path, hash, _)| Key::new(kind, *path, *hash));
        let keys: Vec<Key> = keys.collect();
        self.claim(&keys, owner, |refused| {
            for (index, reason) in refused {
                let (path, _, value) = &values[*index];
                found.push(Violation {
                    path: paths.get(*path).cloned().unwrap_or_default(),
                    rule: UNIQUE.to_owned(),
                    message: self.message(*reason),
                    value: value.clone(),
                });
            }
            keeps(found)
        });
    }

    fn message(&self, reason: Refused) -> String {
        match reason {
            Refused::Taken => "must be unique, and another item has this value".to_owned(),
            Refused::Full => format!(
                "must be unique, and nobody can tell: {} values are remembered, and no more; \
                 raise `max_keys`",
                self.limit
            ),
        }
    }

    /// Says what stands against `owner` having all `keys`, by their index, and gives them to it if
    /// `keeps` of that is true. Nobody else gets one of them between question and answer.
    ///
    /// A key that comes twice is refused the second time: an item does not repeat itself either.
    pub(crate) fn claim(
        &self,
        keys: &[Key],
        owner: Owner,
        keeps: impl FnOnce(&[(usize, Refused)]) -> bool,
    ) {
        // Every claim locks in the same order, so that no two wait for each other.
        let mut sorted: Vec<(usize, Key, usize)> = Vec::with_capacity(keys.len());
        sorted.extend(
            keys.iter()
                .enumerate()
                .map(|(index, key)| (key.part(), *key, index)),
        );
        sorted.sort_unstable();
        let mut refused = Vec::new();
        let (mut free, mut locked) = (Vec::new(), Vec::<(usize, Part<'_>)>::new());
        for (at, (part, key, index)) in sorted.iter().copied().enumerate() {
            if locked.last().is_none_or(|(last, _)| *last != part) {
                locked.push((part, self.lock(part)));
            }
            let map = locked.len() - 1;
            let repeated = at > 0 && sorted[at - 1].1 == key;
            match locked[map].1.get(&key) {
                _ if repeated => refused.push((index, Refused::Taken)),
                Some(other) if *other != owner => refused.push((index, Refused::Taken)),
                Some(_) => {}
                None => free.push((map, key, index)),
            }
        }
        let room = self.reserve(free.len());
        refused.extend(
            free[room..]
                .iter()
                .map(|(_, _, index)| (*index, Refused::Full)),
        );
        refused.sort_unstable_by_key(|(index, _)| *index);
        if keeps(&refused) {
            for (map, key, _) in &free[..room] {
                locked[*map].1.insert(*key, owner);
            }
            if let Some(claimed) = self.claimed().as_mut() {
                claimed.extend(free[..room].iter().map(|(_, key, _)| (*key, owner)));
            }
        } else {
            self.count.fetch_sub(room, Ordering::Relaxed);
        }
    }

    /// Takes room for up to `wanted` values.
    fn reserve(&self, wanted: usize) -> usize {
        let mut room = 0;
        let more = |count: usize| {
            room = wanted.min(self.limit.saturating_sub(count));
            Some(count + room)
        };
        let relaxed = Ordering::Relaxed;
        // It never fails, for `more` always has an answer.
        let _before = self.count.fetch_update(relaxed, relaxed, more);
        room
    }

    fn lock(&self, part: usize) -> Part<'_> {
        // A panic elsewhere leaves a map of whole entries behind.
        self.parts[part]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(value: u128) -> Key {
        Key::new(0, 0, value)
    }

    fn owner(ordinal: u32) -> Owner {
        Owner::new(Fingerprint(7), ordinal)
    }

    /// What was refused; the keys are kept if that is nothing.
    fn claim(seen: &Seen, keys: &[Key], owner: Owner) -> Vec<(usize, Refused)> {
        let mut answer = Vec::new();
        seen.claim(keys, owner, |refused| {
            answer = refused.to_vec();
            refused.is_empty()
        });
        answer
    }

    #[test]
    fn a_value_has_one_owner_who_may_come_again() {
        let seen = Seen::new(10);
        assert_eq!(claim(&seen, &[key(1)], owner(0)), []);
        assert_eq!(claim(&seen, &[key(1)], owner(0)), []);
        assert_eq!(claim(&seen, &[key(1)], owner(1)), [(0, Refused::Taken)]);
        assert_eq!(claim(&seen, &[Key::new(0, 1, 1)], owner(1)), []);
        assert_eq!(claim(&seen, &[Key::new(1, 0, 1)], owner(1)), []);
    }

    #[test]
    fn who_is_refused_one_value_gets_none() {
        let seen = Seen::new(10);
        assert_eq!(claim(&seen, &[key(1)], owner(0)), []);
        assert_eq!(
            claim(&seen, &[key(2), key(1), key(3)], owner(1)),
            [(1, Refused::Taken)]
        );
        assert_eq!(claim(&seen, &[key(3), key(2)], owner(2)), []);
    }

    #[test]
    fn a_value_twice_in_one_item_is_refused_each_time_the_item_comes() {
        let seen = Seen::new(10);
        let keys = [key(1), key(2), key(1)];
        for _ in 0..2 {
            seen.claim(&keys, owner(0), |refused| {
                assert_eq!(refused, [(2, Refused::Taken)]);
                true
            });
        }
        assert_eq!(seen.count.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn past_the_limit_only_known_values_are_told_apart() {
        let seen = Seen::new(2);
        assert_eq!(claim(&seen, &[key(1)], owner(0)), []);
        let refused = claim(&seen, &[key(2), key(3)], owner(1));
        assert!(matches!(refused[..], [(_, Refused::Full)]), "{refused:?}");
        assert_eq!(claim(&seen, &[key(3)], owner(2)), []);
        assert_eq!(claim(&seen, &[key(4)], owner(3)), [(0, Refused::Full)]);
        assert_eq!(claim(&seen, &[key(3)], owner(2)), []);
        assert_eq!(claim(&seen, &[key(1)], owner(3)), [(0, Refused::Taken)]);
    }

    #[test]
    fn of_many_threads_one_gets_each_value() {
        let (seen, values) = (Seen::new(1000), 200_u32);
        let won = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for thread in 0..8_u32 {
                let (seen, won) = (&seen, &won);
                scope.spawn(move || {
                    for step in 0..values {
                        let value = (step * (2 * thread + 1)) % values;
                        // Two keys each, in either order, as two items that overlap have them.
                        let (a, b) = (key(value.into()), key(u128::from(value) + 1000));
                        let keys = if thread % 2 == 0 { [a, b] } else { [b, a] };
                        if claim(seen, &keys, owner(thread * values + step)).is_empty() {
                            won.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        assert_eq!(won.into_inner(), values as usize);
        assert_eq!(seen.count.into_inner(), 2 * values as usize);
    }
}
