//! A store that goes wrong: what is tried again, and what is said in the end.

use std::io;

use huntsman_bucket::S3;
use huntsman_export::{Mode, Output, Place, Start};

use crate::delivered;
use crate::fault::{Fault, Reply, Request};
use crate::server::place;

const BEGUN: &str = "<InitiateMultipartUploadResult><UploadId>the-upload</UploadId>\
                     </InitiateMultipartUploadResult>";
const MADE: &str = "<CompleteMultipartUploadResult><ETag>\"made\"</ETag>\
                    </CompleteMultipartUploadResult>";

fn ok(body: &str) -> Reply {
    Reply::Answer(200, "ETag: \"part\"\r\n", body.to_owned())
}

fn error(status: u16, code: &str) -> Reply {
    let body = format!(
        "<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>Words\nof the \
         store.</Message><AWSAccessKeyId>AKIAFAULT</AWSAccessKeyId><StringToSign>hunter2\
         </StringToSign></Error>"
    );
    Reply::Answer(status, "", body)
}

fn none() -> Reply {
    Reply::Answer(404, "", String::new())
}

/// What a request is for.
fn step(request: &Request) -> &'static str {
    let has = |word| request.target.contains(word);
    match request.method.as_str() {
        "POST" if has("uploads") => "begin",
        "POST" => "complete",
        "PUT" if has("partNumber") => "part",
        "DELETE" => "abort",
        "HEAD" => "find",
        _ => panic!("{request:?}"),
    }
}

/// What a store without faults answers.
fn good(request: &Request) -> Reply {
    match step(request) {
        "begin" => ok(BEGUN),
        "complete" => ok(MADE),
        "find" => none(),
        _ => ok(""),
    }
}

fn steps(fault: &Fault) -> Vec<&'static str> {
    fault.seen().iter().map(step).collect()
}

fn open(fault: &Fault) -> io::Result<Box<dyn Output>> {
    let start = Start::New {
        mode: Mode::Append,
        job: None,
    };
    place("AKIAFAULT", "hunter2").open("s3://bucket/key", start, &fault.words())
}

/// Why an object cannot be begun; without secrets and on one line.
fn refused(fault: &Fault) -> String {
    let error = open(fault).err().unwrap().to_string();
    for secret in ["AKIAFAULT", "hunter2", "<", "\n"] {
        assert!(!error.contains(secret), "{error}");
    }
    error
}

#[test]
fn a_store_that_always_fails_is_asked_again_and_then_told_of() {
    let fault = Fault::start(|_, _| error(503, "SlowDown"));
    assert_eq!(
        refused(&fault),
        "the store keeps failing: 503 SlowDown: Words of the store."
    );
    assert_eq!(steps(&fault), ["begin"; 3]);
}

#[test]
fn a_store_that_fails_now_and_then_does_no_harm() {
    // Each request fails twice before it succeeds.
    let fault = Fault::start(|request, before| match before % 3 {
        0 => error(500, "InternalError"),
        1 => Reply::Close,
        _ => good(request),
    });
    let mut output = open(&fault).unwrap();
    output.write(b"bytes").unwrap();
    output.finish().unwrap();
    let expected = ["begin", "find", "part", "complete"].map(|step| [step; 3]);
    assert_eq!(steps(&fault), expected.concat());
}

#[test]
fn a_store_that_does_not_answer_is_told_of() {
    let fault = Fault::start(|_, _| Reply::Stall);
    assert_eq!(refused(&fault), "the store does not answer in time");
    assert_eq!(steps(&fault), ["begin"; 3]);
}

#[test]
fn a_store_that_fails_later_leaves_no_upload() {
    let fault = Fault::start(|request, _| match step(request) {
        "part" => error(503, "SlowDown"),
        _ => good(request),
    });
    let mut output = open(&fault).unwrap();
    output.write(b"bytes").unwrap();
    let error = output.finish().unwrap_err();
    assert!(error.to_string().contains("503 SlowDown"), "{error}");
    let became = output.fail(&delivered(1));
    assert_eq!(
        became,
        "no object was made, and 1 item written before are discarded"
    );
    let expected = ["begin", "find", "part", "part", "part", "abort"];
    assert_eq!(steps(&fault), expected);
}

#[test]
fn a_success_that_tells_of_an_error_is_none() {
    let fault = Fault::start(|request, _| match step(request) {
        "complete" => ok("<Error><Code>InternalError</Code><Message>m</Message></Error>"),
        _ => good(request),
    });
    let mut output = open(&fault).unwrap();
    let error = output.finish().unwrap_err();
    assert!(error.to_string().contains("InternalError"), "{error}");
    let completes = steps(&fault)
        .iter()
        .filter(|&&step| step == "complete")
        .count();
    assert_eq!(completes, 3);
}

#[test]
fn a_store_that_cannot_complete_on_condition_is_looked_at_just_before() {
    let conditional = |request: &Request| request.headers.contains("if-none-match: *");
    let fault = Fault::start(move |request, _| match step(request) {
        "complete" if conditional(request) => error(501, "NotImplemented"),
        _ => good(request),
    });
    open(&fault).unwrap().finish().unwrap();
    let seen = fault.seen();
    let conditions: Vec<_> = seen
        .iter()
        .map(|seen| (step(seen), conditional(seen)))
        .collect();
    let expected = [
        ("begin", false),
        ("find", false),
        ("part", false),
        ("complete", true),
        ("complete", true),
        ("complete", true),
        ("find", false),
        ("complete", false),
    ];
    assert_eq!(conditions, expected);
}

#[test]
fn a_bucket_elsewhere_is_told_of_and_not_followed() {
    let elsewhere = Fault::start(|request, _| good(request));
    let there: &'static str = format!("Location: {}/\r\n", elsewhere.endpoint).leak();
    for headers in ["", there] {
        let fault = Fault::start(move |_, _| Reply::Answer(307, headers, String::new()));
        let error = refused(&fault);
        assert!(error.contains("region="), "{error}");
    }
    let fault = Fault::start(|_, _| error(400, "AuthorizationHeaderMalformed"));
    assert!(refused(&fault).contains("region="));
    assert!(elsewhere.seen().is_empty());
}

#[test]
fn other_refusals_are_told_as_the_store_tells_them() {
    let fault = Fault::start(|_, _| error(400, "InvalidArgument"));
    assert_eq!(
        refused(&fault),
        "the store refused: 400 InvalidArgument: Words of the store."
    );
    assert_eq!(steps(&fault), ["begin"]);
    let fault = Fault::start(|_, _| ok("this is no store"));
    assert!(refused(&fault).starts_with("the store refused: "));
    let fault = Fault::start(|_, _| error(403, "ExpiredToken"));
    assert!(refused(&fault).contains("AWS_SESSION_TOKEN"));
}

#[test]
fn a_job_whose_upload_expired_is_told() {
    let fault = Fault::start(|request, _| match step(request) {
        "part" => error(404, "NoSuchUpload"),
        _ => good(request),
    });
    let state = open(&fault).unwrap().sync().unwrap();
    let start = Start::Resume {
        job: "job",
        mode: Mode::Append,
        state: &state,
    };
    let place = place("AKIAFAULT", "hunter2");
    let error = place
        .open("s3://bucket/key", start, &fault.words())
        .err()
        .unwrap();
    assert!(error.to_string().contains("begin the job anew"), "{error}");
}

#[test]
fn requests_are_signed_and_carry_the_token_of_a_session() {
    let fault = Fault::start(|request, _| good(request));
    let variables = [
        ("AWS_ACCESS_KEY_ID", "AKIAFAULT"),
        ("AWS_SECRET_ACCESS_KEY", "hunter2"),
        ("AWS_SESSION_TOKEN", "the-token"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_SKIP_SIGNATURE", "true"),
    ];
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let place = S3::with_variables(variables.map(owned));
    let start = Start::New {
        mode: Mode::Replace,
        job: None,
    };
    place
        .open("s3://bucket/key", start, &fault.words())
        .unwrap()
        .finish()
        .unwrap();
    for request in fault.seen() {
        assert!(request.headers.contains("x-amz-security-token: the-token"));
        assert!(request.headers.contains("/eu-central-1/s3/aws4_request"));
        assert!(!request.headers.contains("hunter2") && !request.target.contains("hunter2"));
    }
    assert_eq!(steps(&fault), ["begin", "part", "complete"]);
}
