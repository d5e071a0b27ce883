//! What stands between clients and a broker, and changes an answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use huntsman_testkit::kafka::Kafka;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::topic::start;

const END_TXN: [u8; 2] = 26_i16.to_be_bytes();
const PRODUCER_FENCED: [u8; 2] = 90_i16.to_be_bytes();

/// A broker that clients reach through it alone.
pub(crate) struct Between {
    pub(crate) address: String,
    /// Of the next transaction that is committed, its client is told that another one has its id.
    pub(crate) fences: Arc<AtomicBool>,
    _broker: Kafka,
    _server: JoinSet<()>,
}

impl Between {
    pub(crate) async fn start() -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let advertised = format!("PLAINTEXT://{address}");
        let broker = start(&[("advertised.listeners", &advertised)])?;
        let (behind, fences) = (broker.address(), Arc::<AtomicBool>::default());
        let armed = Arc::clone(&fences);
        let mut server = JoinSet::new();
        server.spawn(async move {
            let mut open = JoinSet::new();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                open.spawn(pass(client, behind.clone(), Arc::clone(&armed)));
            }
        });
        Some(Self {
            address,
            fences,
            _broker: broker,
            _server: server,
        })
    }
}

/// Passes requests and answers, one after the other, until either side ends.
async fn pass(mut client: TcpStream, behind: String, fences: Arc<AtomicBool>) {
    let mut broker = TcpStream::connect(behind).await.unwrap();
    while let Some(request) = frame(&mut client).await {
        broker.write_all(&request).await.unwrap();
        let Some(mut answer) = frame(&mut broker).await else {
            return;
        };
        if request[4..6] == END_TXN && fences.swap(false, Ordering::SeqCst) {
            // Behind its length, the number of the request and a throttle time.
            answer[12..14].copy_from_slice(&PRODUCER_FENCED);
        }
        if client.write_all(&answer).await.is_err() {
            return;
        }
    }
}

/// A request or an answer, with its length; none at the end.
async fn frame(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let length = stream.read_u32().await.ok()?;
    let mut frame = length.to_be_bytes().to_vec();
    frame.resize(4 + length as usize, 0);
    stream.read_exact(&mut frame[4..]).await.ok()?;
    Some(frame)
}
