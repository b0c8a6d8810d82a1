"""The runbook as people use it: finds its playbooks, and starts one anywhere in Slack."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.delivery import Delivery
from bot.domain.effect import channel, room
from bot.domain.errors import Refused
from bot.domain.message import Code
from bot.domain.outlook import SuggestedPlaybook
from bot.domain.playbook import Kind, Playbook
from bot.domain.run import Run, RunKey
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks import Catalogue
from playbooks.beginning import Somewhere, begin
from playbooks.deciding import Deciding, no_run
from playbooks.finding import Match, find
from playbooks.parameters import NOTHING_TOLD, Told, told_in
from playbooks.reading import incident_in, may_know


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How things stand where somebody asks for playbooks."""

    suggested: tuple[SuggestedPlaybook, ...] = ()
    under_way: tuple[Run, ...] = ()


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

    async def standing(self, by: str, where: Somewhere) -> Standing:
        """What is suggested where somebody is, and which runs are under way there, or were started by them."""
        async with self._store.look() as unit:
            incident = await incident_in(unit, where.channel)
            place = room(incident.number) if incident else channel(where.channel)
            runs = [run for run in await unit.runs.unended() if run.start and not run.start.glance]
        under_way = tuple(run for run in runs if run.start and (run.start.by == by or run.start.place == place))
        return Standing(suggested=incident.suggested if incident and incident.open else (), under_way=under_way)

    def find(self, words: str) -> Sequence[Match]:
        """Those that are meant by a name, by words or by a symptom, the likeliest first; refused when none is."""
        return find(words, self._catalogue)

    def read(self, name: str) -> Playbook:
        """One by its name, with its nearest match when there is none."""
        return self._catalogue.find(name)

    async def told(self, playbook: Playbook, words: str, where: Somewhere) -> Told:
        """What a line tells a playbook; in a war room the services are the incident's when it names none."""
        told = told_in(playbook, words, self._organisation)
        if told.services or not where.channel:
            return told
        async with self._store.look() as unit:
            incident = await incident_in(unit, where.channel)
        return replace(told, services=incident.services) if incident else told

    async def start(
        self, name: str, where: Somewhere, *, by: str, delivery: Delivery, told: Told = NOTHING_TOLD
    ) -> Run:
        """Starts a playbook where somebody is; in the war room of an incident it is about that, and stands beside it."""
        playbook = self._catalogue.find(name)
        _refuse_what_is_declared(playbook)
        async with self._store.decide(delivery) as unit:
            return await begin(unit, self._deciding, playbook, where, by=by, told=told)

    async def stop(self, key: RunKey, *, by: str, delivery: Delivery) -> Run:
        """Ends a run before its end."""
        async with self._deciding.about_run(key, delivery) as decision:
            if decision.about and not may_know(decision.about.incident, by):
                raise no_run(key.run)
            decision.run.stop(by, decision.now)
            decision.tell(Happening.STEP, "Stopped.", by=by)
        return decision.run


def _refuse_what_is_declared(playbook: Playbook) -> None:
    if playbook.kind is Kind.INCIDENT:
        declare = Code(text="/incident declare")
        raise Refused(f"{playbook.title} is the playbook of an incident; it begins by declaring one: ", declare, ".")
