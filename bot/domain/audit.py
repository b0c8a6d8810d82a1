"""The audit: what was asked, decided and done, in a chain of entries of which none can be changed unseen."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

FIRST = "0" * 64
"""What the first entry follows."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """What happened. `by` is a Slack user id, or empty for opsbot; `about` such as "CHG-12"; never a secret."""

    deed: str
    by: str
    about: str = ""
    target: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A record in its place in the chain."""

    number: int
    at: datetime
    record: Record
    previous: str
    hash: str

    @property
    def intact(self) -> bool:
        """Whether it says what it said when it was written."""
        return self.hash == seal(self.number, self.at, self.record, self.previous)


def seal(number: int, at: datetime, record: Record, previous: str) -> str:
    """What an entry is sealed with: it changes with anything in it, and with everything before it."""
    body = [number, at.astimezone(UTC).isoformat(), record.deed, record.by, record.about, record.target]
    written = json.dumps([*body, dict(sorted(record.detail.items())), previous], ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()


def first_broken(entries: Iterable[Entry]) -> int | None:
    """The number of the first entry that is not as it was written, or does not follow the one before; None when all do."""
    previous, expected = FIRST, 1
    for entry in entries:
        if entry.number != expected or entry.previous != previous or not entry.intact:
            return min(entry.number, expected)
        previous, expected = entry.hash, expected + 1
    return None
