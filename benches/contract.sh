#!/bin/sh
# contract.sh: the benchmarks of the contract, then the same items through fastavro and pydantic.
# Needs python3 with venv, and the packages' registry for the first run.
set -e
root=$(cd "$(dirname "$0")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
venv=$target/benches-venv
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" -q install fastavro==1.13.1 pydantic==2.14.4
fi
cd "$root"
cargo bench -p huntsman-benches --bench contract -- --quiet
exec "$venv/bin/python" benches/contract.py "$target/criterion"
