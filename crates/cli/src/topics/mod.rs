//! Reading topics of Kafka.

mod seeds;
mod tail;

pub(crate) use seeds::seeds;
pub(crate) use tail::tail;
