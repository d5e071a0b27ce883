"""Items into tables, ours beside what Python does: items a second, nanoseconds of CPU an item, and
those of the PostgreSQL server. Run tables.sh, which starts one. Every table is compared with the
items at the end."""

import itertools
import operator
import os
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import time

import psycopg

OURS, SERVER, POSTMASTER, FOLDER = sys.argv[1], sys.argv[2], int(sys.argv[3]), pathlib.Path(sys.argv[4])
ITEMS, BATCH, RUNS = 200_000, 500, 3
NAMES = ["url", "title", "price", "stock", "category", "crawled_at"]
LISTED = ", ".join(NAMES)
VALUES = operator.itemgetter(*NAMES)
CREATE = (f"CREATE TABLE price (url text NOT NULL, title text NOT NULL, price double precision NOT NULL, "
          "stock integer NOT NULL, category text, crawled_at bigint NOT NULL")
CONFLICT = (" ON CONFLICT (url) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in NAMES[1:]))
TICK = 1e9 / os.sysconf("SC_CLK_TCK")


def items(different):
    for number in range(ITEMS):
        product = number % different
        yield dict(url=f"http://shop.example/catalogue/some-product-name_{product:06}/index.html",
                   title=f"Some Product & Other Stories, no. {product}", price=number + 0.75,
                   stock=product % 100, category="Poetry" if product % 4 else None,
                   crawled_at=1_766_400_000_000 + number)


def batches(all_items):
    return (all_items[at:at + BATCH] for at in range(0, len(all_items), BATCH))


def server_cpu():
    """Nanoseconds of the server's processes, those that have ended included."""
    ticks = 0
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            head, _, rest = (folder / "stat").read_text().rpartition(")")
        except OSError:
            continue
        fields = rest.split()
        if POSTMASTER in (int(head.split()[0]), int(fields[1])):
            ticks += sum(map(int, fields[11:15]))
    return ticks * TICK


# What a Python user does. Each opens, writes all and closes; `key` says whether by key.

def lite(path):
    base = sqlite3.connect(path)
    base.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
    return base


def statement(key, mark):
    return (f"INSERT INTO price ({LISTED}) VALUES ({', '.join([mark] * len(NAMES))})"
            + (CONFLICT if key else ""))


def lite_many(path, all_items, key):
    base = lite(path)
    for batch in batches(all_items):
        with base:
            base.executemany(statement(key, "?"), map(VALUES, batch))
    base.close()


def lite_single(path, all_items, key):
    """A pipeline of Scrapy: `process_item` executes, and commits when the spider closes."""
    base = lite(path)
    cursor = base.cursor()
    for item in all_items:
        cursor.execute(statement(key, "?"), VALUES(item))
    base.commit()
    base.close()


def post_copy(address, all_items, key):
    with psycopg.connect(address) as base:
        into = "price"
        if key:
            base.execute("CREATE TEMPORARY TABLE stage (LIKE price, row bigserial)")
            into = "stage"
        for batch in batches(all_items):
            with base.transaction(), base.cursor() as cursor:
                with cursor.copy(f"COPY {into} ({LISTED}) FROM STDIN") as copy:
                    for item in batch:
                        copy.write_row(VALUES(item))
                if key:
                    cursor.execute(f"INSERT INTO price ({LISTED}) SELECT DISTINCT ON (url) {LISTED} "
                                   f"FROM stage ORDER BY url, row DESC {CONFLICT}")
                    cursor.execute("TRUNCATE stage")


def post_many(address, all_items, key):
    with psycopg.connect(address) as base:
        for batch in batches(all_items):
            with base.transaction(), base.cursor() as cursor:
                cursor.executemany(statement(key, "%s"), map(VALUES, batch))


def post_single(address, all_items, key):
    with psycopg.connect(address) as base, base.cursor() as cursor:
        for item in all_items:
            cursor.execute(statement(key, "%s"), VALUES(item))


class Table:
    """An empty table, and what must be in it in the end."""

    def __init__(self, system, different, key):
        self.system, self.different, self.key = system, different, key
        self.path = FOLDER / "prices.db"
        self.clear()
        create = CREATE + (", UNIQUE (url))" if key else ")")
        if system == "sqlite":
            # The journal is kept in the file. Ours leaves that of a file that is there as it is.
            base = lite(self.path)
            base.execute(create)
            base.close()
        else:
            with psycopg.connect(SERVER) as base:
                base.execute(create)

    def clear(self):
        for file in FOLDER.glob("prices.db*"):
            file.unlink()
        with psycopg.connect(SERVER) as base:
            base.execute("DROP TABLE IF EXISTS price")

    def address(self, ours):
        if not ours:
            return self.path if self.system == "sqlite" else SERVER
        words = "key=url" if self.key else ""
        if self.system == "sqlite":
            return f"sqlite:{self.path}?{words}"
        return f"{SERVER}&{words}"

    def check(self, expected):
        query = f"SELECT {LISTED} FROM price ORDER BY crawled_at"
        if self.system == "sqlite":
            base = sqlite3.connect(self.path)
            rows = base.execute(query).fetchall()
            base.close()
        else:
            with psycopg.connect(SERVER) as base:
                rows = base.execute(query).fetchall()
        assert rows == expected, f"{self.system}: {len(rows)} rows, {len(expected)} expected"


def measure(write, table, all_items):
    """Items a second, nanoseconds of CPU an item, and of the server."""
    server = server_cpu()
    if write is None:
        done = subprocess.run([OURS, table.address(True), str(table.different)], check=True,
                              capture_output=True, text=True)
        milliseconds, used = map(float, done.stdout.split())
    else:
        begun, used = time.monotonic(), time.process_time_ns()
        write(table.address(False), all_items, table.key)
        used = (time.process_time_ns() - used) / ITEMS
        milliseconds = (time.monotonic() - begun) * 1000
    time.sleep(0.5)  # until the server has taken leave of its process
    return ITEMS * 1000 / milliseconds, used, (server_cpu() - server) / ITEMS


def main():
    print(f"psycopg {psycopg.__version__} ({psycopg.pq.__impl__}), SQLite {sqlite3.sqlite_version}, "
          f"Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}")
    print(f"{'':38} {'items/s':>8} {'CPU ns':>7} {'server':>7}  of Python's CPU, ours is")
    sqlite_ways = [("ours", None), ("executemany", lite_many), ("execute, one by one", lite_single)]
    postgres_ways = [("ours", None), ("COPY", post_copy), ("executemany", post_many),
                     ("execute, one by one", post_single)]
    for key, different in [(False, ITEMS), (True, ITEMS // 2)]:
        all_items = list(items(different))
        last = {item["url"] if key else number: item for number, item in enumerate(all_items)}
        expected = [VALUES(item) for item in sorted(last.values(), key=operator.itemgetter("crawled_at"))]
        for system, ways in [("sqlite", sqlite_ways), ("postgres", postgres_ways)]:
            runs = {name: [] for name, _ in ways}
            for _, (name, write) in itertools.product(range(RUNS), ways):
                table = Table(system, different, key)
                runs[name].append(measure(write, table, all_items))
                table.check(expected)
                table.clear()
            told = {name: [statistics.median(column) for column in zip(*rows)]
                    for name, rows in runs.items()}
            for name, (speed, used, server) in told.items():
                what = f"{system}, {'upsert' if key else 'insert'}: {name}"
                served = f"{server:7.0f}" if system == "postgres" else " " * 7
                ratio = "" if name == "ours" else f"1/{used / told['ours'][1]:.1f}"
                print(f"{what:38} {speed:8.0f} {used:7.0f} {served}  {ratio}")


main()
