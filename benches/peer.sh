#!/bin/sh
# peer.sh START CONCURRENCY OUT.jsonl: the shop of the peer benchmark with the release build.
# Build first: cargo build --release -p huntsman-benches
set -e
root=$(cd "$(dirname "$0")/.." && pwd)
exec "${CARGO_TARGET_DIR:-$root/target}/release/shop" shop -a start="$1" -O "$3" --quiet \
    -s fetch.concurrency="$2" -s lease.per_host="$2" -s lease.delay=0s -s admit.robots=false -s fetch.body_budget='1 GiB'
