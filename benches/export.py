"""The items of export.rs through the writers that Python has: nanoseconds of CPU an item, and how
many times as much that is as ours. Run export.sh: it hands over what ours and the bare loops cost."""

import csv
import json
import os
import pathlib
import statistics
import sys
import time

import fastavro
import pyarrow
import pyarrow.parquet
import scrapy
from scrapy.exporters import CsvItemExporter, JsonLinesItemExporter

DIFFERENT, ITEMS, RUNS = 1000, 200_000, 3
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
    """The median of some runs, in nanoseconds of CPU an item, and the length of the file."""
    runs = []
    for _ in range(RUNS):
        # As of ours: from making the file to a durable one; its removal is not counted.
        begun = time.process_time_ns()
        with open(path, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        runs.append((time.process_time_ns() - begun) / ITEMS)
        path.unlink()
    return statistics.median(runs)


def main():
    lines = pathlib.Path(sys.argv[1]).read_text().split("\n")
    ours = {row[0]: [float(cell) for cell in row[1:]] for row in map(str.split, lines) if row}
    assert fastavro._write, "fastavro without its C extension is no measure"
    print(f"Scrapy {scrapy.__version__}, fastavro {fastavro.__version__}, "
          f"pyarrow {pyarrow.__version__}, Python {sys.version.split()[0]}")
    print(f"{'':32} {'ns/item':>8}  {'ours':>6}  ratio")
    for ending, (mine, bare, size, bare_size) in ours.items():
        share = f"{bare / mine:.0%}" if bare else "-"
        print(f"{ending + ', a bare loop in Rust':32} {bare:8.0f}  {mine:6.0f}  {share} "
              f"({size / bare_size - 1:+.1%} bytes)" if bare else f"{ending}, ours: {mine:.0f}")
    path = pathlib.Path(sys.argv[2]) / "theirs"
    for name, ending, write in [
            ("Scrapy's JsonLinesItemExporter", "jsonl", scrapy_exporter(JsonLinesItemExporter)),
            ("json.dumps", "jsonl", python_json),
            ("Scrapy's CsvItemExporter", "csv", scrapy_exporter(CsvItemExporter)),
            ("csv.DictWriter", "csv", python_csv),
            ("fastavro.writer", "avro", python_avro),
            ("fastavro.writer, 64 KiB blocks", "avro", python_avro_blocks),
            ("pyarrow.parquet", "parquet", python_parquet)]:
        theirs = cost(write, path)
        mine = ours.get(ending, [0])[0]
        ratio = f"x {theirs / mine:.1f}" if mine else "-"
        print(f"{name:32} {theirs:8.0f}  {mine:6.0f}  {ratio}")


main()
