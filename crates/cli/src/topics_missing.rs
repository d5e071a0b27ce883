//! What reads topics of Kafka, in a command that is built without Kafka.

use std::sync::Arc;

use anyhow::anyhow;
use huntsman::Seeds;

use crate::exit::Exit;
use crate::flags;

pub(crate) fn tail(_: &flags::Tail) -> Result<Exit, Exit> {
    Err(missing())
}

pub(crate) async fn seeds(_: &str) -> Result<Arc<dyn Seeds>, Exit> {
    Err(missing())
}

fn missing() -> Exit {
    Exit::Usage(anyhow!(
        "this command is built without Kafka: build it with the feature `kafka`"
    ))
}
