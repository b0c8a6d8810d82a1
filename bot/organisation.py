"""The organisation as its operator describes it: people, roles, severities, channels, services.

People and roles share one space of names, so that a *target* (whom to page, inform or invite) is simply a name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.alert_rule import EVERYTHING, AlertRule
from bot.domain.bounds import THRESHOLDS, Bounds
from bot.domain.business_hours import BusinessHours
from bot.domain.change_policy import ChangePolicy
from bot.domain.config_backup import ConfigHome
from bot.domain.mail import MailPolicy
from bot.domain.platform import AgentMetrics, Database, Number
from bot.domain.schedule import Schedules
from bot.domain.shipping import Shipping
from bot.public_holidays import Holidays
from bot.war_room import WarRoom

USER_GROUP = re.compile(r"S[A-Z0-9]{4,}")


class Reach(StrEnum):
    """How somebody is reached: woken, or told in a direct message."""

    PAGE = "page"
    INFORM = "inform"


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person of the organisation."""

    key: str
    name: str
    slack: str
    email: str
    phone: str | None = None
    pagerduty: str | None = None


@dataclass(frozen=True, kw_only=True)
class Role:
    """A duty that one or several people have."""

    key: str
    title: str
    people: tuple[str, ...]
    pagerduty_policy: str | None = None
    phone: str | None = None


@dataclass(frozen=True, kw_only=True)
class Link:
    """A named address."""

    title: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Service:
    """A part of the platform that can break; `owner` is a target."""

    key: str
    title: str
    owner: str
    region: str | None = None
    health_url: str | None = None
    links: tuple[Link, ...] = ()
    on_status_page: bool = False
    """Whether customers see it on the status page, by its title."""
    statuspage_component: str | None = None
    """Its id at Statuspage, where it is not found by its title."""
    cloud_run: str | None = None
    """Its name in the cloud, where that is another than its key."""
    repository: str | None = None
    """Where its code is, as "owner/name"."""
    image: str | None = None
    """Its path in Artifact Registry, without tag or digest."""
    pool_size: int | None = None
    """How many database connections one instance may open."""
    shipping: Shipping = field(default_factory=Shipping)

    @property
    def cloud_name(self) -> str:
        """What it is called in the cloud."""
        return self.cloud_run or self.key


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """Whom to reach, and how, when nobody has answered `after` declaring."""

    target: str
    how: Reach
    after: timedelta


@dataclass(frozen=True, kw_only=True)
class SeverityPolicy:
    """What a severity means here. `business_hours` is None when the clock runs day and night."""

    name: str
    definition: str
    respond_within: timedelta
    update_every: timedelta
    business_hours: BusinessHours | None
    announce: bool
    escalation: tuple[Escalation, ...]
    responders: tuple[str, ...]
    inform: tuple[str, ...]
    bridge_url: str | None
    playbook: str

    def response_due(self, declared: datetime) -> datetime:
        """Until when somebody must have answered."""
        return self.due(declared, self.respond_within)

    def update_due(self, last: datetime) -> datetime:
        """When the next status update is due after the last one."""
        return self.due(last, self.update_every)

    def due(self, start: datetime, wait: timedelta) -> datetime:
        """When a wait is over that runs as this severity's clock does."""
        return self.business_hours.after(start, wait) if self.business_hours else start + wait


@dataclass(frozen=True, kw_only=True)
class Channels:
    """Where the bot speaks: names such as "#alerts", or ids."""

    critical_incidents: str
    alerts: str
    on_call: str
    announcements: str
    support: str | None = None
    security: str | None = None
    private: tuple[str, ...] = ()
    """Those that only few can read: what is said of revenue may be said there."""


@dataclass(frozen=True, kw_only=True)
class Paging:
    """What PagerDuty is asked about, and whom to call when it cannot be reached."""

    service: str | None = None
    escalation_policy: str | None = None
    phone_fallback: str = "Nobody was paged: call the on-call engineer yourself."
    test_service: str | None = None
    """The service that wakes nobody, for test alerts."""
    services: Mapping[str, str] = field(default_factory=dict)
    """What monitoring raises alerts of at PagerDuty, service or database by name, with its id there: what may be hushed."""
    answers_others: bool = False
    """Whether opsbot can acknowledge and resolve what other systems page for; the settings say so, not the file."""


@dataclass(frozen=True, kw_only=True)
class ReportHome:
    """Where reports are brought at GitHub when somebody asks for it; else to the code of a service that was hit.

    With a `folder`, a pull request can add them there as files.
    """

    repository: str | None = None
    labels: tuple[str, ...] = ()
    folder: str | None = None


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """Everything the operator's file says."""

    name: str
    timezone: ZoneInfo
    business_hours: BusinessHours
    channels: Channels
    war_room: WarRoom
    bridge_url: str | None
    links: tuple[Link, ...]
    severities: Mapping[str, SeverityPolicy]
    people: Mapping[str, Member]
    roles: Mapping[str, Role]
    services: Mapping[str, Service]
    paging: Paging
    private_inform: tuple[str, ...]
    cli_users: Mapping[str, str]
    timeline_emoji: str
    minimum_gap: timedelta
    watch: timedelta
    observing: bool = False
    """Nothing is changed in production, every plan is only shown; not of the file but of OPSBOT_MODE."""
    alert_rules: tuple[AlertRule, ...] = (EVERYTHING,)
    alert_window: timedelta = timedelta(minutes=15)
    """Alerts of one service this close to each other are one suggestion."""
    databases: Mapping[str, Database] = field(default_factory=dict)
    agents: AgentMetrics = field(default_factory=AgentMetrics)
    numbers: Mapping[str, Number] = field(default_factory=dict)
    thresholds: Mapping[str, Bounds] = field(default_factory=lambda: THRESHOLDS)
    """From where on what is looked at is amber or red, by the names of `bot.domain.bounds.YARDSTICKS`."""
    repositories: tuple[str, ...] = ()
    """Where code is, of services and of what else is named, as "owner/name"."""
    report_home: ReportHome = field(default_factory=ReportHome)
    changes: ChangePolicy = field(default_factory=ChangePolicy)
    holidays: Holidays = field(default_factory=Holidays)
    schedules: Schedules = field(default_factory=Schedules)
    mail: MailPolicy = field(default_factory=MailPolicy)
    config_backup: ConfigHome | None = None
    """Where the configuration is backed up; None where it is not."""
    writes_to_github: bool = False
    """Whether there is a token for it; not of the file but of GITHUB_TOKEN."""

    def severity(self, name: str) -> SeverityPolicy:
        """What a severity means here; there is one for each of the four."""
        return self.severities[name]

    def role(self, key: str) -> Role | None:
        """A role by its name."""
        return self.roles.get(key)

    def service(self, key: str) -> Service | None:
        """A service by its name."""
        return self.services.get(key)

    def regions(self) -> tuple[str, ...]:
        """Every region in which a service runs, each once."""
        return tuple(dict.fromkeys(service.region for service in self.services.values() if service.region))

    def service_in_cloud(self, name: str) -> Service | None:
        """A service by what it is called in the cloud."""
        return next((each for each in self.services.values() if each.cloud_name == name), None)

    def databases_of(self, services: Iterable[str]) -> tuple[Database, ...]:
        """The databases that any of the services uses; all when none of them is known to use one."""
        used = tuple(each for each in self.databases.values() if set(each.services) & set(services))
        return used or tuple(self.databases.values())

    def components(self) -> tuple[Service, ...]:
        """The services that customers see on the status page."""
        return tuple(service for service in self.services.values() if service.on_status_page)

    def person(self, key: str) -> Member | None:
        """A person by the name they have in the file."""
        return self.people.get(key)

    def person_by_slack(self, user: str) -> Member | None:
        """A person by Slack id."""
        return next((member for member in self.people.values() if member.slack == user), None)

    def person_by_email(self, email: str) -> Member | None:
        """A person by e-mail address, however it is capitalised."""
        return next((each for each in self.people.values() if each.email.lower() == email.lower()), None)

    def person_by_pagerduty(self, user: str) -> Member | None:
        """A person by PagerDuty id."""
        return next((member for member in self.people.values() if member.pagerduty == user), None)

    def person_at_terminal(self, login: str) -> Member | None:
        """The person behind a user of the operating system."""
        return self.people.get(self.cli_users.get(login, ""))

    def roles_of(self, key: str) -> tuple[Role, ...]:
        """The roles a person has."""
        return tuple(role for role in self.roles.values() if key in role.people)

    def title(self, target: str) -> str:
        """What people call a target: "VP Engineering", "Ana Silva"."""
        if role := self.roles.get(target):
            return role.title
        member = self.people.get(target)
        return member.name if member else target

    def members(self, targets: Iterable[str]) -> tuple[Member, ...]:
        """The people behind targets, each once, in order; user groups are left out."""
        return tuple(dict.fromkeys(member for target in targets for member in self._behind(target)))

    def user_groups(self, targets: Iterable[str]) -> tuple[str, ...]:
        """The Slack user groups among targets."""
        return tuple(target for target in targets if USER_GROUP.fullmatch(target))

    def _behind(self, target: str) -> Iterator[Member]:
        role = self.roles.get(target)
        for key in role.people if role else (target,):
            if key in self.people:
                yield self.people[key]
