"""store.py CRAWL RUNS: the bookshop with `--job` and without, in turn; medians, and the ratios of each pair."""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

WORDS = "books --demo -q -s fetch.concurrency=16 -s lease.per_host=16".split()
ITEMS = 1000


def run(crawl: str, folder: str, words: list[str]) -> tuple[float, float]:
    """Seconds of wall time and of processor time; all items have to be there."""
    shutil.rmtree(folder)
    os.mkdir(folder)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    subprocess.run([crawl, *WORDS, "-o", "books.jsonl", *words], cwd=folder, check=True)
    wall = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(os.path.join(folder, "books.jsonl"), encoding="utf-8") as lines:
        items = sum(1 for _ in lines)
    assert items == ITEMS, f"{items} items"
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):.3f} ({min(values):.3f}–{max(values):.3f})"


def main() -> None:
    crawl, runs = sys.argv[1], int(sys.argv[2])
    contestants = {"without": [], "with --job": ["--job", "job"]}
    walls = {name: [] for name in contestants}
    cpus = {name: [] for name in contestants}
    with tempfile.TemporaryDirectory() as folder:
        inner = os.path.join(folder, "run")
        os.mkdir(inner)
        for _ in range(runs):
            for name, words in contestants.items():
                wall, cpu = run(crawl, inner, words)
                walls[name].append(wall)
                cpus[name].append(cpu)
    print(f"load {os.getloadavg()[0]:.1f}, {runs} runs of each in turn, medians (least–most)")
    for name in contestants:
        print(f"{name:>10}: wall {spread(walls[name])} s, CPU {spread(cpus[name])} s")
    plain, job = "without", "with --job"
    pairs = [a / b for a, b in zip(walls[plain], walls[job])]
    print(f"pages a second with a job: {spread(pairs)} of those without, by pairs")
    cpu = statistics.median(cpus[plain]) / statistics.median(cpus[job])
    print(f"pages a second of CPU with a job: {cpu:.2f} of those without")


main()
