//! Jobs that are cut off and gone on with.

use huntsman_export::{Mode, Output, Start};

use crate::server::{Bucket, server};
use crate::{MIB, bytes, delivered};

/// What is written in all; two parts of 5 MiB and some.
const LENGTH: usize = 11 * MIB + 11;
/// Where positions are taken: at parts' ends, beside them and between.
const CUTS: [usize; 7] = [
    0,
    3 * MIB,
    5 * MIB - 1,
    5 * MIB,
    5 * MIB + 1,
    10 * MIB,
    LENGTH,
];

/// Writes all from there on; the positions at the cuts.
fn write(output: &mut dyn Output, from: usize) -> Vec<(usize, Vec<u8>)> {
    let all = bytes(LENGTH);
    let mut positions = Vec::new();
    let mut at = from;
    for cut in CUTS.into_iter().filter(|&cut| cut >= from) {
        output.write(&all[at..cut]).unwrap();
        positions.push((cut, output.sync().unwrap()));
        at = cut;
    }
    positions
}

fn resume(bucket: Bucket, key: &str, mode: Mode, state: &[u8]) -> Box<dyn Output> {
    bucket
        .open(
            key,
            Start::Resume {
                job: "job",
                mode,
                state,
            },
        )
        .unwrap()
}

#[test]
fn a_cut_anywhere_leaves_what_an_uninterrupted_run_does() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("cuts");
    for (number, mode) in (0..CUTS.len()).zip([Mode::Append, Mode::Replace].into_iter().cycle()) {
        let key = format!("cut-{number}");
        let mut cut_off = bucket.create(&key, mode, Some("job"));
        let (at, state) = write(&mut *cut_off, 0).remove(number);
        drop(cut_off);
        let mut output = resume(bucket, &key, mode, &state);
        write(&mut *output, at);
        assert_eq!(bucket.get(&key), None);
        output.finish().unwrap();
        assert!(bucket.get(&key).unwrap() == bytes(LENGTH), "cut at {at}");
        assert_eq!(bucket.uploads(), 0);
    }
}

#[test]
fn a_job_that_did_not_learn_that_the_object_is_made_makes_it_again() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("made");
    for (number, mode) in (0..CUTS.len()).zip([Mode::Append, Mode::Replace].into_iter().cycle()) {
        let key = format!("cut-{number}");
        let mut output = bucket.create(&key, mode, Some("job"));
        let (at, state) = write(&mut *output, 0).remove(number);
        output.finish().unwrap();
        let mut output = resume(bucket, &key, mode, &state);
        write(&mut *output, at);
        output.write(b"and more").unwrap();
        assert!(bucket.get(&key).unwrap() == bytes(LENGTH));
        output.finish().unwrap();
        let expected = [bytes(LENGTH), b"and more"].concat();
        assert!(bucket.get(&key).unwrap() == expected, "cut at {at}");
        assert_eq!(bucket.uploads(), 0);
    }
}

#[test]
fn a_failure_leaves_what_the_job_goes_on_from() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("kept");
    let mut output = bucket.create("key", Mode::Append, Some("job"));
    let (at, state) = write(&mut *output, 0).pop().unwrap();
    output.write(b"lost").unwrap();
    assert!(output.fail(&delivered(1)).contains("waits"));
    assert_eq!((bucket.get("key"), bucket.uploads()), (None, 1));
    let mut output = resume(bucket, "key", Mode::Append, &state);
    write(&mut *output, at);
    output.finish().unwrap();
    assert!(bucket.get("key").unwrap() == bytes(LENGTH));
}

#[test]
fn a_job_whose_upload_expired_does_not_go_on() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("expired");
    let mut output = bucket.create("key", Mode::Append, Some("job"));
    let (_, state) = write(&mut *output, 0).pop().unwrap();
    bucket.abort_uploads();
    let start = Start::Resume {
        job: "job",
        mode: Mode::Append,
        state: &state,
    };
    // This server fails where it should say that there is no such upload.
    assert!(bucket.open("key", start).is_err());
    bucket.put("key", "another's");
    let error = bucket.open("key", start).err().unwrap();
    assert!(error.to_string().contains("another writer"), "{error}");
    assert_eq!(bucket.get("key").unwrap(), b"another's");
}
