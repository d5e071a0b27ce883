#!/bin/sh
# tables.sh: items into SQLite and PostgreSQL, by a feed and by what Python does: items a second, CPU
# an item, the server's apart. Needs python3 with venv, PostgreSQL's server programs, and the packages'
# registry for the first run.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
cd "$root"
venv=$target/benches-tables-venv
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" -q install 'psycopg[binary]==3.3.9'
fi
cargo build -q --release -p huntsman-sql --example table_speed
ours=$target/release/examples/table_speed
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
dir=$(mktemp -d /tmp/huntsman-bench.XXXXXX)
as=
if [ "$(id -u)" = 0 ]; then
    as="setpriv --reuid=nobody --regid=$(id -g nobody) --clear-groups"
    chown nobody "$dir"
fi
(cd "$dir" && $as "$bin/initdb" -D "$dir/data" -U owner --auth=trust -E UTF8 --locale=C >"$dir/log")
(cd "$dir" && exec $as "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c max_wal_size=4GB) \
    >>"$dir/log" 2>&1 &
server=$!
trap 'kill -INT $server; wait $server || true; rm -rf "$dir"' EXIT
until "$bin/pg_isready" -q -h "$dir"; do kill -0 $server; sleep 0.1; done
mkdir -p "$target/tmp"
"$venv/bin/python" benches/tables.py "$ours" "postgres://owner@/postgres?host=$dir" "$server" "$target/tmp"
