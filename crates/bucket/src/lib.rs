//! S3-compatible object stores as places for the files of Huntsman.
//!
//! [`S3`] writes feeds to addresses like `s3://BUCKET/folder/items.jsonl.zst`: at Amazon, and at any
//! store that speaks its protocol (`endpoint=https://…`). The key is taken as it is written: nothing
//! in it is decoded.
//!
//! # Words and variables
//!
//! | word | what | without it |
//! |---|---|---|
//! | `endpoint` | the store's address; `http` only for this machine, or with `allow_http` | `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, Amazon |
//! | `region` | the bucket's region | `AWS_REGION`, `AWS_DEFAULT_REGION`, `us-east-1` |
//! | `path_style` | `true`: the bucket is in the path; `false`: in the host's name | `true` with an endpoint or a bucket with a dot |
//! | `allow_http` | data may go unencrypted to another machine | `false` |
//! | `part_size` | bytes of a part, 5MiB to 5GiB | 8MiB, for objects up to 78 GiB |
//! | `retries` | how often a request is tried again, at most 20, for three minutes at most | 5 |
//! | `timeout` | how long one request may take, at most 10m | 60s |
//!
//! Credentials come from the environment alone: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`,
//! with `AWS_SESSION_TOKEN` if they are temporary; or a role by `AWS_WEB_IDENTITY_TOKEN_FILE` and
//! `AWS_ROLE_ARN`, or by the `AWS_CONTAINER_…` variables of ECS and EKS. Profiles (`AWS_PROFILE`)
//! and the roles of EC2 instances are not read. No message has a secret in it.
//!
//! # What is at the store, and when
//!
//! | | [`Mode::Append`](huntsman_export::Mode::Append) | [`Mode::Replace`](huntsman_export::Mode::Replace) |
//! |---|---|---|
//! | there is an object | refused: an object cannot be appended to | it stays until the end |
//! | while it runs | nothing that can be read | the old object |
//! | closed | the object, at once | the new object, at once |
//! | another made the object meanwhile | left as it is, and an error | replaced |
//! | failed or abandoned | nothing | the old object |
//!
//! When a feed is opened, an upload is begun. So a missing bucket, wrong credentials, a missing
//! right or an endpoint where nobody is are told before the first request of the crawl.
//!
//! Where an upload cannot be finished on condition that there is no object (`If-None-Match`, which
//! the store then answers with 501), it is looked for just before instead. A store that passes the
//! condition over in silence lets the last of two writers win.
//!
//! # Jobs
//!
//! In a crawl with a job, the position has the upload, its parts, and the bytes that are in no part
//! yet: up to `part_size`, besides the first 256 KiB. A run that goes on sends what follows as the
//! next parts, and the object is to the byte what an uninterrupted run leaves. If the last run was
//! cut off after the object was made and before the job knew, the parts that the position has are
//! copied from it, which the object's metadata (`huntsman-upload`) shows to be the job's own; it
//! stays until the new one takes its place.
//!
//! # Costs
//!
//! An object takes a request to begin it, one to look whether there is one (to append only), one
//! for each part, and one to finish it; a run that goes on takes two more. Batches that are
//! appended to others take a list request for each 1000 objects whose keys begin alike. One part
//! is in memory for each open feed; two while a run finds back to where the last one stood.
//!
//! # Uploads without an end
//!
//! A crawl that is killed leaves its upload: not an object, but its parts are stored and paid for.
//! So does a job that is never gone on with, or that replaced an object. Have the store remove
//! such uploads, after longer than a job may pause:
//!
//! ```text
//! aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration \
//!   '{"Rules":[{"ID":"uploads","Status":"Enabled","Filter":{"Prefix":""},
//!     "AbortIncompleteMultipartUpload":{"DaysAfterInitiation":7}}]}'
//! ```
//!
//! A job whose upload has expired cannot go on, and says so.
//!
//! # What is tested with what
//!
//! Objects of all sizes, odd keys, cuts and resuming, two writers, missing rights and wrong
//! credentials: with moto, an S3 server that checks signatures and rights, and boto3 as the reader.
//! Failures, stalls and lost answers: with a small server of the tests. A fault at each request,
//! the suite of all sinks, and the bound of memory: with the store in memory of `object_store`.
//! Nothing is tested with Amazon itself.

mod address;
mod client;
mod error;
mod place;
mod position;
mod requests;
mod settings;
mod store;
mod upload;

pub use place::S3;
