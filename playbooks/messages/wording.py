"""How all messages put names, times, lengths and other people's words, so that one thing has one wording."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.incident import Duty, Incident, Severity, Status
from bot.domain.message import Bold, Code, Line, Link, Moment, Person, Quote, Room, Span, plain
from bot.domain.metric import metrics_of
from bot.organisation import Organisation
from bot.slack.text import cut, one_line

LONGEST_TITLE = 120
"""Characters of an incident's title in a message; the record keeps all of it."""
LONGEST_WORDS = 3000
"""Characters of somebody's own words in a message; a form takes no more."""

SEPARATOR = " · "

DRILL = "DRILL: "
"""Before the title of what is only practised, wherever it is named."""

OBSERVING = "Observe mode: opsbot changes nothing in production."
"""Said wherever somebody might expect it to."""

USER = re.compile(r"@([UW][A-Z0-9]{2,})\b")

DOTS = {Severity.CRITICAL: "🔴", Severity.HIGH: "🟠", Severity.MEDIUM: "🟡", Severity.LOW: "🔵"}
OVER = {Status.RESOLVED: "✅", Status.CLOSED: "⚪"}

DUTIES = {Duty.COMMANDER: "commander", Duty.COMMUNICATIONS: "communications", Duty.SCRIBE: "scribe"}
CLAIMS = {Duty.COMMANDER: "Take command", Duty.COMMUNICATIONS: "Take communications", Duty.SCRIBE: "Be the scribe"}


def as_duty(duty: Duty) -> str:
    """What somebody is who has a duty: `the commander`."""
    return "responsible for communications" if duty is Duty.COMMUNICATIONS else f"the {DUTIES[duty]}"


def title_of(incident: Incident) -> str:
    """The title on one line, cut to what a tired reader takes in."""
    return cut(one_line(incident.title), LONGEST_TITLE) or "(no title)"


def name_of(incident: Incident) -> str:
    """What the incident is called in full: INC-42 and its title."""
    return f"{incident.key} {DRILL if incident.drill else ''}{title_of(incident)}"


def headline(incident: Incident) -> str:
    """Its name behind the one mark that says how things stand."""
    return f"{OVER.get(incident.status) or DOTS[incident.severity]} {name_of(incident)}"


def standing(incident: Incident) -> str:
    """How bad it is and where it stands, and whether it is private."""
    words = (incident.severity.capitalize(), _status(incident), "private" if incident.private else "")
    return SEPARATOR.join(word for word in words if word)


def _status(incident: Incident) -> str:
    if incident.merged_into is not None:
        return f"merged into INC-{incident.merged_into}"
    return "reopened" if incident.reopened and incident.open and not incident.acknowledged_at else incident.status


def who(user: str) -> Span:
    """Whoever did something: a person, or the bot itself when there is none."""
    return Person(user=user) if user else "opsbot"


def declarer(incident: Incident) -> Span:
    """Whoever declared it: a person, or a rule of the operator's."""
    return f"rule {incident.rule}" if incident.rule else who(incident.declared_by)


def plain_name(user: str, organisation: Organisation) -> str:
    """A person's name for text that cannot mention anybody; empty when the organisation does not know them."""
    member = organisation.person_by_slack(user)
    return member.name if member else ""


def named(text: str, organisation: Organisation) -> str:
    """Text of the record with names for the ids of those whom the organisation knows."""
    return USER.sub(lambda found: plain_name(found[1], organisation) or found[0], text)


def services_line(keys: Iterable[str], organisation: Organisation) -> Line:
    """Services by their titles, each linked to its first link when it has one."""
    return joined(", ", (_service(key, organisation) for key in keys))


def _service(key: str, organisation: Organisation) -> Span:
    service = organisation.service(key)
    if not service:
        return cut(one_line(key), 60)
    return Link(url=service.links[0].url, label=service.title) if service.links else service.title


def joined(separator: str, spans: Iterable[Span]) -> Line:
    """Spans with something between each two of them."""
    line: list[Span] = []
    for span in spans:
        line += [separator, span] if line else [span]
    return tuple(line)


def between(separator: str, lines: Iterable[Line]) -> Line:
    """Lines put one behind the other with something between each two; empty ones are left out."""
    whole: list[Span] = []
    for line in filter(None, lines):
        whole += [separator, *line] if whole else [*line]
    return tuple(whole)


def capitalised(line: Line) -> Line:
    """A line that begins with a capital letter, when it begins with a word."""
    first, *others = line or ("",)
    return (first[:1].upper() + first[1:], *others) if isinstance(first, str) and first else line


def local_time(at: datetime, timezone: ZoneInfo, *, with_date: bool = False) -> str:
    """A time for text that cannot show each reader their own: the organisation's, and says which that is."""
    local = at.astimezone(timezone)
    zone = local.tzname() or "UTC"
    date = f"{local:%a} {local.day} {local:%b} " if with_date else ""
    return f"{date}{local:%H:%M} {f'UTC{zone}' if zone[0] in '+-' else zone}"


def moment(at: datetime) -> Moment:
    """The time of day, for what happens within hours."""
    return Moment(at=at)


def day_and_time(at: datetime) -> Moment:
    """Day and time, for what may be days away."""
    return Moment(at=at, with_date=True)


def due_at(incident: Incident, at: datetime) -> Moment:
    """A time something is due: of the day where that is within hours, with the day at the lesser severities."""
    return Moment(at=at, with_date=incident.severity in {Severity.MEDIUM, Severity.LOW})


def when_due(incident: Incident, at: datetime) -> Line:
    """The same in a sentence: `at 02:15`, `tomorrow 09:00`."""
    due = due_at(incident, at)
    return (due,) if due.with_date else ("at ", due)


def length_words(length: timedelta) -> str:
    """How long something took or takes: `less than a minute`, `16 min`, `1 h 10 min`, `2 d 3 h`."""
    minutes = int(length.total_seconds()) // 60
    hours, days = minutes // 60, minutes // 1440
    if minutes < 1:
        return "less than a minute"
    if hours < 1:
        return f"{minutes} min"
    if days < 1:
        return _two(hours, "h", minutes % 60, "min")
    return _two(days, "d", hours % 24, "h")


def length_of(incident: Incident) -> str:
    """How long it went on, as the metrics count it."""
    ended = incident.resolved_at or incident.declared_at
    return length_words(metrics_of(incident).to_resolve or ended - incident.declared_at)


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit} {small} {small_unit}" if small else f"{large} {large_unit}"


def quoted(text: str, *, most: int = LONGEST_WORDS) -> Quote:
    """Somebody's own words, cut with a notice when they are very long."""
    shown = cut(text.strip(), most)
    return Quote(text=shown if shown == text.strip() else f"{shown}\n(cut here; the record keeps all of it)")


def short(text: str, most: int = 120) -> str:
    """Somebody's own words as part of a line."""
    return cut(one_line(text), most)


def listed(names: Sequence[str]) -> str:
    """`Ana`, `Ana and Ben`, `Ana, Ben and Cho`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or "nobody"


def step_count(count: int, kind: str = "") -> str:
    """`1 step`, `12 open steps`."""
    return f"{count:,} {kind} step{'s' if count != 1 else ''}".replace("  ", " ")


def command(words: str) -> Code:
    """A command to be typed."""
    return Code(text=words)


def label(text: str) -> Bold:
    return Bold(text=text)


def spoken(line: Line, organisation: Organisation) -> str:
    """A line as plain text for people: names instead of ids, times in the organisation's zone."""
    return one_line("".join(_spoken(span, organisation) for span in line))


def _spoken(span: Span, organisation: Organisation) -> str:
    match span:
        case Person():
            return plain_name(span.user, organisation) or "somebody"
        case Room():
            return "the war room"
        case Moment():
            return local_time(span.at, organisation.timezone, with_date=span.with_date)
        case _:
            return plain((span,))
