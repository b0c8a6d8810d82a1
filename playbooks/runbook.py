"""The runbook as people use it: finds its playbooks, and starts one anywhere in Slack."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.delivery import Delivery
from bot.domain.effect import channel, direct, room
from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.message import Code
from bot.domain.playbook import Kind, Playbook
from bot.domain.run import Run, RunKey, Start
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks import Catalogue
from playbooks.deciding import Deciding
from playbooks.finding import Match, find
from playbooks.reading import incident_in
from playbooks.service_words import services_named
from playbooks.standalone import THREAD

DIRECT = "D"
"""Slack's ids of direct messages begin so."""


@dataclass(frozen=True, kw_only=True)
class Somewhere:
    """Where somebody is in Slack: a channel by id, perhaps a thread of it; at a terminal there is no channel."""

    channel: str = ""
    thread: str = ""


class Runbook:
    """The playbooks, as people find, start and stop them."""

    def __init__(self, *, store: Store, organisation: Organisation, catalogue: Catalogue) -> None:
        self._store = store
        self._organisation = organisation
        self._catalogue = catalogue
        self._deciding = Deciding(store=store, organisation=organisation)

    @property
    def catalogue(self) -> Catalogue:
        """All of them."""
        return self._catalogue

    def find(self, words: str) -> Sequence[Match]:
        """Those that are meant by a name, by words or by a symptom, the likeliest first; refused when none is."""
        return find(words, self._catalogue)

    def read(self, name: str) -> Playbook:
        """One by its name, with its nearest match when there is none."""
        return self._catalogue.find(name)

    def services(self, words: str) -> tuple[str, ...]:
        """The services that are named, by key or title, with commas or blanks between; refused with the nearest match."""
        return services_named(words, self._organisation)

    async def start(
        self, name: str, where: Somewhere, *, by: str, delivery: Delivery, services: tuple[str, ...] = ()
    ) -> Run:
        """Starts a playbook where somebody is; in the war room of an incident it is about that, and stands beside it."""
        playbook = self._catalogue.find(name)
        _refuse_what_is_declared(playbook)
        async with self._store.decide(delivery) as unit:
            incident = await incident_in(unit, where.channel)
            beside = incident.number if incident and not incident.closed_at else 0
            run = Run(
                id=await unit.runs.next_number(),
                incident=0,
                playbook=playbook,
                started_at=unit.now,
                start=Start(
                    by=by,
                    place=await _place(unit, where, beside, by),
                    threaded=bool(where.thread),
                    services=services,
                    beside=beside,
                    private=_private(where, incident),
                ),
            )
            if where.thread:
                await unit.bindings.bind(run.key.slot(THREAD), {"channel": where.channel, "ts": where.thread})
            await self._deciding.begin(unit, run)
        return run

    async def stop(self, key: RunKey, *, by: str, delivery: Delivery) -> Run:
        """Ends a run before its end."""
        async with self._deciding.about_run(key, delivery) as decision:
            decision.run.stop(by, decision.now)
            decision.tell(Happening.STEP, "Stopped.", by=by)
        return decision.run


async def _place(unit: UnitOfWork, where: Somewhere, beside: int, by: str) -> str:
    """The name of the place; its id is known, so nothing has to be looked up before something is said there."""
    if beside:
        return room(beside)
    if not where.channel:
        return direct(by)
    place = direct(by) if where.channel.startswith(DIRECT) else channel(where.channel)
    await unit.bindings.bind(place, {"channel": where.channel})
    return place


def _private(where: Somewhere, incident: Incident | None) -> bool:
    """Whether only few can read it there; of a channel that is no war room nobody knows."""
    return incident.private if incident else where.channel.startswith(DIRECT) or not where.channel


def _refuse_what_is_declared(playbook: Playbook) -> None:
    if playbook.kind is Kind.INCIDENT:
        declare = Code(text="/incident declare")
        raise Refused(f"{playbook.title} is the playbook of an incident; it begins by declaring one: ", declare, ".")
