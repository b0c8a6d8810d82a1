"""Finds playbooks by what people type: a name, words of the text, or the symptom they see."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.domain.errors import Refused
from bot.domain.playbook import Kind, Playbook
from playbooks import Catalogue
from playbooks.mistakes import unknown
from playbooks.slug import slug

MOST_FOUND = 6
"""More is no help at 3 a.m."""
LONGEST = 200
"""Characters of what was typed that are searched for."""
WORTH = 0.4
"""A playbook that fits so much worse than the best one is not worth naming."""

DECLARED = 0.4
"""Playbooks of incidents begin by declaring, so they are seldom what is looked for."""
KINDS = {
    Kind.HANDOFF: "handover hand over takeover shift on-call",
    Kind.MAINTENANCE: "window upgrade patch downtime",
    Kind.CHECKLIST: "check checks",
}
"""What people call kinds of playbooks."""

SYMPTOMS: Mapping[str, str] = {
    "latency": "slow slowly sluggish lag lagging hang hangs hanging delay timeout timeouts wait waiting spinning",
    "error-ratio": "error errors 500 502 503 5xx fail failing broken exception",
    "startup": "start starts starting boot won't wont crash crashes crashloop restarting container unhealthy",
    "revisions": "start starts starting boot won't wont crash crashes container containers failed deploy deployed",
    "instances": "traffic surge busy overloaded load capacity",
    "containers": "start starts starting boot won't wont crash crashes crashloop oom killed container",
    "memory": "oom memory ram leak leaking swap killed growing",
    "database-connections": "connection connections pool exhausted clients idle refused postgres database sql",
    "idle-connections": "connection connections pool exhausted clients idle postgres database sql",
    "pool-plan": "connection connections pool exhausted clients",
    "database-instance": "database sql postgres disk down unreachable",
    "database-metrics": "database sql postgres disk cpu load",
    "slow-queries": "query queries slow database sql lock locks",
    "agent-runs": "agent agents run runs tool tools failing broken",
    "permission-errors": "permission denied forbidden unauthorized 401 403 revoked access login",
    "cpu": "cpu busy load hot throttled",
    "requests": "traffic surge flood ddos attack spike requests load",
    "traffic": "revision revisions traffic rollout",
    "backups": "backup backups restore lost deleted data stale",
    "cache": "cache redis miss misses",
    "certificates": "certificate tls ssl expired https",
    "service-health": "down outage unreachable dead unavailable health",
}
"""What people call what a piece of evidence sees, by its name."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_ENDINGS = re.compile(r"(?<=\w{3})(?:ing|ed|es|s|e)$")
_IDLE = frozenset(
    _WORD.findall("a an and are at be do does for from has have how i in is it its my of on our the to we what when")
)
_WEIGHTS = {"name": 6.0, "symptom": 5.0, "phase": 2.0, "step": 1.5, "prose": 1.0}


@dataclass(frozen=True, kw_only=True)
class Match:
    """A playbook that may be meant; `by` is where most of what was typed was found: name, symptom, phase, step, prose."""

    playbook: Playbook
    score: float
    by: str


def find(words: str, catalogue: Catalogue) -> Sequence[Match]:
    """The playbooks that fit, the best first; one alone when it is named. Refused with the nearest name when none fits."""
    named = _named(words, catalogue.playbooks)
    if named:
        return (Match(playbook=named, score=1.0, by="name"),)
    catalogue.refuse_broken(words)
    wanted = _stems(words[:LONGEST])
    scored = [match for each in catalogue.playbooks.values() if (match := _match(each, wanted))]
    best = max((match.score for match in scored), default=0.0)
    fitting = sorted(
        (match for match in scored if match.score >= best * WORTH),
        key=lambda match: (-match.score, match.playbook.name),
    )
    if not fitting:
        raise Refused(unknown("playbook", catalogue.playbooks, words))
    return fitting[:MOST_FOUND]


def _named(words: str, playbooks: Mapping[str, Playbook]) -> Playbook | None:
    """The one of exactly that name or title, however it is spaced: `roll back` is `rollback`."""
    said = slug(words).replace("-", "")
    return next(
        (
            each
            for name, each in playbooks.items()
            if said in {name.replace("-", ""), slug(each.title).replace("-", "")}
        ),
        None,
    )


def _match(playbook: Playbook, wanted: Sequence[str]) -> Match | None:
    """Each word counts once, where it weighs most; a playbook in which few of the words stand counts for less."""
    places = _places(playbook)
    found = {word: place for word in wanted if (place := _place_of(word, places))}
    if not found:
        return None
    score = sum(_WEIGHTS[place] for place in found.values()) * len(found) / len(wanted)
    if playbook.kind is Kind.INCIDENT:
        score *= DECLARED
    return Match(playbook=playbook, score=score, by=max(found.values(), key=lambda place: _WEIGHTS[place]))


def _places(playbook: Playbook) -> Mapping[str, frozenset[str]]:
    """The words of a playbook by where they stand, the weightiest place first."""
    steps = " ".join(step.text for step in playbook.steps())
    prose = " ".join((playbook.prose, *(phase.prose for phase in playbook.phases)))
    symptom = f"{playbook.suggest_when} {SYMPTOMS.get(playbook.suggest_when, '')}" if playbook.suggest_when else ""
    texts = {
        "name": f"{playbook.name} {playbook.title} {KINDS.get(playbook.kind, '')}",
        "symptom": symptom,
        "phase": " ".join(phase.title for phase in playbook.phases),
        "step": steps,
        "prose": prose,
    }
    return {place: frozenset(_stems(text)) for place, text in texts.items()}


def _place_of(word: str, places: Mapping[str, frozenset[str]]) -> str | None:
    """Where a word stands; one that is mistyped by a letter or two counts where it would stand in the name."""
    exact = next((place for place, words in places.items() if word in words), None)
    if exact or len(word) < len("cache"):
        return exact
    return next((place for place in ("name", "symptom") if get_close_matches(word, places[place], 1, 0.8)), None)


def _stems(text: str) -> tuple[str, ...]:
    """The words without their endings, each once; little words say nothing."""
    words = (word for word in _WORD.findall(text.lower().replace("’", "'")) if word not in _IDLE)
    return tuple(dict.fromkeys(_ENDINGS.sub("", word) for word in words))
