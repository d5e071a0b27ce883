"""What fastavro reads and writes, for comparison."""

import datetime
import decimal
import io
import json
import math
import struct
import sys
import uuid

import fastavro

EPOCH = datetime.datetime(1970, 1, 1)


def fraction(value, digits):
    if value == 0:
        return ""
    while value % 1000 == 0:
        value //= 1000
        digits -= 3
    return f".{value:0{digits}}"


def moment(value, utc):
    if isinstance(value, int):  # nanoseconds, which fastavro leaves alone
        seconds, part = divmod(value, 10**9)
        text = (EPOCH + datetime.timedelta(seconds=seconds)).isoformat() + fraction(part, 9)
    else:
        assert (value.tzinfo is not None) == utc, value
        value = value.replace(tzinfo=None)
        text = value.replace(microsecond=0).isoformat() + fraction(value.microsecond, 6)
    return text + ("Z" if utc else "")


def time(value):
    return value.replace(microsecond=0).isoformat() + fraction(value.microsecond, 6)


def duration(value):
    months, days, millis = struct.unpack("<III", value)
    text = "P" + (f"{months}M" if months else "") + (f"{days}D" if days else "")
    if millis % 1000:
        return text + f"T{millis // 1000}.{millis % 1000:03}S"
    return text + (f"T{millis // 1000}S" if millis or text == "P" else "")


def big_decimal(value):
    stream = io.BytesIO(value)
    unscaled = int.from_bytes(fastavro.schemaless_reader(stream, "bytes"), "big", signed=True)
    scale = fastavro.schemaless_reader(stream, "int")
    with decimal.localcontext(prec=1000):
        return format(decimal.Decimal(unscaled).scaleb(-scale), "f")


def number(value):
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def branch(schema, value, names):
    """The branch of a union whose branches are of different kinds."""
    for candidate in schema:
        candidate = names.get(candidate, candidate) if isinstance(candidate, str) else candidate
        kind = candidate["type"] if isinstance(candidate, dict) else candidate
        fits = {
            "null": value is None,
            "boolean": isinstance(value, bool),
            "int": isinstance(value, int) and not isinstance(value, bool),
            "long": isinstance(value, int) and not isinstance(value, bool),
            "double": isinstance(value, float),
            "string": isinstance(value, (str, uuid.UUID)),
            "bytes": isinstance(value, bytes),
            "enum": isinstance(value, str),
            "array": isinstance(value, list),
            "map": isinstance(value, dict),
            "record": isinstance(value, dict),
        }
        if fits[kind]:
            return candidate
    raise ValueError(f"{value!r} in {schema}")


def plain(schema, value, names):
    if isinstance(schema, list):
        return plain(branch(schema, value, names), value, names)
    if isinstance(schema, str):
        if schema in names:
            return plain(names[schema], value, names)
        schema = {"type": schema}
    kind, logical = schema["type"], schema.get("logicalType")
    if isinstance(kind, (dict, list)):
        return plain(kind, value, names)
    if kind == "record":
        names[schema["name"]] = schema
        return {f["name"]: plain(f["type"], value[f["name"]], names) for f in schema["fields"]}
    if kind == "array":
        return [plain(schema["items"], item, names) for item in value]
    if kind == "map":
        return {key: plain(schema["values"], item, names) for key, item in value.items()}
    if logical == "date":
        return value.isoformat()
    if logical in ("time-millis", "time-micros"):
        return time(value)
    if logical and logical.startswith(("timestamp", "local-timestamp")):
        return moment(value, logical.startswith("timestamp"))
    if logical == "decimal":
        assert -value.as_tuple().exponent == schema.get("scale", 0), value
        # Zero has no sign in Avro.
        return format(value if value else abs(value), "f")
    if logical == "big-decimal":
        return big_decimal(value)
    if logical == "uuid":
        return str(value if isinstance(value, uuid.UUID) else uuid.UUID(bytes=value))
    if logical == "duration":
        return duration(value)
    if kind in ("bytes", "fixed"):
        return value.decode("iso-8859-1")
    if kind in ("float", "double"):
        return number(value)
    return value


def data(case, _):
    schema = json.loads(case["schema"])
    parsed = fastavro.parse_schema(schema)
    stream = io.BytesIO(bytes.fromhex(case["data"]))
    value = fastavro.schemaless_reader(stream, parsed)
    assert stream.read() == b"", "bytes are left"
    out = io.BytesIO()
    fastavro.schemaless_writer(out, parsed, value, strict=True)
    return {"plain": plain(schema, value, {}), "data": out.getvalue().hex()}


def files(case, folder):
    with open(f"{folder}/{case['file']}", "rb") as file:
        reader = fastavro.reader(file)
        assert reader.codec == case["codec"], reader.codec
        schema = json.loads(reader.metadata["avro.schema"])
        values = list(reader)
        who = reader.metadata["who"]
    with open(f"{folder}/their-{case['file']}", "wb") as file:
        fastavro.writer(file, fastavro.parse_schema(schema), values, codec=case["codec"], sync_interval=200)
    return {"plain": [plain(schema, value, {}) for value in values], "who": who}


def resolve(case, _):
    writer, reader = json.loads(case["writer"]), json.loads(case["reader"])
    stream = io.BytesIO(bytes.fromhex(case["data"]))
    value = fastavro.schemaless_reader(
        stream, fastavro.parse_schema(writer), fastavro.parse_schema(reader)
    )
    assert stream.read() == b"", "bytes are left"
    # Branches of unions are told apart by the kind of value, so all that is left is to show bytes.
    return shown(value)


def shown(value):
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    return value.decode("iso-8859-1") if isinstance(value, bytes) else value


verb, folder = sys.argv[1:]
with open(folder + "/cases.json", encoding="utf-8") as file:
    cases = json.load(file)
answer = [globals()[verb](case, folder) for case in cases]
with open(folder + "/answer.json", "w", encoding="utf-8") as file:
    json.dump(answer, file, allow_nan=False)
