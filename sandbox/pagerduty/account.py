"""The people, rotas, escalation policies and services of one PagerDuty account, as plain values."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sandbox.payload import JsonObject

SITE = "https://sandbox.pagerduty.example"
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class User:
    """Somebody who can be paged."""

    id: str
    name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Shift:
    """Who is on call from when to when."""

    user: str
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A rota: `users` take turns from `start` on, each for `turn`; with `hours` only between those hours of a UTC day.

    With `handoffs` they take turns at those hours of the week on the wall of `zone` instead: (4, 17) is Friday at 17:00.
    """

    id: str
    name: str
    users: tuple[str, ...]
    start: datetime
    turn: timedelta = 7 * DAY
    hours: tuple[int, int] | None = None
    handoffs: tuple[tuple[int, int], ...] = ()
    zone: str = "UTC"

    def shifts(self, since: datetime, until: datetime) -> Iterator[Shift]:
        """The shifts that touch a time, in order, not cut to it."""
        if self.handoffs:
            yield from (each for each in self._by_handoffs(until) if each.start < until and each.end > since)
            return
        number = (since - self.start) // self.turn
        begin = self.start + number * self.turn
        while self.users and begin < until:
            user = self.users[number % len(self.users)]
            whole = Shift(user=user, start=begin, end=begin + self.turn)
            yield from (each for each in self._worked(whole, since) if each.start < until and each.end > since)
            number, begin = number + 1, begin + self.turn

    def _by_handoffs(self, until: datetime) -> Iterator[Shift]:
        """From the beginning on, so that whose turn it is does not depend on who asks when."""
        number, begin = 0, self.start
        for end in self._instants():
            yield Shift(user=self.users[number % len(self.users)], start=begin, end=end)
            number, begin = number + 1, end
            if begin >= until:
                return

    def _instants(self) -> Iterator[datetime]:
        """When it is handed over, after the beginning, without end."""
        day = self.start.astimezone(ZoneInfo(self.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        while True:
            for weekday, hour in sorted(self.handoffs):
                instant = day.replace(hour=hour).astimezone(UTC)
                if day.weekday() == weekday and instant > self.start:
                    yield instant
            day += DAY

    def _worked(self, whole: Shift, since: datetime) -> Iterator[Shift]:
        """The parts of a turn that the rota's hours leave."""
        if self.hours is None:
            yield whole
            return
        opening, closing = self.hours
        day = max(whole.start, since - DAY).replace(hour=0, minute=0, second=0, microsecond=0)
        while day < whole.end:
            start = max(whole.start, day + timedelta(hours=opening))
            end = min(whole.end, day + timedelta(hours=closing))
            if start < end:
                yield Shift(user=whole.user, start=start, end=end)
            day += DAY


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One level of an escalation policy: schedules and people by id, who have `delay` to acknowledge."""

    targets: tuple[str, ...]
    delay: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """An escalation policy."""

    id: str
    name: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service with one Events v2 integration, whose key is `routing_key`."""

    id: str
    name: str
    policy: str
    routing_key: str


@dataclass(frozen=True, kw_only=True)
class OnCall:
    """Somebody who is on call at a level of a policy; without a schedule, always."""

    policy: str
    level: int
    user: str
    schedule: str | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Account:
    """Everything that was set up; it does not change while the practice ground runs."""

    users: tuple[User, ...]
    schedules: tuple[Schedule, ...]
    policies: tuple[Policy, ...]
    services: tuple[Service, ...]
    api_token: str

    def user(self, user: str) -> User | None:
        return next((each for each in self.users if each.id == user), None)

    def user_by_email(self, email: str) -> User | None:
        return next((each for each in self.users if each.email.lower() == email.lower()), None)

    def schedule(self, schedule: str) -> Schedule | None:
        return next((each for each in self.schedules if each.id == schedule), None)

    def policy(self, policy: str) -> Policy | None:
        return next((each for each in self.policies if each.id == policy), None)

    def service(self, service: str) -> Service | None:
        return next((each for each in self.services if each.id == service), None)

    def service_by_key(self, routing_key: str) -> Service | None:
        return next((each for each in self.services if each.routing_key == routing_key), None)

    def on_calls(self, policy: Policy, since: datetime, until: datetime) -> Iterator[OnCall]:
        """Who is on call at some moment of a time, level by level."""
        for level, rule in enumerate(policy.rules, start=1):
            for target in rule.targets:
                yield from self._of_target(policy.id, level, target, since, until)

    def _of_target(self, policy: str, level: int, target: str, since: datetime, until: datetime) -> Iterator[OnCall]:
        schedule = self.schedule(target)
        if schedule is None:
            yield OnCall(policy=policy, level=level, user=target)
            return
        for each in schedule.shifts(since, until):
            yield OnCall(
                policy=policy, level=level, user=each.user, schedule=schedule.id, start=each.start, end=each.end
            )

    def woken(self, policy: Policy, level: int, at: datetime) -> list[str]:
        """The people whom a level wakes at a moment."""
        instant = timedelta(microseconds=1)
        people = (each.user for each in self.on_calls(policy, at, at + instant) if each.level == level)
        return list(dict.fromkeys(people))

    def reference(self, kind: str, key: str) -> JsonObject:
        """How PagerDuty mentions a thing of this account in another."""
        known = {
            "user": self.user,
            "schedule": self.schedule,
            "escalation_policy": self.policy,
            "service": self.service,
        }
        thing = known[kind](key)
        return reference(kind, key, thing.name if thing else key)


def reference(kind: str, key: str, summary: str) -> JsonObject:
    """How PagerDuty mentions a thing in another."""
    path = f"{plural(kind)}/{key}"
    return {
        "id": key,
        "type": f"{kind}_reference",
        "summary": summary,
        "self": f"https://api.pagerduty.example/{path}",
        "html_url": f"{SITE}/{path}",
    }


def plural(kind: str) -> str:
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def stamp(moment: datetime | None) -> str | None:
    """A moment as PagerDuty writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
