"""The report of an incident, as Markdown: made from the record alone, so that it can be made anew at any time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.incident import Incident
from bot.domain.metric import measured_at, metrics_of
from bot.domain.milestone import Milestone
from bot.domain.run import Run, State
from bot.domain.task import Task
from bot.domain.timeline import Entry, Happening
from bot.organisation import Organisation
from playbooks.markdown_text import cell, inline, link, paragraphs
from playbooks.messages.wording import DUTIES, length_words, named, plain_name

NOT_WRITTEN = "_Not written yet._"
QUESTIONS = (
    "What happened, step by step, and why did each step lead to the next?",
    "Why was it possible at all?",
    "Why was it not caught before customers felt it?",
    "What made it take as long as it did to notice, and to mitigate?",
)
"""Asked as long as nobody has answered what the root cause is."""
QUIET = {Happening.STEP, Happening.TASK, Happening.PAGE, Happening.REPORT}
"""What the bot does by itself of these is noise in a report; what people did is not."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """All that is known of an incident."""

    incident: Incident
    runs: Sequence[Run]
    entries: Sequence[Entry]


def report_markdown(record: Record, organisation: Organisation) -> str:
    """The whole report."""
    incident = record.incident
    sections = (
        _head(incident, organisation),
        _section("Summary", _summary(incident, organisation)),
        _section("Impact", _impact(incident, organisation)),
        _section("Metrics", _metrics(incident)),
        _section("Timeline", _timeline(record, organisation)),
        _section("Participants", _participants(record, organisation)),
        _section("Actions taken", _actions(record, organisation)),
        _section("What went well", _answer(incident, "went-well")),
        _section("What did not go well", _answer(incident, "went-badly")),
        _section("Root cause", _root_cause(incident)),
        _section("Preventive measures", _measures(incident, organisation)),
        _section("Other open tasks", _other_tasks(incident, organisation), optional=True),
        _section("Message to customers", _answer(incident, "customer-message")),
    )
    return "\n".join(filter(None, sections))


def _section(title: str, lines: Iterable[str], *, optional: bool = False) -> str:
    body = "\n".join(lines).rstrip()
    return "" if optional and not body else f"## {title}\n\n{body or NOT_WRITTEN}\n"


def _head(incident: Incident, organisation: Organisation) -> str:
    marks = [mark for mark, holds in (("private", incident.private), ("a drill", incident.drill)) if holds]
    about = ", ".join([str(incident.severity), str(incident.status), *marks])
    return (
        f"# {incident.key}: {inline(incident.title)}\n\n{inline(organisation.name)} · {about} · times are in UTC\n\n"
        "This report looks for causes in systems, and blames nobody.\n"
    )


def _summary(incident: Incident, organisation: Organisation) -> Iterator[str]:
    if told := incident.answers.get("summary"):
        yield f"{paragraphs(told)}\n"
    if incident.resolution and incident.resolution != told:
        by = _name(incident.resolved_by, organisation)
        yield f"Resolved by {by}: {inline(incident.resolution)}\n"
    if cause := incident.answers.get("suspected-cause"):
        yield f"Suspected at the time: {inline(cause)}"


def _impact(incident: Incident, organisation: Organisation) -> Iterator[str]:
    if told := incident.answers.get("impact"):
        yield f"{paragraphs(told)}\n"
    titles = [service.title if (service := organisation.service(key)) else key for key in incident.services]
    if titles:
        yield f"Services: {', '.join(map(inline, titles))}"
    elif other := incident.answers.get("affected-services"):
        yield f"Services: {inline(other)}"


def _metrics(incident: Incident) -> Iterator[str]:
    metrics = metrics_of(incident)
    if not incident.counted:
        yield "It counts in no statistics.\n"
    yield from ("| | |", "|---|---|")
    for milestone in Milestone:
        yield f"| {milestone.capitalize()} | {_time(measured_at(incident, milestone))} |"
    lengths: Mapping[str, timedelta | None] = {
        "Time to detect": metrics.to_detect,
        "Time to acknowledge": metrics.to_acknowledge,
        "Time to mitigate": metrics.to_mitigate,
        "Time to resolve": metrics.to_resolve,
    }
    for name, length in lengths.items():
        yield f"| {name} | {length_words(length) if length is not None else 'not known'} |"


def _timeline(record: Record, organisation: Organisation) -> Iterator[str]:
    for entry in record.entries:
        if entry.by or entry.happening not in QUIET:
            whence = f"INC-{entry.incident}: " if entry.incident != record.incident.number else ""
            yield f"- {entry.at:%Y-%m-%d %H:%M} · {whence}{_told(entry, organisation)}"


def _told(entry: Entry, organisation: Organisation) -> str:
    text = inline(named(entry.text, organisation))
    if entry.happening is Happening.MESSAGE:
        text = f"“{text}”" if text else "a message"
        text = f"{text} ({link('message', entry.link)})" if entry.link else text
    files = ", ".join(link(each.name, each.link) + f" ({inline(each.file)})" for each in entry.files)
    author = _author(entry, organisation)
    corrected = f", corrected by {_name(entry.corrected_by, organisation)}" if entry.corrected_by else ""
    return f"{text}{f' · {files}' if files else ''}{f' — {author}' if author else ''}{corrected}"


def _author(entry: Entry, organisation: Organisation) -> str:
    if not entry.by:
        return inline(entry.name)
    return inline(plain_name(entry.by, organisation) or entry.name or entry.by)


def _participants(record: Record, organisation: Organisation) -> Iterator[str]:
    incident = record.incident
    parts: dict[str, list[str]] = {}
    if incident.declared_by:
        parts.setdefault(incident.declared_by, []).append("declared it")
    if incident.acknowledged_by:
        parts.setdefault(incident.acknowledged_by, []).append("acknowledged it")
    for duty, user in incident.duties.items():
        parts.setdefault(user, []).append(DUTIES[duty])
    for entry in record.entries:
        if entry.by:
            parts.setdefault(entry.by, [])
    if incident.resolved_by:
        parts.setdefault(incident.resolved_by, []).append("resolved it")
    names = {entry.by: entry.name for entry in record.entries if entry.name}
    for user, did in parts.items():
        name = inline(plain_name(user, organisation) or names.get(user, user))
        yield f"- {name}{': ' + ', '.join(did) if did else ''}"


def _actions(record: Record, organisation: Organisation) -> Iterator[str]:
    """What people did of the playbook, and the tasks they did besides, in the order of time."""
    done: list[tuple[datetime, str, str]] = []
    for run in record.runs:
        for step in run.playbook.steps():
            progress = run.progress(step.key)
            if progress.state is State.DONE and progress.by and progress.at and not step.ask:
                done.append((progress.at, step.text, progress.by))
    done += [(task.done_at, task.text, task.done_by) for task in record.incident.tasks if task.done_at]
    if workaround := record.incident.answers.get("workaround"):
        yield f"- Workaround: {inline(workaround)}"
    for at, text, by in sorted(set(done)):
        yield f"- {at:%H:%M} · {inline(text)} — {_name(by, organisation)}"


def _answer(incident: Incident, name: str) -> Iterator[str]:
    if told := incident.answers.get(name):
        yield paragraphs(told)


def _root_cause(incident: Incident) -> Iterator[str]:
    if told := incident.answers.get("root-cause"):
        yield paragraphs(told)
    else:
        yield from (f"- {question}" for question in QUESTIONS)


def _measures(incident: Incident, organisation: Organisation) -> Iterator[str]:
    if told := incident.answers.get("preventive-measures"):
        yield f"{paragraphs(told)}\n"
    yield from _table(incident.tasks.follow_ups, organisation)


def _other_tasks(incident: Incident, organisation: Organisation) -> Iterator[str]:
    yield from _table([task for task in incident.tasks.open if not task.preventive], organisation)


def _table(tasks: Sequence[Task], organisation: Organisation) -> Iterator[str]:
    if tasks:
        yield from ("| # | What | Owner | Due | |", "|---|---|---|---|---|")
    for task in tasks:
        owner = _name(task.owner, organisation) if task.owner else "–"
        due = f"{task.due_on:%Y-%m-%d}" if task.due_on else "–"
        yield f"| {task.number} | {cell(task.text)} | {owner} | {due} | {'open' if task.open else 'done'} |"


def _name(user: str, organisation: Organisation) -> str:
    return inline(plain_name(user, organisation) or user) if user else "opsbot"


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "not known"
