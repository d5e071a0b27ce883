//! Confluent's own client for Java, against a served folder.

use huntsman_testkit::{java, python};

use crate::served::Served;

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/registry/Client.java");

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn confluents_client_registers_asks_and_deletes() {
    let program = java::program(env!("CARGO_TARGET_TMPDIR"), PROGRAM).unwrap();
    let Some(mut program) = program else {
        return;
    };
    let served = Served::new().await;
    program.arg(&served.address);
    let said = tokio::task::spawn_blocking(move || python::said(&mut program));
    assert_eq!(said.await.unwrap().unwrap().trim(), "done");
    served.end().await;
}
