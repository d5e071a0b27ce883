//! The cluster that brokers are of. A registry ties subjects to the topics of a cluster, which Confluent's
//! producers name by the id that brokers tell (`SerializingProducer` since 2.16).

use std::time::Duration;

use huntsman_core::ExportError;
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};

use crate::probe::look;
use crate::properties;
use crate::reports::Reports;
use crate::session::failed;
use crate::wanted::Wanted;

/// How long is waited for it once brokers have answered.
const PATIENCE: Duration = Duration::from_secs(10);

/// The id of the brokers' cluster.
///
/// # Errors
/// No broker answers, or the one that does tells none.
pub(crate) async fn cluster_id(wanted: &Wanted) -> Result<String, ExportError> {
    let asked = wanted.clone();
    let told = tokio::task::spawn_blocking(move || ask(&asked)).await;
    told.unwrap_or_else(|stopped| Err(failed(wanted, &stopped.to_string())))
}

fn ask(wanted: &Wanted) -> Result<String, ExportError> {
    let config = properties::consumer(wanted, "huntsman")?;
    let consumer = BaseConsumer::from_config_and_context(&config, Reports::default());
    let consumer: BaseConsumer<Reports> =
        consumer.map_err(|error| properties::refused(wanted, &error))?;
    // What is wrong with brokers, it tells better.
    look(&consumer, &wanted.address.topic).map_err(|reason| failed(wanted, &reason))?;
    let id = consumer.client().fetch_cluster_id(PATIENCE);
    id.filter(|id| !id.is_empty())
        .ok_or_else(|| failed(wanted, "the brokers do not tell the id of their cluster"))
}
