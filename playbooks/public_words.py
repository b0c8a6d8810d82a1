"""Words for customers: drafts that name nothing internal, and the check that what a person wrote names nothing either."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.errors import Refused
from bot.domain.impact import SCOPE
from bot.domain.incident import Incident, Severity, Status
from bot.domain.status_page import LONGEST_TITLE, Health, Stage
from bot.organisation import Organisation
from bot.slack.text import cut, one_line
from playbooks.messages.wording import length_words, listed

PROMISED = timedelta(hours=2)
"""An update that is due later than this is not promised in so many words."""
LONGEST_IMPACT = 200
"""Characters of what people cannot do; who wrote more did not write it for customers."""
MOST_NAMED = 3
"""Components that are named in a sentence."""

HEALTH_AT = {
    Severity.CRITICAL: Health.MAJOR,
    Severity.HIGH: Health.PARTIAL,
    Severity.MEDIUM: Health.DEGRADED,
    Severity.LOW: Health.DEGRADED,
}
"""How an affected component probably does, until a person says otherwise."""

STAGE_AT = {
    Status.MITIGATING: Stage.IDENTIFIED,
    Status.MONITORING: Stage.MONITORING,
    Status.RESOLVED: Stage.RESOLVED,
    Status.CLOSED: Stage.RESOLVED,
}
"""What customers are probably told by now; before these it is investigated."""

INTERNAL: Sequence[tuple[str, re.Pattern[str]]] = (
    ("an incident's number", re.compile(r"\bINC-\d+\b", re.IGNORECASE)),
    ("somebody's Slack name", re.compile(r"<[@#!][^>]*>|(?<![\w.])@[\w.-]{2,}")),
    ("a Slack channel", re.compile(r"(?<!\w)#[a-z][a-z0-9_-]*")),
    ("an e-mail address", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")),
    ("an IP address", re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[0-9a-f]{1,4}:){3,}[0-9a-f:]*", re.IGNORECASE)),
    (
        "an internal host",
        re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.(?:internal|local|lan|corp|svc|cluster)\b", re.IGNORECASE),
    ),
    (
        "a stack trace",
        re.compile(r"Traceback \(most recent|^\s+at [\w.$<>]+\(|\b\w+(?:Error|Exception):", re.MULTILINE),
    ),
)
"""What customers must not read, and how it is called."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What somebody wants customers to read; what is left out is as the draft has it.

    `seen` is how many notices there were when they wrote it, None when they did not look.
    """

    text: str = ""
    stage: Stage | None = None
    components: Mapping[str, Health] = field(default_factory=dict)
    title: str = ""
    seen: int | None = None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What customers could be told, for a person to change and to approve."""

    title: str
    stage: Stage
    text: str
    components: Mapping[str, Health]


def drafted(incident: Incident, organisation: Organisation, *, stage: Stage | None = None) -> Draft:
    """The draft as things stand, for a stage or for the one that is likeliest."""
    stage = stage or _stage(incident)
    components = _components(incident, organisation)
    subject = _subject(components, organisation)
    if stage is Stage.RESOLVED:
        components = dict.fromkeys(components, Health.OPERATIONAL)
    title = cut(f"Problem with {subject}", LONGEST_TITLE)
    return Draft(title=title, stage=stage, text=_text(stage, subject, incident, organisation), components=components)


def refuse_internal(text: str, *, field: str) -> None:
    """Refuses words that name what customers must not read."""
    for what, pattern in INTERNAL:
        if found := pattern.search(text):
            shown = cut(one_line(found[0]), 40)
            raise Refused(f"Customers would read {what}, “{shown}”. Take it out, and send it again.", field=field)


def _stage(incident: Incident) -> Stage:
    """As far as the incident is, and never behind what customers were told of it."""
    likely = STAGE_AT.get(incident.status, Stage.INVESTIGATING)
    told = incident.public.latest.stage if incident.public and incident.public.down else likely
    return max(likely, told, key=list(Stage).index)


def _components(incident: Incident, organisation: Organisation) -> dict[str, Health]:
    """How the components were last said to do, and of those that have been hit since, how they probably do."""
    on_page = [service.key for service in organisation.components()]
    said = dict(incident.public.latest.components) if incident.public and incident.public.down else {}
    hit = {key: HEALTH_AT[incident.severity] for key in incident.services if key not in said}
    known = hit | said
    return {key: known[key] for key in on_page if key in known}


def _subject(components: Mapping[str, Health], organisation: Organisation) -> str:
    hit = [key for key, health in components.items() if health is not Health.OPERATIONAL] or list(components)
    titles = [organisation.services[key].title for key in hit]
    return listed(titles) if 0 < len(titles) <= MOST_NAMED else organisation.name


def _text(stage: Stage, subject: str, incident: Incident, organisation: Organisation) -> str:
    match stage:
        case Stage.INVESTIGATING:
            first = f"We are investigating a problem with {subject}.{_impact(incident)}"
        case Stage.IDENTIFIED:
            first = f"We have found the cause of the problem with {subject} and are working on it.{_impact(incident)}"
        case Stage.MONITORING:
            first = f"The problem with {subject} has been fixed. We are watching that it stays so."
        case Stage.RESOLVED:
            return f"The problem with {subject} is resolved. We are sorry for the trouble."
    every = organisation.severity(incident.severity).update_every
    following = f"Next update within {length_words(every)}." if every <= PROMISED else "We will tell you more here."
    return f"{first} {following}"


def _impact(incident: Incident) -> str:
    """What people cannot do, as it was said inside, when nothing in it is internal; a person approves it all the same."""
    said = " ".join(incident.answers.get(SCOPE, "").split())
    if not said or len(said) > LONGEST_IMPACT or any(pattern.search(said) for _, pattern in INTERNAL):
        return ""
    return f" {said[0].upper()}{said[1:].rstrip('.')}."
