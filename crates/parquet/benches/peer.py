"""pyarrow writes the products of write.rs: CPU and memory of both, without that of making items.

    peer.py PROGRAM [COUNT]
"""

import os
import subprocess
import sys
import tempfile

WORDS = ["light", "attic", "velvet", "soup", "sapiens", "requiem", "secrets", "the", "of", "coming",
         "boys", "black", "maria", "starving", "hearts", "olio"]
ROW_GROUP = 100_000


def product(n):
    def mix(by):
        return (n * by & 0xFFFFFFFF) >> 16

    def word(by):
        return WORDS[mix(by) % 16]

    return {
        "url": f"http://shop.example/catalogue/product-{n}/index.html",
        "title": f"{word(40503)} {mix(48271)} & Other Stories",
        "description": " ".join([word(2654435761 + 40503 * k) for k in range(24)]),
        "price": (n * 7919 & 0xFFFFFFFF) % 100000 / 100.0,
        "stock": n % 50,
        "category": word(69621) if n % 5 else None,
        "tags": [word(16807 + k) for k in range(n % 4)],
        "crawled_at": 1766400000000 + n * 137,
    }


def write(count, path):
    if path is None:
        for n in range(count):
            product(n)
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_cpu_count(1)
    required = {"nullable": False}
    schema = pa.schema([
        pa.field("url", pa.string(), **required), pa.field("title", pa.string(), **required),
        pa.field("description", pa.string(), **required),
        pa.field("price", pa.float64(), **required), pa.field("stock", pa.int32(), **required),
        pa.field("category", pa.string()),
        pa.field("tags", pa.list_(pa.field("element", pa.string(), **required)), **required),
        pa.field("crawled_at", pa.int64(), **required)])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, count, ROW_GROUP):
            items = [product(n) for n in range(start, min(count, start + ROW_GROUP))]
            writer.write_table(pa.Table.from_pylist(items, schema))


def run(command):
    """Seconds of CPU and MB of memory of a command."""
    child = subprocess.Popen(command)
    _, status, used = os.wait4(child.pid, 0)
    assert status == 0, command
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main(program, count):
    import pyarrow.parquet as pq

    folder = tempfile.mkdtemp()
    figures = {}
    for name, command in [("huntsman", [program]), ("pyarrow", [sys.executable, __file__, "-write"])]:
        path = f"{folder}/{name}.parquet"
        idle, _ = min(run([*command, str(count)]) for _ in range(3))
        cpu, memory = min(run([*command, str(count), path]) for _ in range(3))
        figures[name] = (cpu - idle) / count * 1e6
        size = os.path.getsize(path) / 1e6
        print(f"{name}: {figures[name]:.2f} µs of CPU an item, {1e6 / figures[name]:,.0f} items a second; "
              f"{memory:.0f} MB of memory, a file of {size:.0f} MB")
    print(f"{figures['pyarrow'] / figures['huntsman']:.1f} times as many")
    ours, theirs = (pq.read_table(f"{folder}/{name}.parquet") for name in figures)
    assert ours.to_pylist() == theirs.to_pylist(), "the files differ"
    print("both files have the same items")


if __name__ == "__main__":
    if sys.argv[1] == "-write":
        write(int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
    else:
        main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 500_000)
