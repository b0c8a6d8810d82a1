"""Looks at once at what somebody wants to see, where they are: logs, metrics, databases, backups, who is on call.

A glance is a run of a playbook that is nothing but evidence: its message says what is looked at, then what was found,
and it ends by itself. So it is kept, carried out and shown like all evidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.delivery import Delivery
from bot.domain.errors import Refused
from bot.domain.playbook import Directive, Kind, Phase, Playbook, Step, Word
from bot.domain.run import Run
from bot.domain.start import Glance
from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks import Catalogue
from playbooks.beginning import Somewhere, begin
from playbooks.deciding import Deciding
from playbooks.evidence import EVIDENCE
from playbooks.messages.wording import length_words
from playbooks.mistakes import unknown
from playbooks.parameters import Told
from playbooks.reading import incident_in
from playbooks.service_words import services_named
from playbooks.slug import slug
from playbooks.stretch import USUAL, stretch_last

SLUG = "look"
NAMELESS = ""
"""The name of a playbook that is no file; the store forgets its runs after a while, for nobody's work stands there."""
LOGS = ("error-groups", "new-errors", "containers")
METRICS = ("latency", "error-ratio", "requests", "cpu", "memory", "instances")
DATABASE: Mapping[str, tuple[str, ...]] = {
    "status": ("database-instance", "database-metrics"),
    "connections": ("database-connections", "idle-connections", "pool-plan", "slow-queries"),
}
BACKUPS: Mapping[str, tuple[str, ...]] = {
    "list": ("backups", "backup-retention"),
    "verify": ("backups", "backup-retention", "row-counts", "restore-tests"),
}
ON_CALL = ("on-call",)
ROTA = ("rota",)
AS_IT_IS = frozenset(
    {
        "backup-retention",
        "backups",
        "certificates",
        "checklist",
        "cloud-services",
        "config-drift",
        "contacts",
        "coverage",
        "database-instance",
        "day",
        "environment",
        "idle-connections",
        "maintenance-ahead",
        "monitoring",
        "on-call",
        "pending-changes",
        "pool-plan",
        "restore-tests",
        "revenue",
        "revisions",
        "rota",
        "runs",
        "service-health",
        "slow-queries",
        "table-health",
        "unresolved-alerts",
        "users",
        "window-traffic",
    }
)
"""Evidence of how things are at this moment, or of a time of its own, for which no other can be named."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody wants to see. `title` says it in words; without `services` it is about all of them."""

    title: str
    evidence: tuple[str, ...]
    services: tuple[str, ...] = ()
    window: timedelta = USUAL


class Glances:
    """What people want to see at once."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation
        self._deciding = Deciding(store=store, organisation=organisation)

    async def look(self, wanted: Wanted, where: Somewhere, *, by: str, delivery: Delivery) -> Run:
        """Looks, and shows there what is found."""
        glance = Glance(window=wanted.window)
        async with self._store.decide(delivery) as unit:
            told = Told(services=wanted.services)
            return await begin(unit, self._deciding, playbook_of(wanted), where, by=by, told=told, glance=glance)

    async def services(self, words: str, where: Somewhere) -> tuple[str, ...]:
        """The services that are named, else those of the incident whose war room it is; refused when there are none."""
        if words.strip():
            return services_named(words, self._organisation)
        async with self._store.look() as unit:
            incident = await incident_in(unit, where.channel)
        if incident and incident.services:
            return incident.services
        keys = ", ".join(sorted(self._organisation.services))
        raise Refused(f"Name a service: {keys}." if keys else "opsbot.yaml names no services yet; add them there.")

    def check(self, evidence: str, words: str) -> Wanted:
        """One piece of evidence, of the services that are named or of all, over the stretch of time that is named last."""
        before, window = stretch_last(words)
        services = services_named(before, self._organisation)
        named = ", ".join(self._organisation.services[key].title for key in services)
        over = f", last {length_words(window)}" if before != words.strip() else ""
        title = EVIDENCE[evidence].title
        if over and evidence in AS_IT_IS:
            raise Refused(f"{title} is looked at as it is now; leave the time out.")
        return Wanted(
            title=title + (f" of {named}" if named else "") + over,
            evidence=(evidence,),
            services=services,
            window=window,
        )

    def of_services(self, what: str, evidence: tuple[str, ...], services: tuple[str, ...], window: timedelta) -> Wanted:
        """Some evidence of some services: `Logs of Control plane, last 1 h`."""
        named = ", ".join(self._organisation.services[key].title for key in services)
        title = f"{what} of {named}, last {length_words(window)}"
        return Wanted(title=title, evidence=evidence, services=services, window=window)


def check_named(words: str, catalogue: Catalogue) -> tuple[Playbook | str, str]:
    """The playbook, or the name of the evidence, with which a line begins, and what follows; refused with the nearest."""
    playbooks = catalogue.playbooks
    said = words.replace(",", " ").split()
    for count in range(len(said), 0, -1):
        name, rest = " ".join(said[:count]), " ".join(said[count:])
        if playbook := playbooks.get(slug(name)):
            return playbook, rest
        if evidence := _evidence_named(name):
            return evidence, rest
    catalogue.refuse_broken(words)
    raise Refused(unknown("check", {*playbooks, *EVIDENCE}, words))


def _evidence_named(words: str) -> str | None:
    by_title = {slug(kind.title): name for name, kind in EVIDENCE.items()}
    name = slug(words)
    return name if name in EVIDENCE else by_title.get(name)


def playbook_of(wanted: Wanted) -> Playbook:
    """The playbook of one phase whose steps are the evidence."""
    steps = tuple(_step(number, name) for number, name in enumerate(wanted.evidence, start=1))
    phase = Phase(slug=SLUG, title=wanted.title, steps=steps)
    return Playbook(
        name=NAMELESS, file="", kind=Kind.CHECKLIST, title=wanted.title, phases=(phase,), source="", digest=""
    )


def _step(number: int, name: str) -> Step:
    kind = EVIDENCE.get(name)
    title = kind.title if kind else name.replace("-", " ").capitalize()
    directive = Directive(word=Word.EVIDENCE, value=name)
    return Step(key=f"{SLUG}/{number}", text=title, line=(title,), directives=(directive,))
