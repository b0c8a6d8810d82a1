"""The status page: what customers are told of incidents, each word of it approved by a person.

A *posting* is what the page says of one incident, a *notice* one text in it. A notice is approved first and public
once its effect is carried out; until then only the war room knows of it. Nothing of a private incident is posted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.effect import Effect

LONGEST_TITLE = 255
"""Characters of a posting's title; Statuspage's limit."""
LONGEST_NOTICE = 3000
"""Characters of a notice; those of a form's field. Statuspage takes 25,000."""


class Health(StrEnum):
    """How a component does, the best first. Maintenance is announced, so it is no trouble."""

    OPERATIONAL = "operational"
    MAINTENANCE = "maintenance"
    DEGRADED = "degraded"
    PARTIAL = "partial"
    MAJOR = "major"

    @property
    def rank(self) -> int:
        return list(Health).index(self)


class Stage(StrEnum):
    """How far an incident is, in the words that customers read."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One text for customers. `by` approved it; `components` are services by key, with how they do from now on."""

    number: int
    at: datetime
    by: str
    stage: Stage
    text: str
    components: Mapping[str, Health] = field(default_factory=dict)
    published_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Public:
    """What customers know of an incident, as its war room sees it."""

    latest: Notice
    """The notice that was approved last."""
    shown: Notice | None = None
    """The one that customers read; None while none has reached the page."""

    @property
    def down(self) -> bool:
        """Whether the page will go on saying that something is wrong."""
        return self.latest.stage is not Stage.RESOLVED

    @property
    def waiting(self) -> bool:
        """Whether what was approved last has not reached the page yet."""
        return self.latest.published_at is None


@dataclass(kw_only=True)
class Posting:
    """What the page says of one incident; `key` names it outside and tells nothing of it."""

    key: str
    incident: int
    title: str
    notices: list[Notice] = field(default_factory=list)
    version: int = 0

    @property
    def latest(self) -> Notice:
        """The notice that was approved last."""
        return self.notices[-1]

    @property
    def public(self) -> Sequence[Notice]:
        """The notices that customers can read, in order."""
        return [notice for notice in self.notices if notice.published_at]

    @property
    def standing(self) -> Public:
        """The same as the war room sees it."""
        return Public(latest=self.latest, shown=next(reversed(self.public), None))

    @property
    def hit(self) -> Sequence[str]:
        """The components that customers were told do not work as they should, now or at any time before."""
        told = (item for notice in self.public for item in notice.components.items())
        return list(dict.fromkeys(key for key, health in told if health is not Health.OPERATIONAL))

    @property
    def over(self) -> bool:
        """Whether customers read that it is resolved."""
        return bool(self.public) and self.public[-1].stage is Stage.RESOLVED

    def post(self, notice: Notice) -> Notice:
        """Adds what somebody approved, with its number; what is resolved leaves everything operational."""
        mended = dict.fromkeys(self.components, Health.OPERATIONAL) | dict.fromkeys(
            notice.components, Health.OPERATIONAL
        )
        components = mended if notice.stage is Stage.RESOLVED else {**self.components, **notice.components}
        added = replace(notice, number=len(self.notices) + 1, components=components)
        self.notices.append(added)
        return added

    def publish(self, number: int, now: datetime) -> None:
        """A notice has reached the page; those before it that never did are passed over."""
        self.notices = [
            replace(notice, published_at=now) if notice.number == number and not notice.published_at else notice
            for notice in self.notices
        ]

    @property
    def components(self) -> Mapping[str, Health]:
        """How the components do according to this posting."""
        return self.notices[-1].components if self.notices else {}


def healths(postings: Iterable[Posting]) -> Mapping[str, Health]:
    """How each component does that some posting speaks of: the worst that any says which is not over."""
    worst: dict[str, Health] = {}
    for posting in postings:
        for key, health in posting.public[-1].components.items() if posting.public and not posting.over else ():
            worst[key] = max(worst.get(key, Health.OPERATIONAL), health, key=lambda each: each.rank)
    return worst


@dataclass(frozen=True, kw_only=True)
class OnStatusPage(Effect):
    """Whatever is brought to the status page, in the order in which it is said of one thing."""

    posting: str
    method = "statuspage.incidents"

    @property
    def lane(self) -> str:
        return f"status-page/{self.posting}"

    @property
    def names(self) -> tuple[str, ...]:
        return (posting_name(self.posting),)


@dataclass(frozen=True, kw_only=True)
class PublishNotice(OnStatusPage):
    """Bring one notice to the status page; `components` are those of the notice as the whole page shall show them.

    Repeated it is published once, and not at all when a later one was published meanwhile.
    """

    incident: int
    number: int
    title: str
    stage: Stage
    text: str
    impact: str
    components: dict[str, Health] = field(default_factory=dict)


def posting_name(key: str) -> str:
    """The name that the id of a posting outside is bound to."""
    return f"status-page/{key}"
