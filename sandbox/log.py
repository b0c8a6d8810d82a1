"""The record of everything that crossed the practice ground's border: calls, envelopes, acks, pages."""

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count

from bot.domain.clock import Clock
from sandbox.payload import JsonObject

KEPT = 5000
SHORT = 300


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One crossing; `kind` is call, envelope, ack, event, http or pagerduty, `ms` how long it took."""

    id: int
    at: float
    kind: str
    name: str
    ok: bool
    error: str | None
    status: int | None
    ms: float
    detail: Mapping[str, object]

    def shown(self) -> JsonObject:
        """The entry as JSON, with long values cut and without tokens."""
        return {**vars(self), "detail": {key: _shortened(value) for key, value in self.detail.items()}}


def _shortened(value: object) -> object:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    if len(text) > SHORT:
        return f"{text[:SHORT]}… ({len(text)} characters)"
    return value


class Log:
    """The latest crossings, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ids = count(1)
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._listeners: list[Callable[[Entry], None]] = []

    def on_entry(self, listener: Callable[[Entry], None]) -> None:
        self._listeners.append(listener)

    def note(
        self,
        kind: str,
        name: str,
        *,
        error: str | None = None,
        status: int | None = None,
        ms: float = 0,
        detail: Mapping[str, object] | None = None,
    ) -> Entry:
        """Records a crossing, which failed if there is an `error`; `detail` must hold no tokens and not change."""
        entry = Entry(
            id=next(self._ids),
            at=self._clock.now().timestamp(),
            kind=kind,
            name=name,
            ok=error is None,
            error=error,
            status=status,
            ms=round(ms, 1),
            detail=detail or {},
        )
        self._entries.append(entry)
        for listener in self._listeners:
            listener(entry)
        return entry

    def entries(self, *, after: int = 0, limit: int = KEPT, kind: str | None = None) -> list[Entry]:
        """The latest `limit` entries whose id is greater than `after`, oldest first."""
        if not self._entries or self._entries[-1].id <= after:
            return []
        fresh = [entry for entry in self._entries if entry.id > after and kind in {None, entry.kind}]
        return fresh[-limit:]

    def calls(self, name: str) -> list[Entry]:
        """Calls of one method, oldest first."""
        return [entry for entry in self._entries if entry.name == name and entry.kind == "call"]
