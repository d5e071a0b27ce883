"""The items of export.rs through the writers that Python has, in turn with ours and the bare loops:
nanoseconds of CPU an item, and how many times as much that is as ours of the same turn. Run export.sh."""

import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import fastavro
import pyarrow
import pyarrow.parquet
import scrapy
from scrapy.exporters import CsvItemExporter, JsonLinesItemExporter

DIFFERENT, ITEMS, RUNS = 1000, 200_000, 7
SCHEMA = fastavro.parse_schema({"type": "record", "name": "Price", "fields": [
    {"name": "url", "type": "string"}, {"name": "title", "type": "string"},
    {"name": "price", "type": "double"}, {"name": "stock", "type": "int"},
    {"name": "category", "type": ["null", "string"]}, {"name": "crawled_at", "type": "long"}]})
COLUMNS = pyarrow.schema([
    ("url", pyarrow.string()), ("title", pyarrow.string()), ("price", pyarrow.float64()),
    ("stock", pyarrow.int32()), ("category", pyarrow.string()), ("crawled_at", pyarrow.int64())])
NAMES = COLUMNS.names


def price(number):
    return dict(url=f"http://shop.example/catalogue/some-product-name_{number:05}/index.html",
                title=f"Some Product & Other Stories, no. {number}", price=number + 0.77,
                stock=number % 100, category="Poetry" if number % 4 else None,
                crawled_at=1_766_400_000_000 + number)


PRICES = [price(number) for number in range(DIFFERENT)]


def items():
    for _ in range(ITEMS // DIFFERENT):
        yield from PRICES


def scrapy_exporter(exporter):
    def write(file):
        out = exporter(file)
        out.start_exporting()
        for item in items():
            out.export_item(item)
        out.finish_exporting()
    return write


def python_json(file):
    for item in items():
        file.write(json.dumps(item).encode() + b"\n")


def python_csv(file):
    with open(file.fileno(), "w", newline="", encoding="utf-8", closefd=False) as text:
        rows = csv.DictWriter(text, NAMES)
        rows.writeheader()
        for item in items():
            rows.writerow(item)


def python_avro(file):
    fastavro.writer(file, SCHEMA, items())


def python_avro_blocks(file):
    """In blocks of the size of ours, instead of 16,000 bytes."""
    fastavro.writer(file, SCHEMA, items(), sync_interval=64 << 10)


def python_parquet(file):
    with pyarrow.parquet.ParquetWriter(file, COLUMNS) as out:
        for _ in range(ITEMS // 10_000):
            out.write_table(pyarrow.Table.from_pylist(PRICES * (10_000 // DIFFERENT), COLUMNS))


def cost(write, path):
    """Nanoseconds of CPU an item."""
    # As of ours: from making the file to a durable one; its removal is not counted.
    begun = time.process_time_ns()
    with open(path, "wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    used = time.process_time_ns() - begun
    path.unlink()
    return used / ITEMS


def ours(ending):
    """The same of ours and of the bare loop, and by how much ours is longer."""
    done = subprocess.run([*"cargo bench -q -p huntsman-benches --bench export --".split(), ending],
                          check=True, capture_output=True, text=True)
    mine, bare, size, bare_size = map(float, done.stdout.split()[1:])
    return mine, bare, size / bare_size - 1


def spread(values, form):
    return f"{statistics.median(values):{form}} ({min(values):{form}}-{max(values):{form}})"


def main():
    assert fastavro._write, "fastavro without its C extension is no measure"
    print(f"Scrapy {scrapy.__version__}, fastavro {fastavro.__version__}, pyarrow {pyarrow.__version__}, "
          f"Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}; {RUNS} runs in turn: medians (least-most)")
    path = pathlib.Path(sys.argv[1]) / "theirs"
    for ending, writers in {
            "jsonl": [("Scrapy's JsonLinesItemExporter", scrapy_exporter(JsonLinesItemExporter)),
                      ("json.dumps", python_json)],
            "csv": [("Scrapy's CsvItemExporter", scrapy_exporter(CsvItemExporter)),
                    ("csv.DictWriter", python_csv)],
            "avro": [("fastavro.writer", python_avro),
                     ("fastavro.writer, 64 KiB blocks", python_avro_blocks)]}.items():
        ours(ending)  # it is built, and the cache is warm
        runs = {}
        for _ in range(RUNS):
            mine, bare, longer = ours(ending)
            runs.setdefault(f"{ending}: ours", []).append((mine, None))
            runs.setdefault(f"a bare loop in Rust ({longer:+.1%} bytes)", []).append((bare, bare / mine))
            for name, write in writers:
                theirs = cost(write, path)
                runs.setdefault(name, []).append((theirs, theirs / mine))
        for name, pairs in runs.items():
            costs, ratios = zip(*pairs)
            told = "" if ratios[0] is None else f"x {spread(ratios, '.2f')}"
            print(f"{name:34} {spread(costs, '.0f'):22} {told}", flush=True)
    print(f"{'pyarrow.parquet':34} {cost(python_parquet, path):.0f}")


main()
