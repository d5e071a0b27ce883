//! Where requests are made: one thread with a runtime of its own.
//!
//! Outputs block, and may be called from any thread: from one of a runtime's pool for blocking
//! work, from a runtime's worker, from a runtime with a single thread. Nothing of the caller's
//! runtime is needed to answer, so none of them can wait for itself.

use std::future::Future;
use std::io;
use std::sync::mpsc;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// The thread; it ends after this is dropped.
#[derive(Debug)]
pub(crate) struct Requests {
    handle: Handle,
    /// Dropped, it tells the thread to end.
    _stop: oneshot::Sender<()>,
}

impl Requests {
    /// Starts the thread.
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let wait = move || {
            // Nothing is ever sent.
            runtime.block_on(stopped).unwrap_or_default();
        };
        thread::Builder::new().name("s3".to_owned()).spawn(wait)?;
        Ok(Self {
            handle,
            _stop: stop,
        })
    }

    /// Runs the future on the thread, and waits for what it gives.
    pub(crate) fn wait<T, E>(
        &self,
        future: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> io::Result<T>
    where
        T: Send + 'static,
        E: Into<io::Error> + Send + 'static,
    {
        let (tell, told) = mpsc::sync_channel(1);
        self.handle.spawn(async move {
            // Nobody else waits: there is room, and somebody to take it.
            tell.send(future.await).unwrap_or_default();
        });
        match told.recv() {
            Ok(result) => result.map_err(Into::into),
            Err(mpsc::RecvError) => Err(io::Error::other("a request to the store broke off")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn answer() -> io::Result<u8> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        Ok(7)
    }

    #[test]
    fn any_thread_may_wait() {
        let requests = Requests::start().unwrap();
        assert_eq!(requests.wait(answer()).unwrap(), 7);
        let single = Builder::new_current_thread().build().unwrap();
        // On the only thread of a runtime, and in its pool.
        single.block_on(async {
            assert_eq!(requests.wait(answer()).unwrap(), 7);
            let pooled = tokio::task::spawn_blocking(move || {
                assert_eq!(requests.wait(answer()).unwrap(), 7);
                requests
            });
            let requests = pooled.await.unwrap();
            assert_eq!(requests.wait(answer()).unwrap(), 7);
            drop(requests);
        });
    }

    #[test]
    fn a_future_that_breaks_off_is_an_error() {
        let requests = Requests::start().unwrap();
        let broken = async { Ok::<u8, io::Error>(str::parse::<u8>("x").unwrap()) };
        assert!(requests.wait(broken).is_err());
        assert_eq!(requests.wait(answer()).unwrap(), 7);
    }
}
