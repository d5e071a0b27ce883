"""The items of contract.rs through fastavro and pydantic: nanoseconds of CPU an item, and how many
times as much that is. Reads criterion's estimates, so run contract.sh."""

import io
import json
import pathlib
import statistics
import struct
import sys
import time
from typing import Annotated, Optional

import fastavro
import pydantic
from fastavro import parse_schema, schemaless_writer
from pydantic import AnyUrl, BaseModel, Field

SCHEMA = parse_schema({"type": "record", "name": "Price", "fields": [
    {"name": "url", "type": "string"}, {"name": "title", "type": "string"},
    {"name": "price", "type": "double"}, {"name": "stock", "type": "int"},
    {"name": "category", "type": ["null", "string"]}, {"name": "crawled_at", "type": "long"}]})
ITEM = dict(url="http://shop.example/catalogue/some-product-name_12345/index.html",
            title="Some Product & Other Stories", price=51.77, stock=22, category="Poetry",
            crawled_at=1766400000000)


class Strict(BaseModel):
    url: AnyUrl
    title: Annotated[str, Field(min_length=3, max_length=200)]
    price: Annotated[float, Field(ge=0.01, le=10000)]
    stock: Annotated[int, Field(ge=0)]
    category: Optional[Annotated[str, Field(pattern="^[A-Z][a-z ]+$")]]
    crawled_at: Annotated[int, Field(ge=1_600_000_000_000)]


def encode():
    out = io.BytesIO()
    out.write(struct.pack(">bI", 0, 42))
    schemaless_writer(out, SCHEMA, ITEM)
    return out.getvalue()


def validate():
    return Strict.model_validate(ITEM)


def cost(work, times=100_000):
    """The median of five, in nanoseconds of CPU."""
    runs = []
    for _ in range(5):
        begun = time.process_time_ns()
        for _ in range(times):
            work()
        runs.append((time.process_time_ns() - begun) / times)
    return statistics.median(runs)


def ours(name):
    """Criterion's median of the benchmark whose folder has this name."""
    for path in pathlib.Path(sys.argv[1]).rglob("new/estimates.json"):
        if path.parent.parent.name.startswith(name):
            return json.loads(path.read_text())["median"]["point_estimate"]
    sys.exit(f"no estimate of {name} below {sys.argv[1]}")


assert fastavro._write, "fastavro without its C extension is no measure"
print(f"fastavro {fastavro.__version__}, pydantic {pydantic.VERSION}, Python {sys.version.split()[0]}")
for name, work, folder in [("fastavro, encode", encode, "avro_encode"),
                           ("pydantic, validate", validate, "contract_check")]:
    theirs, mine = cost(work), ours(folder)
    print(f"{name:20} {theirs:8.0f} ns   ours {mine:6.0f} ns   x {theirs / mine:.1f}")
