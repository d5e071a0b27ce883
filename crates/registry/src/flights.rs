//! Answers that are kept, each of which is on its way once however many ask.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::RegistryError;

/// How long "there is no such thing" is believed: somebody may register it now.
const NEGATIVE: Duration = Duration::from_secs(10);

/// So many answers are kept; the oldest goes first.
const MOST: usize = 1_000;

/// Answers by what was asked.
pub(crate) struct Flights<K, T> {
    kept: Mutex<Kept<K, T>>,
}

struct Kept<K, T> {
    by_key: HashMap<K, Arc<Flight<T>>>,
    oldest: VecDeque<K>,
}

/// One question.
struct Flight<T> {
    /// How often it was answered.
    round: AtomicU64,
    /// Held by the one who asks.
    last: tokio::sync::Mutex<Option<Answer<T>>>,
}

struct Answer<T> {
    outcome: Result<T, RegistryError>,
    at: Instant,
}

impl<T> Answer<T> {
    fn is_kept(&self) -> bool {
        match &self.outcome {
            Ok(_) => true,
            Err(error) if error.is_not_found() => now().duration_since(self.at) < NEGATIVE,
            // It may pass, or a person mends it.
            Err(_) => false,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "an answer ages in the runtime's time, which tests pause"
)]
fn now() -> Instant {
    Instant::now()
}

impl<K: Clone + Eq + Hash, T: Clone> Flights<K, T> {
    pub(crate) fn new() -> Self {
        Self {
            kept: Mutex::new(Kept {
                by_key: HashMap::new(),
                oldest: VecDeque::new(),
            }),
        }
    }

    /// The answer that is kept, or that of `ask`. Who comes while another asks gets the other's
    /// answer, whatever it is; if the other gives up, the next one asks.
    pub(crate) async fn get(
        &self,
        key: &K,
        ask: impl Future<Output = Result<T, RegistryError>>,
    ) -> Result<T, RegistryError> {
        let flight = self.flight(key);
        let seen = flight.round.load(Ordering::Acquire);
        let mut last = flight.last.lock().await;
        if let Some(answer) = &*last
            && (flight.round.load(Ordering::Acquire) != seen || answer.is_kept())
        {
            return answer.outcome.clone();
        }
        let outcome = ask.await;
        flight.round.fetch_add(1, Ordering::Release);
        *last = Some(Answer {
            outcome: outcome.clone(),
            at: now(),
        });
        outcome
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.by_key.clear();
        kept.oldest.clear();
    }

    fn flight(&self, key: &K) -> Arc<Flight<T>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = kept.by_key.get(key) {
            return Arc::clone(flight);
        }
        if kept.oldest.len() == MOST
            && let Some(oldest) = kept.oldest.pop_front()
        {
            kept.by_key.remove(&oldest);
        }
        let flight = Arc::new(Flight {
            round: AtomicU64::new(0),
            last: tokio::sync::Mutex::new(None),
        });
        kept.oldest.push_back(key.clone());
        kept.by_key.insert(key.clone(), Arc::clone(&flight));
        flight
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::error::Code;

    /// Answers after a second with the number of the question.
    async fn slow(
        asked: &AtomicUsize,
        error: Option<RegistryError>,
    ) -> Result<usize, RegistryError> {
        let number = asked.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_secs(1)).await;
        error.map_or(Ok(number), Err)
    }

    fn broken() -> RegistryError {
        RegistryError::Network {
            url: String::new(),
            reason: String::new(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn many_who_ask_at_once_ask_once() {
        let (flights, asked) = (Flights::new(), AtomicUsize::new(0));
        let one = || flights.get(&"a", slow(&asked, None));
        let (a, b, c) = tokio::join!(one(), one(), one());
        assert_eq!((a, b, c), (Ok(0), Ok(0), Ok(0)));
        assert_eq!(flights.get(&"a", slow(&asked, None)).await, Ok(0));
        assert_eq!(flights.get(&"b", slow(&asked, None)).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_shared_and_not_kept() {
        let (flights, asked) = (Flights::new(), AtomicUsize::new(0));
        let one = || flights.get(&"a", slow(&asked, Some(broken())));
        let (a, b) = tokio::join!(one(), one());
        assert_eq!((a, b), (Err(broken()), Err(broken())));
        assert_eq!(flights.get(&"a", slow(&asked, None)).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_there_is_believed_for_a_while() {
        let (flights, asked) = (Flights::new(), AtomicUsize::new(0));
        let missing = RegistryError::refused(Code::SchemaNotFound, "none");
        for _ in 0..3 {
            let got = flights.get(&1, slow(&asked, Some(missing.clone()))).await;
            assert_eq!(got, Err(missing.clone()));
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        tokio::time::advance(NEGATIVE).await;
        assert_eq!(flights.get(&1, slow(&asked, None)).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_asks_where_the_one_who_asked_gives_up() {
        let (flights, asked) = (Flights::new(), AtomicUsize::new(0));
        let gives_up = tokio::time::timeout(
            Duration::from_millis(500),
            flights.get(&1, slow(&asked, None)),
        );
        let waits = flights.get(&1, slow(&asked, None));
        let (gone, got) = tokio::join!(gives_up, waits);
        assert!(gone.is_err());
        assert_eq!(got, Ok(1));
    }

    #[tokio::test]
    async fn the_oldest_goes_first() {
        let flights = Flights::new();
        for key in 0..=MOST {
            flights.get(&key, async { Ok(0) }).await.unwrap();
        }
        assert_eq!(flights.get(&MOST, async { Ok(1) }).await, Ok(0));
        assert_eq!(flights.get(&0, async { Ok(1) }).await, Ok(1));
        assert_eq!(flights.kept.lock().unwrap().by_key.len(), MOST);
    }
}
