#!/bin/sh
# store.sh [RUNS [HOSTS URLS…]]: what a job costs. First the bookshop with `--job` and without, in turn, RUNS times each (9);
# then the store alone, at each of these sizes (10^5 hosts; 10^4, 10^6 and 10^7 URLs).
set -e
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-$root/target}
cargo build --release --locked -q -p huntsman-spiders --bin crawl
cargo build --release --locked -q -p huntsman-store --example store_speed
runs=${1:-9}
[ $# -eq 0 ] || shift
python3 benches/store.py "$target/release/crawl" "$runs"
[ $# -gt 0 ] || set -- 100000 10000 1000000 10000000
# A process for each size, so that its memory is its own.
hosts=$1
shift
for urls in "$@"; do
    "$target/release/examples/store_speed" "$hosts" "$urls"
done
