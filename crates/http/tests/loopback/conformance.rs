//! The transport keeps every promise of `Fetch`.

use huntsman_http::{Http, HttpSettings};
use huntsman_testkit::fetch_suite;

use crate::wire::Wire;

#[tokio::test]
async fn the_suite() {
    fetch_suite::all(|_, answer| async move {
        let wire = Wire::saying(answer.to_http().expect("a response"));
        let http = Http::new(HttpSettings::default()).expect("a transport");
        (http, format!("http://{}/", wire.address))
    })
    .await;
}
