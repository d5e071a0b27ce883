//! Waiting for delivery reports.
//!
//! The `flush` of rdkafka looks every 100 ms, however soon they come: so long would each commit take.

use std::time::Duration;

use rdkafka::producer::{Producer, ThreadedProducer};

use crate::reports::Reports;

/// librdkafka has done with a message soon after its report.
const SOON: usize = 1_000;

/// Waits until all of so many messages have their reports, for so long at most; whether they have.
pub(crate) fn delivered(producer: &ThreadedProducer<Reports>, sent: u64, most: Duration) -> bool {
    // This looks, and no more: what lingers goes in its time.
    let is_done = producer.flush(Duration::ZERO).is_ok();
    if !is_done && !producer.context().all_within(sent, most) {
        return false;
    }
    for _ in 0..SOON {
        if producer.in_flight_count() == 0 {
            break;
        }
        std::thread::yield_now();
    }
    true
}
