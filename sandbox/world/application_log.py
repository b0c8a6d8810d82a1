"""What services write while they answer: the log of requests, and what goes wrong, in the words of its cause.

The platform keeps a sample: of each service at most so many entries of a kind a minute. Every slot for an entry has its
time and its dice, and looks only at what was before it; so what was logged once stays as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox.world.chance import chance, chances, token
from sandbox.world.complaint import complaint_of, tool_complaint
from sandbox.world.load import Load, ServiceLoad, ShareLoad
from sandbox.world.log_entry import REQUESTS, Request, WorldLogEntry
from sandbox.world.past import Past
from sandbox.world.runs import RUNS_PER_REQUEST, outcomes
from sandbox.world.series import answers
from sandbox.world.spec import AGENTS, SERVICES
from sandbox.world.state import WorldState

BadRun = tuple[str, str, bool, float]
"""An agent, the tool it used, whether it was denied, and the part of all runs that end so."""
MINUTE = 60.0
KEPT = 100_000
"""Likelihoods that are kept."""
SLOTS: Mapping[str, int] = {"failed": 12, "refused": 2, "fine": 1, "run": 6}
"""Slots a minute for requests answered 5xx (each with what the application says about it), for those answered 4xx, for
those that are answered, and for runs of agents that fail."""
STATUSES: Mapping[str, tuple[int, ...]] = {"failed": (500, 503), "refused": (400, 403, 404, 429), "fine": (200,)}


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A place for an entry: its moment, and its dice."""

    service: str
    kind: str
    number: int
    at: float

    def dice(self, about: str) -> float:
        return chance(about, self.service, self.kind, self.number)


class ApplicationLog:
    """What services write. How likely a slot holds an entry is reckoned once for each moment that is looked at."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._likely: dict[tuple[tuple[int, int], float, str, str], float] = {}
        self._bad: dict[tuple[tuple[int, int], float], list[BadRun]] = {}

    def entries(self, service: str, minute: int, *, troubles: bool) -> Iterator[WorldLogEntry]:
        """Everything a service wrote in a minute of the past, in no order; with `troubles` not what went well enough."""
        for slot, load in self._filled(service, "failed", minute):
            yield from _failure(self._past, slot, load)
        if service == "agent-runtime":
            for slot, load in self._filled(service, "run", minute):
                yield _failed_run(self._past, slot, load, self._bad_runs(slot.at))
        if not troubles:
            for kind in ("refused", "fine"):
                for slot, load in self._filled(service, kind, minute):
                    yield _request(slot, load.services[service], STATUSES[kind])

    def _filled(self, service: str, kind: str, minute: int) -> Iterator[tuple[Slot, Load]]:
        """The slots of a minute that hold an entry, each with the load it is about."""
        slots, begin = SLOTS[kind], minute * MINUTE
        # A quiet minute is all alike, so that most of its slots are known to be empty at a glance.
        alike = self._past.is_quiet(begin) and self._past.is_quiet(begin + MINUTE)
        most = self._likelihood(service, kind, begin) if alike else 1.0
        for index, dice in enumerate(chances(slots, "fires", service, kind, minute)):
            if dice >= most:
                continue
            number = minute * slots + index
            at = begin + (index + chance("slot", service, kind, number)) * MINUTE / slots
            if dice < self._likelihood(service, kind, at):
                yield Slot(service=service, kind=kind, number=number, at=at), self._past.load_before(at)

    def _likelihood(self, service: str, kind: str, at: float) -> float:
        """How likely one slot holds an entry, so that as many are written as there were, up to the sample's size."""
        load = self._past.load_before(at)
        key = (self._past.version(at), load.at, service, kind)
        if key not in self._likely:
            if len(self._likely) >= KEPT:
                self._likely.clear()
            if kind == "run":
                part = sum(part for *_about, part in self._bad_runs(at)) * RUNS_PER_REQUEST
            else:
                part = sum(part for _revision, code, part in answers(load.services[service]) if code in STATUSES[kind])
            self._likely[key] = min(1.0, load.services[service].rate * MINUTE * part / SLOTS[kind])
        return self._likely[key]

    def _bad_runs(self, at: float) -> list[BadRun]:
        load = self._past.load_before(at)
        key = (self._past.version(at), load.at)
        if key not in self._bad:
            if len(self._bad) >= KEPT:
                self._bad.clear()
            self._bad[key] = _bad_runs(self._past.state(at), load)
        return self._bad[key]


def _failure(past: Past, slot: Slot, load: Load) -> Iterator[WorldLogEntry]:
    service = load.services[slot.service]
    request = _request(slot, service, STATUSES["failed"])
    yield request
    share = next((each for each in service.shares if each.share.revision.name == request.revision), None)
    said = complaint_of(past.state(slot.at), load, service, share, slot.dice("cause"))
    if said:
        yield WorldLogEntry(
            at=slot.at + 0.004,
            log=said.log,
            severity=said.severity,
            text=said.text,
            service=slot.service,
            revision=request.revision,
            id=token(16, "said", slot),
        )


def _request(slot: Slot, load: ServiceLoad, statuses: tuple[int, ...]) -> WorldLogEntry:
    revision, code = _picked(load, statuses, slot.dice("which"))
    paths = SERVICES[slot.service].paths
    path = paths[int(slot.dice("path") * len(paths))]
    if code == 404:
        path = f"{path.rstrip('/')}/{token(8, 'lost', slot)}"
    method = "POST" if path.endswith(("/execute", "/call", "/charges")) else "GET"
    share = next((each for each in load.shares if each.share.revision.name == revision), None)
    return WorldLogEntry(
        at=slot.at,
        log=REQUESTS,
        severity="ERROR" if code >= 500 else "WARNING" if code >= 400 else "INFO",
        text="The request was aborted because there was no available instance." if code in {429, 503} else "",
        service=slot.service,
        revision=revision,
        id=token(16, slot),
        request=Request(method=method, path=path, status=code, latency_ms=_latency(slot, share)),
    )


def _picked(load: ServiceLoad, statuses: tuple[int, ...], dice: float) -> tuple[str, int]:
    found = [(revision, code, part) for revision, code, part in answers(load) if code in statuses]
    left = dice * sum(part for _revision, _code, part in found)
    for revision, code, part in found:
        left -= part
        if left <= 0:
            return revision, code
    return found[-1][0], found[-1][1]


def _latency(slot: Slot, share: ShareLoad | None) -> float:
    """Spread around the median as the metrics have it, roughly."""
    median = share.median if share else 2.0
    swing = sum(slot.dice(f"latency {number}") for number in range(4)) - 2
    return round(median * 2.6**swing, 1)


def _bad_runs(state: WorldState, load: Load) -> list[BadRun]:
    """Every way in which a run can end badly."""
    found = []
    for agent in AGENTS.values():
        for tool, part in agent.tools.items():
            failed, denied = outcomes(state, load, agent, tool)
            found.append((agent.name, tool, False, agent.part * part * failed))
            found.append((agent.name, tool, True, agent.part * part * denied))
    return found


def _failed_run(past: Past, slot: Slot, load: Load, found: list[BadRun]) -> WorldLogEntry:
    """A run of an agent that ends badly while its request is answered."""
    agent, tool, denied = _picked_run(found, slot.dice("which"))
    said = tool_complaint(past.state(slot.at), load, agent=agent, tool=tool, denied=denied)
    shares = load.services["agent-runtime"].shares
    return WorldLogEntry(
        at=slot.at,
        log=said.log,
        severity=said.severity,
        text=said.text,
        service="agent-runtime",
        revision=shares[0].share.revision.name if shares else "",
        id=token(16, "run", slot),
    )


def _picked_run(found: list[BadRun], dice: float) -> tuple[str, str, bool]:
    left = dice * sum(part for *_about, part in found)
    for agent, tool, denied, part in found:
        left -= part
        if left <= 0 and part:
            return agent, tool, denied
    return found[0][:3]
