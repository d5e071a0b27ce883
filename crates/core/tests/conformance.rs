//! The in-memory frontier keeps every promise of `Frontier`.

use huntsman_core::HostKey;
use huntsman_core::frontier::MemoryFrontier;

#[tokio::test]
async fn memory_frontier() {
    huntsman_testkit::frontier_suite::all(|pace| async move {
        MemoryFrontier::new(move |_: &HostKey| pace)
    })
    .await;
}
