# Short names for the commands of daily work; `just` lists them.

# List the recipes
default:
    @just --list

# Formatting and lints, warnings denied
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    cargo clippy -p huntsman-spiders --no-default-features --locked -- -D warnings

# Every test, documentation examples included
test:
    cargo test --workspace --locked

# The simulated crawls again, with the seed SEED (any number)
sim SEED:
    PROPTEST_RNG_SEED={{SEED}} cargo test --locked -p huntsman --test crawl sim::

# The documentation as in CI; it opens in a browser with `just doc --open`
doc *FLAGS:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked {{FLAGS}}

# Licences, duplicate versions and sources of all dependencies (needs cargo-deny)
deny:
    cargo deny --workspace --locked check licenses bans sources

# Known security advisories (needs cargo-deny and network)
advisories:
    cargo deny --workspace --locked check advisories

# The real binary against sites on loopback
e2e:
    cargo test --locked -p huntsman-tests --test e2e

# Kill crawls so many times, at every named point and at random, and compare what they leave
crash KILLS="200" SEED="5":
    HUNTSMAN_CRASHES={{KILLS}} HUNTSMAN_SEED={{SEED}} cargo test --locked -p huntsman-tests --test crash

# Crawl the faulty site at full speed for so many minutes: memory and handles stay flat
soak MINUTES="30":
    HUNTSMAN_SOAK={{MINUTES}} cargo test --release --locked -p huntsman-tests --test soak -- --include-ignored --nocapture

# The house rules
tidy:
    cargo test --locked -p huntsman-tests --test tidy

# Benchmarks
bench:
    cargo bench --locked -p huntsman-benches

# All that CI runs
ci:
    .ci/run
