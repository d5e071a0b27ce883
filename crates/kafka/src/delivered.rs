//! Waiting for delivery reports.
//!
//! The `flush` of rdkafka looks every 100 ms, however soon they come: so long would each commit take.

use std::time::Duration;

use rdkafka::producer::{BaseProducer, Producer};

use crate::reports::Reports;

/// librdkafka has done with a message soon after its report.
const SOON: usize = 1_000;

/// One look: each takes its time, whatever comes. Whoever waits for long looks less often.
const LOOKS: [(u32, Duration); 2] = [
    (25, Duration::from_millis(2)),
    (u32::MAX, Duration::from_millis(20)),
];

/// Waits until all of so many messages have their reports, for so long at most; whether they have.
/// Reports are taken by whoever asks: who made a message is the cheapest to take it back.
pub(crate) fn delivered(producer: &BaseProducer<Reports>, sent: u64, most: Duration) -> bool {
    let mut waited = Duration::ZERO;
    let looks = LOOKS.into_iter();
    for look in looks.flat_map(|(times, look)| (0..times).map(move |_| look)) {
        if producer.context().reported() >= sent {
            settled(producer);
            return true;
        }
        if waited >= most {
            return false;
        }
        producer.poll(look);
        waited += look;
    }
    false
}

/// Until librdkafka counts none as under way.
fn settled(producer: &BaseProducer<Reports>) {
    for _ in 0..SOON {
        if producer.in_flight_count() == 0 {
            break;
        }
        std::thread::yield_now();
    }
}
