"""Watching a war room being assembled, from what crosses the practice ground's border."""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.ground import PATIENCE, Ground
from sandbox.log import Entry

NEEDS: Mapping[str, tuple[str, ...]] = {
    "channel": (),
    "announcement": (),
    "card": ("channel",),
    "pin": ("card",),
    "first phase": ("card",),
    "topic": ("channel",),
    "bookmark": ("channel",),
    "invitations": ("channel",),
}
"""The parts of an assembled war room, each one call of Slack, and what Slack must have answered before.

What is said in a room is said in order, so the first phase waits for the card.
"""
OF_A_ROOM = frozenset(NEEDS) - {"announcement"}
BY_METHOD = {
    "pins.add": "pin",
    "conversations.setTopic": "topic",
    "bookmarks.add": "bookmark",
    "conversations.invite": "invitations",
}
CASE = re.compile(r"case[ -](\d+)")


def longest_chain() -> int:
    """How many calls of Slack must follow one another, whatever is done at the same time."""
    return max(_depth(part) for part in NEEDS)


def _depth(part: str) -> int:
    return 1 + max((_depth(need) for need in NEEDS[part]), default=0)


@dataclass(kw_only=True)
class Case:
    """One incident: when somebody declared it, when that was acknowledged, when each part stood."""

    began: float
    acked: float | None = None
    paged: float | None = None
    parts: dict[str, float] = field(default_factory=dict)

    def took(self, parts: frozenset[str] = frozenset(NEEDS)) -> float:
        """Seconds until all of these parts stood."""
        return max(self.parts[part] for part in parts) - self.began


class Cases:
    """The incidents that are declared on a ground, told apart by their titles: "case 7"."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._cases: dict[int, Case] = {}
        self._rooms: dict[str, int] = {}
        self._moved = asyncio.Event()
        self.refused = 0
        """Calls that Slack answered with "ratelimited"."""
        announced = ground.sandbox.workspace.named("critical-incidents")
        assert announced
        self._announced = announced.id
        ground.sandbox.log.on_entry(self._note)

    async def declare(self, number: int, *, by_form: bool = False) -> Case:
        """Declares an incident and returns when that is acknowledged."""
        acting = self._ground.sandbox.acting
        if by_form:
            await acting.command("ana", "general", "/incident declare critical")
            view = self._ground.sandbox.desk.views.stack("U0ANA")[-1]["id"]
            case = self._cases.setdefault(number, Case(began=time.time()))
            await acting.submit(
                "ana", view, {"title": {"title": {"type": "plain_text_input", "value": f"case {number}"}}}
            )
        else:
            case = self._cases.setdefault(number, Case(began=time.time()))
            outcome = await acting.command("ana", "general", f"/incident declare critical case {number}")
            if not outcome.ok:
                return case
        case.acked = time.time() - case.began
        return case

    async def assembled(self, case: Case) -> Case:
        """Returns when every part stands and the page is out."""
        async with asyncio.timeout(PATIENCE):
            while case.parts.keys() < NEEDS.keys() or case.paged is None:
                self._moved.clear()
                await self._moved.wait()
        return case

    def _note(self, entry: Entry) -> None:
        if entry.kind == "pagerduty" and entry.name == "events.trigger":
            self._paged(entry)
        if entry.kind != "call":
            return
        self.refused += entry.error == "ratelimited"
        if entry.ok and (found := self._part(entry)):
            number, part = found
            self._cases[number].parts.setdefault(part, entry.at)
            self._moved.set()

    def _paged(self, entry: Entry) -> None:
        """In a burst nobody can tell which page is whose: the first is the first one's."""
        waiting = next((case for case in self._cases.values() if case.paged is None), None)
        if waiting:
            waiting.paged = entry.at - entry.ms / 1000 - waiting.began
            self._moved.set()

    def _part(self, entry: Entry) -> tuple[int, str] | None:
        told = _shown(entry, "arguments")
        if entry.name == "conversations.create":
            number = _case(str(told.get("name")))
            self._rooms[str(_shown(_shown(entry, "answer"), "channel").get("id"))] = number
            return number, "channel"
        place, text = str(told.get("channel") or told.get("channel_id")), str(told.get("text"))
        if entry.name == "chat.postMessage":
            return self._said(place, text)
        part = BY_METHOD.get(entry.name)
        return (self._rooms[place], part) if part and place in self._rooms else None

    def _said(self, place: str, text: str) -> tuple[int, str] | None:
        if place in self._rooms:
            number = self._rooms[place]
            if "card" not in self._cases[number].parts:
                return number, "card"
            return (number, "first phase") if " Declare:" in text else None
        return (_case(text), "announcement") if place == self._announced else None


def _case(text: str) -> int:
    found = CASE.search(text)
    assert found, text
    return int(found[1])


def _shown(entry: Entry | Mapping[str, object], name: str) -> Mapping[str, object]:
    detail = entry.detail if isinstance(entry, Entry) else entry
    found = detail.get(name)
    return found if isinstance(found, Mapping) else {}
