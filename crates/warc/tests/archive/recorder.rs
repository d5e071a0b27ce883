//! The layer in front of a transport.

use std::sync::{Arc, Mutex};

use huntsman_core::{Bytes, Fetch, FetchError, HeaderMap, Layer, Next, RawResponse, Request};
use huntsman_testkit::{Answer, FakeWeb};
use huntsman_warc::{Archive, Recorder, WarcError};
use tokio::sync::Notify;

use crate::sample::{Folder, MAX, NOW, answer, exchange, get, options, replay};

/// What a recorder told.
type Failures = Arc<(Notify, Mutex<Vec<String>>)>;

fn recorder(archive: &Arc<Archive>, failures: &Failures) -> Arc<dyn Layer> {
    let failures = Arc::clone(failures);
    let on_failure = move |error: WarcError| {
        failures.1.lock().unwrap().push(error.to_string());
        failures.0.notify_one();
    };
    let archive = Arc::clone(archive);
    Arc::new(Recorder::new(
        archive,
        HeaderMap::new(),
        || NOW,
        MAX,
        on_failure,
    ))
}

#[tokio::test]
async fn every_response_is_kept_before_it_goes_on() {
    let folder = Folder::new();
    let place = folder.path("a.warc.gz");
    let archive = Arc::new(Archive::open(&place, options()).unwrap());
    let failures = Failures::default();
    let layers = [recorder(&archive, &failures)];
    let web = FakeWeb::new()
        .page("http://a.example/ok", [Answer::status(200).body("page")])
        .page("http://a.example/gone", [Answer::status(404).body("gone")]);
    for (path, status) in [("/ok", 200), ("/gone", 404)] {
        let next = Next::new(&layers, &web);
        let came = next.run(get(path)).await.unwrap();
        assert_eq!(came.status, status);
        // Nobody closed the archive: what is kept is with the system already.
        let kept = answer(&replay(&place), get(path)).await.unwrap();
        assert_eq!((kept.0, kept.1.as_bytes()), (status, &came.body[..]));
    }
    assert!(failures.1.lock().unwrap().is_empty());
}

/// Answers with a body that is gzip of too much.
struct Bomb;

#[async_trait::async_trait]
impl Fetch for Bomb {
    async fn fetch(&self, request: Request) -> Result<RawResponse, FetchError> {
        use std::io::Write as _;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&vec![0; 3 << 20]).unwrap();
        let mut response = RawResponse::ok(request.url, Bytes::from(encoder.finish().unwrap()));
        response
            .headers
            .insert("content-encoding", "gzip".parse().unwrap());
        Ok(response)
    }
}

#[tokio::test]
async fn the_layer_unpacks_within_the_bound_and_keeps_what_came() {
    let folder = Folder::new();
    let place = folder.path("a.warc.gz");
    let archive = Arc::new(Archive::open(&place, options()).unwrap());
    let layers = [recorder(&archive, &Arc::default())];
    let error = Next::new(&layers, &Bomb).run(get("/")).await.unwrap_err();
    assert_eq!(error.kind(), "too large");
    let error = answer(&replay(&place), get("/")).await.unwrap_err();
    assert_eq!(error.kind(), "too large", "as in the crawl");
    let more = huntsman_warc::Replay::open(&place, 4 << 20).unwrap();
    assert_eq!(more.fetch(get("/")).await.unwrap().body.len(), 3 << 20);
}

/// A disk that is always full.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_cannot_be_kept_is_told_and_never_handed_on() {
    let folder = Folder::new();
    std::os::unix::fs::symlink("/dev/full", folder.path("a.warc")).unwrap();
    let error = Archive::open(&folder.path("a.warc"), options()).unwrap_err();
    assert!(error.to_string().contains("No space left"), "{error}");

    // The first file takes one exchange; the next one is on that disk.
    let mut options = options();
    options.segment = 1;
    let place = folder.path("b.warc");
    let archive = Archive::open(&place, options).unwrap();
    std::os::unix::fs::symlink("/dev/full", folder.path("b-00001.warc")).unwrap();
    let (archive, failures) = (Arc::new(archive), Failures::default());
    let layers = [recorder(&archive, &failures)];
    let web = FakeWeb::new().page("http://a.example/", [Answer::status(200).body("page")]);
    let next = Next::new(&layers, &web);
    tokio::select! {
        biased;
        answered = next.run(get("/")) => panic!("its page must not be settled: {answered:?}"),
        () = failures.0.notified() => {}
    }
    let told = failures.1.lock().unwrap().clone();
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("b-00001.warc: No space left"), "{told:?}");
    let error = archive.keep(&exchange(get("/"), 200, "page")).unwrap_err();
    assert!(matches!(error, WarcError::Ended(_)), "{error}");
    assert_eq!(error.to_string(), told[0]);
}
