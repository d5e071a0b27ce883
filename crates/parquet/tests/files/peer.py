"""Reads Parquet files with pyarrow and with duckdb, and compares them with what is expected.

The folder has `cases.json`: a list of files, each with its rows as `expected.rs` writes them.
"""

import decimal
import json
import math
import struct
import sys
import uuid
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

NANOS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
decimal.getcontext().prec = 100


def plain(array):
    """The values of an array in the form of `expected.rs`."""
    if isinstance(array, pa.ChunkedArray):
        return [value for chunk in array.chunks for value in plain(chunk)]
    kind = array.type
    there = array.is_valid().to_pylist()
    return [v if t else None for v, t in zip(values(array, kind), there, strict=True)]


def values(array, kind):
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        inner = values(array.storage, array.storage.type)
        if kind.extension_name == "arrow.uuid":
            return [v and {"uuid": str(uuid.UUID(hex=v["bytes"]))} for v in inner]
        return inner
    if types.is_struct(kind):
        names = [kind.field(i).name for i in range(kind.num_fields)]
        columns = [plain(column) for column in array.flatten()]
        rows = zip(*columns, strict=True)
        return [{"record": [[n, v] for n, v in zip(names, row)]} for row in rows]
    if types.is_map(kind):
        keys, items = plain(array.keys), plain(array.items)
        pairs = [[k, v] for k, v in zip(keys, items, strict=True)]
        return [{"map": part} for part in cut(array, pairs)]
    if types.is_list(kind):
        return [{"list": part} for part in cut(array, plain(array.values))]
    if types.is_timestamp(kind):
        word = "instant" if kind.tz else "local"
        return integers(array, word, NANOS[kind.unit])
    if types.is_time(kind):
        return integers(array, "time", NANOS[kind.unit])
    if types.is_date(kind):
        return [v and {"date": int(v["date"])} for v in integers(array, "date", 1)]
    found = array.to_pylist()
    if types.is_floating(kind):
        return [v if v is None else {"float": bits(v)} for v in found]
    if types.is_decimal(kind):
        return [v if v is None else {"decimal": format(v, "f")} for v in found]
    if types.is_interval(kind):
        return [v if v is None else {"duration": duration(v)} for v in found]
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return [v if v is None else {"bytes": v.hex()} for v in found]
    return found


def cut(array, inner):
    offsets = array.offsets.to_pylist()
    return [inner[a:b] for a, b in zip(offsets, offsets[1:])]


def integers(array, word, unit):
    width = pa.int32() if array.type.bit_width == 32 else pa.int64()
    found = array.cast(width).to_pylist()
    return [v if v is None else {word: str(v * unit)} for v in found]


def bits(value):
    return "7ff8000000000000" if value != value else struct.pack(">d", value).hex()


def duration(value):
    return struct.pack("<3I", value.months, value.days, value.nanoseconds // 10**6).hex()


def same(expected, found):
    """Whether a value was found; the rules that a reader has of its own are here."""
    if isinstance(expected, dict) and isinstance(found, dict):
        (word, want), (kind, value) = *expected.items(), *found.items()
        if word == "duration" and kind == "bytes":
            # pyarrow has no intervals of Parquet, and gives their bytes.
            return want == value
        if word == "decimal" and kind == "float":
            # duckdb has no decimals of more than 38 digits, and divides doubles instead.
            (number,) = struct.unpack(">d", bytes.fromhex(value))
            return math.isclose(float(want), number, rel_tol=1e-12)
        return word == kind and same(want, value)
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(same, expected, found))
    if isinstance(expected, dict) and isinstance(found, str):
        # duckdb hands UUIDs over as text.
        return expected == {"uuid": found}
    return type(expected) is type(found) and expected == found


def rows(table):
    return plain(table.to_struct_array())


def main(folder):
    for case in json.loads((folder / "cases.json").read_text()):
        name = folder / case["file"]
        readers = {"pyarrow": pq.read_table(name)}
        if case.get("duckdb", True):
            readers["duckdb"] = duckdb.read_parquet(str(name)).to_arrow_table()
        for reader, table in readers.items():
            found = rows(table)
            assert len(found) == len(case["rows"]), f"{reader}, {name}: {len(found)} rows"
            for number, (want, got) in enumerate(zip(case["rows"], found)):
                assert same(want, got), f"{reader}, {name}, row {number}:\n{want}\n{got}\n{table.schema}"
    print("alike")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
