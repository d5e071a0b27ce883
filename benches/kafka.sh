#!/bin/sh
# kafka.sh: items into a topic, by a sink, by what Python does and by a bare producer of ready bytes:
# items a second and CPU an item until each is confirmed; how long a single item takes; and the memory
# of a sink while its broker is away. Needs a JDK, Maven, python3 with venv, and the packages'
# registries for the first run.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
cd "$root"
venv=$target/benches-kafka-venv
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" -q install 'confluent-kafka[avro,schemaregistry]==2.16.1'
fi
cargo build -q --release -p huntsman-kafka --example topic_speed
mkdir -p "$target/tmp"
"$venv/bin/python" benches/kafka.py "$target/release/examples/topic_speed" "$target/tmp"
