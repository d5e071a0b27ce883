"""Reads files of each format, and compares them field by field with what they should hold."""

import base64
import csv
import datetime
import decimal
import io
import json
import math
import os
import struct
import sys
import uuid
import xml.etree.ElementTree

import fastavro
import lxml.etree

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"

csv.field_size_limit(2**31 - 1)


class Wrong(Exception):
    pass


def demand(condition, *what):
    if not condition:
        raise Wrong(" ".join(map(repr, what)))


def each(expected, read, same):
    demand(len(expected) == len(read), expected, "has not the length of", read)
    for one, other in zip(expected, read):
        same(one, other)


def names(expected, read):
    demand([name for name, _ in expected] == list(read), expected, "has not the names of", read)


def floating(tag, bits, read):
    code = {"f32": ">f", "f64": ">d"}[tag]
    value = struct.unpack(code, bytes.fromhex(bits))[0]
    if math.isnan(value):
        demand(math.isnan(read), "NaN", read)
    else:
        demand(struct.pack(code, read) == bytes.fromhex(bits), value, read)


def is_finite(tag, bits):
    return math.isfinite(struct.unpack({"f32": ">f", "f64": ">d"}[tag], bytes.fromhex(bits))[0])


def plain(value):
    """JSON as text, so that 1 is neither 1.0 nor true."""
    return json.dumps(value, sort_keys=True)


def same_json(expected, read):
    tag, value = expected[0], expected[-1]
    if tag == "null" or tag in ("f32", "f64") and not is_finite(tag, value):
        demand(read is None, expected, read)
    elif tag == "bool":
        demand(read is value, expected, read)
    elif tag == "int":
        demand(type(read) is int and str(read) == value, expected, read)
    elif tag in ("f32", "f64"):
        demand(type(read) is float, expected, read)
        floating(tag, value, read)
    elif tag == "bytes":
        demand(base64.b64decode(read, validate=True).hex() == value, expected, read)
    elif tag == "list":
        each(value, read, same_json)
    elif tag in ("map", "struct"):
        names(value, read)
        each([inner for _, inner in value], list(read.values()), same_json)
    elif tag == "any":
        demand(plain(read) == plain(value), expected, read)
    else:
        demand(read == value, expected, read)


def same_cell(expected, read, null):
    tag, value = expected[0], expected[-1]
    if tag == "null" or tag == "any" and value is None:
        demand(read == null, expected, read)
    elif tag == "bool":
        demand(read == ("true" if value else "false"), expected, read)
    elif tag == "int":
        demand(str(int(read)) == value, expected, read)
    elif tag in ("f32", "f64"):
        floating(tag, value, float(read))
    elif tag == "bytes":
        demand(base64.b64decode(read, validate=True).hex() == value, expected, read)
    elif tag in ("list", "map", "struct"):
        same_json(expected, json.loads(read))
    elif tag == "any" and not isinstance(value, str):
        same_json(expected, json.loads(read))
    else:
        demand(read == value, expected, read)


def in_xml(text):
    """What stands for text that XML cannot have."""
    return "".join(
        "\ufffd" if ord(c) < 0x20 and c not in "\t\n\r" or c in "\ufffe\uffff" else c for c in text
    )


def same_xml(expected, element):
    tag, value = expected[0], expected[-1]
    text, children = element.text or "", list(element)
    if tag == "any":
        expected = of_json(value)
        tag, value = expected[0], expected[-1]
    if tag == "null":
        demand(element.get(NIL) == "true" and not text and not children, expected, element)
        return
    demand(element.get(NIL) is None, expected, element)
    if tag in ("list", "map", "struct"):
        demand(not text.strip(), expected, text)
    else:
        demand(not children, expected, element)
    if tag == "bool":
        demand(text == ("true" if value else "false"), expected, text)
    elif tag == "int":
        demand(str(int(text)) == value, expected, text)
    elif tag in ("f32", "f64"):
        floating(tag, value, {"INF": math.inf, "-INF": -math.inf}.get(text) or float(text))
    elif tag == "bytes":
        demand(base64.b64decode(text, validate=True).hex() == value, expected, text)
    elif tag == "list":
        demand(all(child.tag == "value" for child in children), expected, element)
        each(value, children, same_xml)
    elif tag == "struct":
        names(value, [child.tag for child in children])
        each([inner for _, inner in value], children, same_xml)
    elif tag == "map":
        demand(all(child.tag == "entry" for child in children), expected, element)
        names([(in_xml(key), inner) for key, inner in value], [c.get("key") for c in children])
        each([inner for _, inner in value], children, same_xml)
    else:
        demand(text == in_xml(value), expected, text)


def of_json(value):
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, int):
        return ["int", str(value)]
    if isinstance(value, float):
        return ["f64", struct.pack(">d", value).hex()]
    if isinstance(value, str):
        return ["text", value]
    if isinstance(value, list):
        return ["list", [of_json(inner) for inner in value]]
    return ["map", [[key, of_json(inner)] for key, inner in value.items()]]


def same_avro(expected, read):
    tag, value = expected[0], expected[-1]
    if tag == "null":
        demand(read is None, expected, read)
    elif tag == "bool":
        demand(read is value, expected, read)
    elif tag == "int":
        demand(type(read) is int and str(read) == value, expected, read)
    elif tag in ("f32", "f64"):
        demand(type(read) is float, expected, read)
        floating(tag, value, read)
    elif tag == "bytes":
        demand(type(read) is bytes and read.hex() == value, expected, read)
    elif tag == "list":
        each(value, read, same_avro)
    elif tag in ("map", "struct"):
        names(value, read)
        each([inner for _, inner in value], list(read.values()), same_avro)
    elif tag == "any":
        demand(plain(json.loads(read)) == plain(value), expected, read)
    elif tag == "date":
        demand(type(read) is datetime.date, expected, read)
        demand(read == datetime.date.fromisoformat(value), expected, read)
    elif tag == "time":
        demand(read == datetime.time.fromisoformat(value), expected, read)
    elif tag in ("instant", "local"):
        demand((read.tzinfo is not None) == (tag == "instant"), expected, read)
        demand(read == datetime.datetime.fromisoformat(value), expected, read)
    elif tag == "uuid":
        demand(read == uuid.UUID(value), expected, read)
    elif tag == "decimal":
        demand(type(read) is decimal.Decimal, expected, read)
        demand(read == decimal.Decimal(value), expected, read)
        demand(read.as_tuple().exponent == decimal.Decimal(value).as_tuple().exponent, value, read)
    else:
        demand(type(read) is str and read == value, expected, read)


def judge_json(case, file):
    text = file.decode("utf-8")
    each([item for _, item in case["items"]], json.loads(text), same_json)
    if case["words"].get("indent", "0") == "0":
        demand(text.count("\n") == (len(case["items"]) + 2 if case["items"] else 1), text)


def judge_jsonl(case, file):
    lines = file.decode("utf-8").split("\n")
    demand(lines.pop() == "", "the last line is not ended")
    each([item for _, item in case["items"]], [json.loads(line) for line in lines], same_json)


def judge_csv(case, file):
    words = case["words"]
    delimiter = words.get("delimiter", ",").replace("tab", "\t")
    null = words.get("null", "")
    stream = io.StringIO(file.decode("utf-8"), newline="")
    rows = list(csv.reader(stream, delimiter=delimiter, strict=True))
    if words.get("header") != "false":
        demand(rows.pop(0) == case["columns"], "the header", case["columns"])

    def same(item, row):
        demand(len(row) == len(case["columns"]), row)
        fields = dict(item[-1])
        for column, cell in zip(case["columns"], row):
            same_cell(fields.get(column, ["null"]), cell, null)

    each([item for _, item in case["items"]], rows, same)


def judge_xml(case, file):
    words = case["words"]
    huge = lxml.etree.XMLParser(huge_tree=True)
    for root in (xml.etree.ElementTree.fromstring(file), lxml.etree.fromstring(file, huge)):
        demand(root.tag == words.get("root", "items"), root.tag)
        demand(all(child.tag == words.get("item", "item") for child in root), root)
        kinds = [kind if case["several"] else None for kind, _ in case["items"]]
        demand([child.get("type") for child in root] == kinds, kinds)
        each([item for _, item in case["items"]], list(root), same_xml)


def judge_avro(case, file):
    reader = fastavro.reader(io.BytesIO(file))
    demand(reader.codec == case["words"].get("codec", "deflate"), reader.codec)
    each([item for _, item in case["items"]], list(reader), same_avro)
    if case["several"]:
        reader = fastavro.reader(io.BytesIO(file), return_record_name=True)
        kinds = [kind for kind, _ in reader]
        demand(kinds == [kind for kind, _ in case["items"]], kinds)


def main(folder):
    with open(os.path.join(folder, "cases.json"), encoding="utf-8") as file:
        cases = json.load(file)
    for case in cases:
        with open(os.path.join(folder, case["file"]), "rb") as file:
            content = file.read()
        try:
            globals()["judge_" + case["format"]](case, content)
        except Exception as error:
            error.add_note(f"{case['file']}, {case['words']}: {content[:2000]}")
            raise
    print(len(cases))


main(sys.argv[1])
