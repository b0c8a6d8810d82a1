"""Runs every benchmark and prints one table: `make bench`, in a hurry `make bench ARGS=--quick`, to keep it `--write`."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping

from benchmarks.burst import burst, limited_burst
from benchmarks.declaring import declaring
from benchmarks.evidence import evidence
from benchmarks.figure import Figure
from benchmarks.google import google
from benchmarks.healing import healing
from benchmarks.hearing import hearing
from benchmarks.history import SIZES, history
from benchmarks.process import process
from benchmarks.queueing import queueing
from benchmarks.reminding import a_day, lateness
from benchmarks.report import report, write
from bot.store.migrate import migrate
from sandbox.postgres_server import PostgresServer

Benchmark = Callable[[], Awaitable[list[Figure]]]


def benchmarks(server: PostgresServer, *, quick: bool) -> Mapping[str, Benchmark]:
    """Each by its name."""

    def migrated() -> str:
        url = server.create_database()
        migrate(url)
        return url

    repeat = 2 if quick else 8
    return {
        "declaring": lambda: declaring(repeat=repeat),
        "declaring-postgres": lambda: declaring(database=migrated(), store="PostgreSQL", repeat=repeat),
        "burst": burst,
        "burst-limited": limited_burst,
        "history": lambda: history(
            postgres=server.create_database, sizes=SIZES[:2] if quick else SIZES, repeat=10 if quick else 30
        ),
        "process": lambda: process(repeat=1 if quick else 5, idle_seconds=5 if quick else 30),
        "google": lambda: google(repeat=1 if quick else 5),
        "evidence": lambda: evidence(repeat=1 if quick else 5),
        "healing": lambda: healing(repeat=1 if quick else 5),
        "hearing": lambda: hearing(repeat=1 if quick else 5),
        "queueing": queueing,
        "lateness": lambda: lateness(for_seconds=10 if quick else 300),
        "day": a_day,
    }


QUICK = frozenset(
    {
        "declaring",
        "burst",
        "history",
        "process",
        "google",
        "evidence",
        "healing",
        "hearing",
        "queueing",
        "lateness",
    }
)


async def measured(chosen: Mapping[str, Benchmark]) -> list[Figure]:
    """One after the other: they would slow each other down."""
    figures: list[Figure] = []
    for name, benchmark in chosen.items():
        print(f"{name} …", file=sys.stderr, flush=True)
        figures += await benchmark()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="which benchmarks; all if none is named")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, SQLite only where it takes long")
    parser.add_argument("--write", action="store_true", help="keep the table in docs/benchmarks.md and the README")
    told = parser.parse_args()
    server = PostgresServer()
    try:
        every = benchmarks(server, quick=told.quick)
        names = told.names or [name for name in every if name in QUICK or not told.quick]
        figures = asyncio.run(measured({name: every[name] for name in names}))
    finally:
        server.discard()
    print(report(figures))
    if told.write:
        write(figures)


if __name__ == "__main__":
    main()
