"""What `opsbot audit` tells: whether the chain of entries is whole, and the entries themselves, for those who look back."""

import csv
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import StrEnum

from bot.domain.audit import Entry, first_broken
from bot.domain.clock import Clock
from bot.store.database import open_database
from bot.store.unit_of_work import Store

COLUMNS = ("number", "at", "deed", "by", "about", "target", "detail", "previous", "hash")


class Form(StrEnum):
    """How entries are written."""

    JSONL = "jsonl"
    CSV = "csv"


async def verify(url: str, clock: Clock) -> tuple[bool, str]:
    """Whether every entry is as it was written and none is missing, and a sentence that says so.

    A chain cannot see that its end was cut off: compare the last hash with one that was noted elsewhere.
    """
    async with _entries(url, clock, None) as entries:
        known = [entry async for entry in entries]
    broken = first_broken(known)
    if broken is not None:
        return False, f"Entry {broken} of the audit is not as it was written, or one before it is missing."
    if not known:
        return True, "The audit is empty."
    last = known[-1]
    return True, f"All {len(known):,} entries are as they were written. The last is {last.number}, {last.hash}."


async def export(url: str, clock: Clock, form: Form, since: datetime | None) -> AsyncIterator[str]:
    """The entries from a moment on, a line each; times are in UTC."""
    if form is Form.CSV:
        yield _as_csv(list(COLUMNS))
    async with _entries(url, clock, since) as entries:
        async for entry in entries:
            yield _as_csv(list(_shown(entry).values())) if form is Form.CSV else json.dumps(_shown(entry))


@asynccontextmanager
async def _entries(url: str, clock: Clock, since: datetime | None) -> AsyncIterator[AsyncIterator[Entry]]:
    store = Store(open_database(url), clock)
    try:
        async with store.look() as unit:
            yield unit.audit.entries(since=since)
    finally:
        await store.close()


def _shown(entry: Entry) -> dict[str, object]:
    record = entry.record
    return {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(),
        "deed": record.deed,
        "by": record.by,
        "about": record.about,
        "target": record.target,
        "detail": dict(record.detail),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _as_csv(values: list[object]) -> str:
    """One line, in which a cell cannot be taken for a formula."""
    written = io.StringIO()
    cells = [json.dumps(value) if isinstance(value, dict) else str(value) for value in values]
    csv.writer(written).writerow([f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell for cell in cells])
    return written.getvalue().rstrip("\r\n")
