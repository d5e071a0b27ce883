#!/bin/sh
# export.sh: items through a feed, through a bare loop and through Python's writers, in turn: in
# nanoseconds of CPU an item, and how many times as much as ours, by pairs.
# export.sh memory [ENDING]: the peak of a process that writes 10^7 items to one file.
# Needs python3 with venv, and the packages' registry for the first run; 4 GB of disk for memory.
set -e
root=$(cd "$(dirname "$0")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
cd "$root"
if [ "$1" = memory ]; then
    exec cargo bench -q -p huntsman-benches --bench export -- "$@"
fi
venv=$target/benches-export-venv
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" -q install scrapy==2.19.0 fastavro==1.13.1 pyarrow==26.0.1
fi
exec "$venv/bin/python" benches/export.py "$target/tmp"
