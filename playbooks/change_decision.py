"""One decision about one change: what becomes of it, what is remembered of it, and what is to be done outside."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from bot.domain.audit import Record
from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.changing import RecordChange
from bot.domain.effect import Edit, Effect, Post, Priority, channel, direct
from bot.domain.errors import Refused
from bot.domain.message import Code, Message
from bot.domain.timeline import Entry, Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import UnitOfWork
from playbooks.changes import CHANGES
from playbooks.deployment_record import record_of
from playbooks.home_news import refresh
from playbooks.looks import look_after_change
from playbooks.messages.change import card_message, mirror_message, name_of, outcome_message

CARD, MIRROR, THREAD = "card", "mirror", "thread"
"""The names of its messages: the card, its line in the alerts channel, the thread it stands in, and cards in DMs."""
TOLD = frozenset({Stage.DONE, Stage.FAILED, Stage.UNCONFIRMED, Stage.EXPIRED, Stage.SUPERSEDED, Stage.REJECTED})
"""Ends that are said as news, and not only on the card."""
RECORDED = frozenset({Stage.DONE, Stage.UNCONFIRMED})
TOUCHED = RECORDED | {Stage.FAILED}
"""Ends after which the world may be another than before."""


class ChangeDecision:
    """A change, held for one unit of work."""

    def __init__(self, unit: UnitOfWork, organisation: Organisation, change: Change) -> None:
        self.unit = unit
        self.now = unit.now
        self.organisation = organisation
        self.change = change
        self._stage_before = change.stage if change.version else None
        self._picture_before = self._picture()
        self._effects: list[tuple[Effect, str | None]] = []

    def put(self, effect: Effect, *, key: str | None = None) -> None:
        """Have something done outside."""
        self._effects.append((effect, key))

    async def remember(self, deed: str, *, by: str = "", detail: Mapping[str, str] | None = None) -> None:
        """Put it into the audit."""
        await audit(self.unit, self.change, deed, by=by, detail=detail)

    async def tell(self, text: str, *, by: str = "") -> None:
        """Put a line on the timeline of the incident that it is for, if any."""
        if self.change.incident:
            line = f"{self.change.key} {name_of(self.change)}: {text}"
            entry = Entry(incident=self.change.incident, at=self.now, happening=Happening.CHANGE, text=line, by=by)
            await self.unit.timeline.add([entry])

    def show(self, name: str, place: str, *, thread: str | None = None, urgency: Priority = Priority.ANSWER) -> None:
        """Post one of the messages that are kept up to date, once; it is rendered when it is sent."""
        if name not in self.change.shown:
            self.change.shown.add(name)
            slot = slot_of(self.change, name)
            self.put(Post(place=place, slot=slot, thread=thread, urgency=urgency), key=slot)

    def show_card(self) -> None:
        """Post its card where it was asked for, once."""
        self.show(CARD, self.change.place, thread=slot_of(self.change, THREAD) if self.change.threaded else None)

    async def conclude(self) -> None:
        """Keep everything, redraw what reads differently now, and tell how it ended."""
        await (self.unit.changes.save(self.change) if self.change.version else self.unit.changes.add(self.change))
        now = self._picture()
        for name, before in self._picture_before.items():
            if now[name] != before:
                self.put(Edit(place=place_of(self.change, name, self.organisation), slot=slot_of(self.change, name)))
        if self.change.stage is not self._stage_before:
            self._tell_the_end()
            self._tell_the_repository()
            if self.change.incident and self.change.stage in TOUCHED:
                await look_after_change(self.unit, self.organisation, self.change.incident)
            await refresh(self.unit)
        for effect, key in self._effects:
            await self.unit.outbox.put(effect, key=key)

    def _tell_the_end(self) -> None:
        change = self.change
        if change.stage in TOLD and CARD in change.shown and change.plan:
            slot = slot_of(change, f"end/{change.round}/{change.stage.name.lower()}")
            thread = slot_of(change, THREAD if change.threaded else CARD)
            message = outcome_message(change)
            self.put(Post(place=change.place, slot=slot, thread=thread, message=message), key=slot)
        if change.stage in RECORDED and change.plan:
            details = {"target": change.plan.target, "change": change.key, "before": change.plan.before}
            self.put(RecordChange(change=change.number, summary=change.plan.title, details=details))

    def _tell_the_repository(self) -> None:
        if record := record_of(self.change, card=slot_of(self.change, CARD)):
            self.put(record, key=slot_of(self.change, f"deployment/{record.state}"))

    def _picture(self) -> Mapping[str, Message | None]:
        return {name: message_of(self.change, name, self.organisation) for name in sorted(self.change.shown)}


@asynccontextmanager
async def deciding_change(unit: UnitOfWork, organisation: Organisation, number: int) -> AsyncIterator[ChangeDecision]:
    """A decision about a change that is there, as part of a unit of work; refused when there is none."""
    change = await unit.changes.get_to_decide(number)
    if change is None:
        raise no_change(number)
    decision = ChangeDecision(unit, organisation, change)
    yield decision
    await decision.conclude()


async def audit(
    unit: UnitOfWork, change: Change, deed: str, *, by: str = "", detail: Mapping[str, str] | None = None
) -> None:
    """Put something about a change into the audit, with the plan that it was about."""
    kind = CHANGES.get(change.kind)
    sayable = kind.sayable(change.parameters) if kind else {}
    known = {"kind": change.kind, "stage": change.stage.value, **{f"of {k}": v for k, v in sayable.items()}}
    if change.plan:
        known |= {"plan": change.plan.digest, "risk": change.plan.risk.value}
    if change.incident:
        known["incident"] = f"INC-{change.incident}"
    await unit.audit.append(
        Record(deed=deed, by=by, about=change.key, target=change.target, detail={**known, **(detail or {})})
    )


def slot_of(change: Change, name: str) -> str:
    """The slot of one of its messages."""
    return f"change/{change.number}/{name}"


def place_of(change: Change, name: str, organisation: Organisation) -> str:
    """Where one of its messages stands."""
    kind, _, user = name.partition("/")
    match kind:
        case "mirror":
            return channel(organisation.channels.alerts)
        case "ask":
            return direct(user)
        case _:
            return change.place


def message_of(change: Change, name: str, organisation: Organisation) -> Message | None:
    """What one of its messages says as things stand."""
    match name.partition("/")[0]:
        case "card" | "ask":
            return card_message(change, organisation)
        case "mirror":
            return mirror_message(change)
        case _:
            return None


def no_change(number: int) -> Refused:
    """Says that there is no such change."""
    return Refused(f"There is no CHG-{number}. What can be changed, and by whom: ", Code(text="/ops whocan"), ".")
