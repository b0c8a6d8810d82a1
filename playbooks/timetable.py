"""The timetable: which playbooks start by themselves, when, and where they say what they found."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from bot.domain.playbook import Kind, Misfire, Playbook
from bot.domain.schedule import Schedule, Slot
from bot.organisation import Member, Organisation
from bot.public_holidays import DayOff, Holidays
from playbooks import Catalogue
from playbooks.front_matter import OWN
from playbooks.occurrence import every_day, occurrences

ON_TIME = timedelta(minutes=2)
"""What starts within this time after its slot is on time."""
USUAL_GRACE = timedelta(minutes=30)
"""So late a check still says something about the time it was meant for."""
HANDOFF_GRACE = timedelta(hours=4)
LOOKED_BACK = timedelta(days=10)
"""How far back the slot before is looked for."""
A_DAY = timedelta(days=1)
DATABASES = "databases"
"""What a maintenance touches that touches every service which uses a database."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A playbook that starts by itself. Without a `grace` it starts however late it is."""

    playbook: Playbook
    schedule: Schedule
    zone: ZoneInfo
    day_off: DayOff
    channel: str
    grace: timedelta | None

    @property
    def said(self) -> str:
        """All that its next time depends on."""
        return f"{self.schedule.text} · {self.zone.key} · holidays {self.playbook.holidays or 'count'}"

    @property
    def maintenance(self) -> bool:
        return self.playbook.kind is Kind.MAINTENANCE

    @property
    def quiet(self) -> bool:
        """Whether it runs so often that a day's checks are one message, and each only a word in its thread."""
        return any(mark in self.schedule.cron.split()[1] for mark in "-*")

    def slots(self, after: datetime) -> Iterator[Slot]:
        """Its slots after a moment."""
        for at in occurrences(self.schedule, self.zone, after, day_off=self.day_off):
            yield Slot(playbook=self.playbook.name, local=f"{at.astimezone(self.zone):%Y-%m-%dT%H:%M}", at=at)

    def missed(self, first: datetime, now: datetime) -> Sequence[Slot]:
        """Its slots from one that is due until now."""
        return list(takewhile(lambda slot: slot.at <= now, self.slots(first - timedelta(seconds=1))))

    def still_starts(self, slot: Slot, now: datetime) -> bool:
        """Whether it is not too late to start in a slot."""
        return self.grace is None or now - slot.at <= max(self.grace, ON_TIME)

    def before(self, at: datetime) -> datetime | None:
        """The slot before one, unless that is long ago."""
        earlier = takewhile(lambda slot: slot.at < at, self.slots(at - LOOKED_BACK))
        return max((slot.at for slot in earlier), default=None)


class Timetable:
    """All playbooks that start by themselves; `mistakes` are those that cannot, each with what to do."""

    def __init__(self, organisation: Organisation, catalogue: Catalogue) -> None:
        self._organisation = organisation
        self._catalogue = catalogue
        self.zone = organisation.timezone
        playbooks = sorted(catalogue.playbooks.values(), key=_handoffs_first)
        planned = [each for playbook in playbooks if (each := _planned(playbook, organisation))]
        never = [each for each in planned if next(each.slots(datetime(2025, 1, 1, tzinfo=UTC)), None) is None]
        starting = {each.playbook.name: each for each in planned if each not in never}
        self.planned: Mapping[str, Planned] = {name: each for name, each in starting.items() if not each.maintenance}
        self.maintenance: Mapping[str, Planned] = {name: each for name, each in starting.items() if each.maintenance}
        """Those that are announced, agreed to and begun as maintenances, and not simply started."""
        self.mistakes = (*map(_never, never), *self._unknown(), *self._untouchable())

    @property
    def playbooks(self) -> Iterable[Playbook]:
        """All that there are, also those that only people start."""
        return self._catalogue.playbooks.values()

    def _unknown(self) -> Iterator[str]:
        for name in self._organisation.schedules.chosen:
            if name not in self._catalogue.playbooks:
                yield f"schedules.{name}: no playbook is called so; `opsbot playbook list` names them."

    def _untouchable(self) -> Iterator[str]:
        for planned in self.maintenance.values():
            playbook = planned.playbook
            for name in playbook.touches:
                if name != DATABASES and name not in self._organisation.services:
                    yield f"{playbook.file}: it touches `{name}`, which is no service of opsbot.yaml."

    def playbook(self, name: str) -> Playbook | None:
        """A playbook of the runbook by its name."""
        return self._catalogue.playbooks.get(name)

    def of(self, name: str) -> Planned:
        """A playbook that the clock starts, or announces."""
        return self.planned.get(name) or self.maintenance[name]

    def ahead(self, now: datetime, stretch: timedelta) -> Sequence[Slot]:
        """All slots of the time to come, in order; at the same minute handoffs first."""
        ahead = [
            slot
            for planned in (*self.planned.values(), *self.maintenance.values())
            for slot in takewhile(lambda each: each.at <= now + stretch, planned.slots(now))
        ]
        return sorted(ahead, key=lambda slot: slot.at)

    def since(self, planned: Planned, at: datetime) -> datetime:
        """From when on a check looks: from the one before, but of a longer pause no further than the last end of day.

        A day at least, where the one before is that long ago: so Monday looks back over the weekend. A handoff looks
        back to the handoff before it, whichever that is.
        """
        if planned.playbook.kind is Kind.HANDOFF:
            handoffs = (each.before(at) for each in self.planned.values() if each.playbook.kind is Kind.HANDOFF)
            return max(filter(None, handoffs), default=at - LOOKED_BACK)
        pause = min(self._closed_before(at), at - A_DAY)
        return max(planned.before(at) or pause, pause)

    def _closed_before(self, at: datetime) -> datetime:
        """When the last business day ended."""
        hours, holidays = self._organisation.business_hours, self._organisation.holidays
        today = at.astimezone(hours.timezone).date()
        for day in (today - timedelta(days=back) for back in range(LOOKED_BACK.days)):
            closing = datetime.combine(day, hours.closes, tzinfo=hours.timezone).astimezone(UTC)
            if day.weekday() in hours.days and closing < at and not holidays.day_off(day):
                return closing
        return at - LOOKED_BACK


def owners(playbook: Playbook, organisation: Organisation) -> tuple[Member, ...]:
    """The people who own a playbook."""
    return owned_by(playbook.owner or "", organisation)


def owned_by(owner: str, organisation: Organisation) -> tuple[Member, ...]:
    """Those of the role, or the person, that a playbook names; else whoever is on call."""
    wanted = owner.casefold()
    for key, title in [
        *((role.key, role.title) for role in organisation.roles.values()),
        *((member.key, member.name) for member in organisation.people.values()),
    ]:
        if wanted in {key, title.casefold()}:
            return organisation.members([key])
    return organisation.members(["on-call"])


def _planned(playbook: Playbook, organisation: Organisation) -> Planned | None:
    schedule = organisation.schedules.of(playbook.name, playbook.schedule)
    if schedule is None or playbook.kind is Kind.INCIDENT:
        return None
    zone = schedule.zone or playbook.timezone
    return Planned(
        playbook=playbook,
        schedule=schedule,
        zone=ZoneInfo(zone) if zone else organisation.timezone,
        day_off=_days_off(playbook, organisation),
        channel=_channel(playbook, organisation),
        grace=_grace(playbook),
    )


def _days_off(playbook: Playbook, organisation: Organisation) -> DayOff:
    if playbook.holidays is None:
        return every_day
    own = organisation.holidays
    return (own if playbook.holidays == OWN else Holidays(country=playbook.holidays, dates=own.dates)).day_off


def _channel(playbook: Playbook, organisation: Organisation) -> str:
    """The library names channels by what they are for; each organisation calls them as it likes."""
    channels = organisation.channels
    called = {
        "#alerts": channels.alerts,
        "#on-call": channels.on_call,
        "#announcements": channels.announcements,
        "#critical-incidents": channels.critical_incidents,
    }
    return called.get(playbook.channel or "#alerts", playbook.channel or channels.alerts)


def _grace(playbook: Playbook) -> timedelta | None:
    if playbook.misfire is Misfire.SKIP:
        return timedelta()
    if playbook.misfire is Misfire.RUN:
        return playbook.late_within
    return HANDOFF_GRACE if playbook.kind is Kind.HANDOFF else USUAL_GRACE


def _handoffs_first(playbook: Playbook) -> tuple[bool, str]:
    return playbook.kind is not Kind.HANDOFF, playbook.name


def _never(planned: Planned) -> str:
    days = "every time it would is a day off" if planned.playbook.holidays else "there is no such time"
    return f"{planned.playbook.file}: `{planned.schedule.text}` never comes: {days}. Write it like weekdays 09:00."
