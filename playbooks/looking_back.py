"""What was asked, decided and done about changes lately, from the audit: of a change, an incident, a person, or of all."""

import re
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.audit import Entry
from bot.domain.errors import Refused
from bot.domain.message import Code
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.authorization import Rules, groups_of
from playbooks.deciding import no_incident
from playbooks.reading import may_know

LATELY = timedelta(days=7)
MOST = 20
CHANGE = re.compile(r"CHG-(\d{1,9})")
INCIDENT = re.compile(r"INC-(\d{1,9})")
OTHER = re.compile(r"[A-Z]{2,6}-\d{1,9}")
PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")
HOW = Code(text="/ops audit CHG-12 | INC-4 | @person")


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """Which entries: since a moment, about some things, by somebody."""

    since: datetime | None = None
    about: tuple[str, ...] = ()
    by: str = ""


class LookingBack:
    """The audit, as people may read it in Slack; `opsbot audit export` has all of it."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation

    async def entries(self, subject: str, *, by: str) -> Sequence[Entry]:
        """The latest entries, oldest first, and none of what is kept from whoever asks.

        `subject` is a change ("CHG-12"), an incident ("INC-4": everything about its changes), a person (a Slack id:
        what they did), or empty: everything of the last week.
        """
        found: list[Entry] = []
        async with self._store.look() as unit:
            wanted = await self._wanted(unit, subject, by)
            known: dict[str, bool] = {}
            async with aclosing(unit.audit.latest(since=wanted.since, about=wanted.about, by=wanted.by)) as entries:
                async for entry in entries:
                    about = entry.record.about
                    if about not in known:
                        known[about] = await _known(unit, about, by)
                    found += [entry] if known[about] else []
                    if len(found) == MOST:
                        break
        return found[::-1]

    async def _wanted(self, unit: UnitOfWork, subject: str, by: str) -> _Wanted:
        if not subject:
            return _Wanted(since=unit.now - LATELY)
        if of := INCIDENT.fullmatch(subject):
            return await _of_incident(unit, int(of[1]), by)
        if OTHER.fullmatch(subject):
            return _Wanted(about=(subject,))
        if PERSON.fullmatch(subject):
            await self._let_through(unit, subject, by)
            return _Wanted(by=subject)
        raise Refused("Say about what: ", HOW, ".")

    async def _let_through(self, unit: UnitOfWork, person: str, by: str) -> None:
        """What others did is for those who change production; what they did themselves is for everybody."""
        policy = self._organisation.changes
        own = (target for each in policy.kinds.values() for target in (*each.ask, *each.agree))
        targets = (*policy.ask, *policy.agree, *policy.leads, *policy.destructive_agree, *own)
        members = await unit.memberships.of(groups_of(self._organisation, targets))
        rules = Rules(organisation=self._organisation, now=unit.now, members=members)
        if person != by and not rules.ruling(by, targets).may:
            who = rules.who_could(tuple(dict.fromkeys(targets)))
            raise Refused("You may look up what you did yourself. What others did: ", *who, ".")


async def _of_incident(unit: UnitOfWork, number: int, by: str) -> _Wanted:
    incident = await unit.incidents.get(number)
    if incident is None or not may_know(incident, by):
        raise no_incident(number)
    changes = await unit.changes.of_incident(number)
    return _Wanted(about=(incident.key, *(each.key for each in changes)))


async def _known(unit: UnitOfWork, about: str, by: str) -> bool:
    """Whether somebody may know what an entry is about."""
    named = CHANGE.fullmatch(about)
    change = await unit.changes.get(int(named[1])) if named else None
    incident = await unit.incidents.get(change.incident) if change and change.incident else None
    return incident is None or may_know(incident, by)
