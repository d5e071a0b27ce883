//! Files that are cut off or damaged.

use std::fs;
use std::path::Path;

use huntsman_warc::{Archive, Reader, Replay, WarcError};

use crate::sample::{Folder, MAX, answer, exchange, get, options, recorded, replay};

const PAGES: [(&str, u16, &str); 3] = [
    ("/a", 200, "the first"),
    ("/b", 404, "not there"),
    ("/c", 200, "the third\r\n"),
];

/// Where each record begins, and what it is.
fn records(path: &Path) -> Vec<(u64, String)> {
    let mut reader = Reader::open(path).unwrap();
    let mut found = Vec::new();
    while let Some((place, kind)) = reader.next(|header, _| Ok(header.kind())).unwrap() {
        found.push((place.offset, kind));
    }
    found
}

/// Wherever a process was killed, what was whole is read, and the next one goes on behind it.
#[test]
fn torn_at_any_byte_it_is_read_and_gone_on_with() {
    for name in ["a.warc", "a.warc.gz"] {
        let folder = Folder::new();
        let whole = folder.path(name);
        recorded(&whole, &PAGES[1..]);
        let bytes = fs::read(&whole).unwrap();
        let mut ends: Vec<u64> = records(&whole).iter().map(|(at, _)| *at).skip(1).collect();
        ends.push(bytes.len() as u64);
        // Records: warcinfo, then a request and a response for each page.
        let responses = [ends[2], ends[4]];
        for cut in 0..bytes.len() {
            let place = folder.path(&format!("torn-{name}"));
            fs::write(&place, &bytes[..cut]).unwrap();
            // A plain record is whole without the two line ends behind it.
            let spare = if name == "a.warc" { 4 } else { 0 };
            let readable = |spare: u64| {
                let whole = responses.iter().filter(|end| **end <= cut as u64 + spare);
                whole.count() as u64
            };
            let facts = replay(&place).facts().clone();
            assert_eq!(facts.responses, readable(spare), "{name} cut at {cut}");
            let archive = Archive::open(&place, options()).unwrap();
            archive.keep(&exchange(get("/d"), 200, "another")).unwrap();
            let facts = replay(&place).facts().clone();
            assert_eq!(facts.responses, readable(0) + 1, "{name} cut at {cut}");
            assert_eq!(facts.damaged, 0, "{name} cut at {cut}: {facts:?}");
        }
    }
}

#[tokio::test]
async fn what_is_damaged_in_the_middle_is_counted_and_the_rest_is_read() {
    for name in ["a.warc", "a.warc.gz"] {
        let folder = Folder::new();
        let place = folder.path(name);
        recorded(&place, &PAGES);
        let records = records(&place);
        let (at, kind) = &records[4];
        assert_eq!(kind, "response");
        let mut bytes = fs::read(&place).unwrap();
        let start = usize::try_from(*at).unwrap();
        for byte in &mut bytes[start + 3..start + 9] {
            *byte ^= 0xff;
        }
        fs::write(&place, bytes).unwrap();
        let replay = replay(&place);
        let facts = replay.facts();
        assert_eq!(
            (facts.responses, facts.damaged),
            (2, 1),
            "{name}: {facts:?}"
        );
        assert!(
            facts.damages[0].contains(&format!("at byte {at}: ")),
            "{facts:?}"
        );
        assert_eq!(answer(&replay, get("/c")).await.unwrap().1, "the third\r\n");
        let error = answer(&replay, get("/b")).await.unwrap_err();
        assert_eq!(error.kind(), "not recorded");
        // It stays as it is when a crawl goes on.
        Archive::open(&place, options()).unwrap();
        assert_eq!(Replay::open(&place, MAX).unwrap().facts().responses, 2);
    }
}

/// The checksum of a member finds what its structure does not.
#[test]
fn a_wrong_checksum_is_damage() {
    let folder = Folder::new();
    let place = folder.path("a.warc.gz");
    recorded(&place, &PAGES);
    let end = usize::try_from(records(&place)[3].0).unwrap();
    let mut bytes = fs::read(&place).unwrap();
    bytes[end - 6] ^= 1;
    fs::write(&place, bytes).unwrap();
    let facts = replay(&place).facts().clone();
    assert_eq!((facts.responses, facts.damaged), (2, 1), "{facts:?}");
}

#[test]
fn what_is_no_archive_is_refused_and_left_alone() {
    let folder = Folder::new();
    let text = folder.path("a.warc");
    let page = "<html>".repeat(1000);
    fs::write(&text, &page).unwrap();
    let packed = folder.path("b.warc.gz");
    let gzip = {
        use std::io::Write as _;
        let none = flate2::Compression::none();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), none);
        encoder.write_all(page.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    fs::write(&packed, &gzip).unwrap();
    for path in [&text, &packed] {
        let before = fs::read(path).unwrap();
        let error = Archive::open(path, options()).unwrap_err();
        assert!(matches!(error, WarcError::Foreign { .. }), "{error}");
        assert_eq!(fs::read(path).unwrap(), before);
    }
    let error = Replay::open(&text, MAX).unwrap_err();
    assert!(error.to_string().contains("begins neither"), "{error}");
    let facts = replay(&packed).facts().clone();
    assert_eq!((facts.responses, facts.damaged), (0, 1));
    for (start, part) in [
        (&b"\x28\xb5\x2f\xfd"[..], "Zstandard"),
        (b"PK\x03\x04", "zip"),
        (b"filedesc://x", "ARC"),
    ] {
        let path = folder.path("other");
        fs::write(&path, start).unwrap();
        let error = Replay::open(&path, MAX).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
    for nothing in ["nowhere", ""] {
        let error = Replay::open(&folder.path(nothing).join("x"), MAX).unwrap_err();
        assert!(matches!(error, WarcError::Missing { .. }), "{error}");
    }
    fs::create_dir(folder.path("empty")).unwrap();
    let error = Replay::open(&folder.path("empty"), MAX).unwrap_err();
    assert!(
        error.to_string().contains("no .warc or .warc.gz"),
        "{error}"
    );
}
