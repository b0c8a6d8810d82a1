"""One step of a playbook: its line (state, what to do, what became of it) and what can be pressed about it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.domain.auto_effect import ANYWHERE
from bot.domain.incident import Duty, Incident
from bot.domain.message import Button, Control, Italic, Line, Moment, Span, Style
from bot.domain.playbook import Fact, Role, Step
from bot.domain.run import Progress, Run, State
from bot.slack.span import shortened, tidy
from playbooks.changes import CHANGES
from playbooks.changes.service_words import WHICH_SERVICE
from playbooks.messages import controls
from playbooks.messages.evidence import mark_of
from playbooks.messages.wording import SEPARATOR, between, day_and_time, moment, short, who
from playbooks.sight import NOTHING_SEEN, Sight, is_only_looked_at

MARKS = {State.OPEN: "☐", State.DONE: "✓", State.SKIPPED: "–", State.FAILED: "✗"}
LONGEST_STEP = 200
"""Characters of a step in a message; its playbook has the rest."""
LONGEST_NOTE = 100
SAME_NIGHT = timedelta(hours=12)
"""So long after its beginning everybody knows which day a time of a run belongs to."""

DUTY_OF = {Fact.COMMANDER: Duty.COMMANDER, Fact.COMMUNICATIONS: Duty.COMMUNICATIONS, Fact.SCRIBE: Duty.SCRIBE}


def step_line(incident: Incident | None, run: Run, step: Step, sight: Sight = NOTHING_SEEN) -> Line:
    """A step on one line: `✓ 3. Take command — @ana 02:05`."""
    progress = run.progress(step.key)
    head: Line = (f"{_mark(step, progress, sight)} {ordinal(step)}. ", *short_line(step.line))
    more = between(SEPARATOR, _more(incident, run, step, progress))
    return (*head, " — ", *more) if more else head


def _mark(step: Step, progress: Progress, sight: Sight) -> str:
    """How far a step is; of one that was done by looking, the worst that was seen."""
    looked = progress.state is State.DONE and not progress.by and is_only_looked_at(step)
    return (mark_of(step, sight) if looked else "") or MARKS[progress.state]


def ordinal(step: Step) -> str:
    """The step's number within its phase."""
    return step.key.rpartition("/")[2]


def short_line(line: Line) -> Line:
    """A step's own line, cut when it is an essay."""
    return shortened(tidy(line), LONGEST_STEP)


def step_controls(
    incident: Incident | None, run: Run, step: Step, sight: Sight = NOTHING_SEEN, *, first: bool
) -> tuple[Control, ...]:
    """What can be pressed about an open step; the first open one of a phase has the coloured button."""
    progress = run.progress(step.key)
    style = Style.PRIMARY if first else Style.PLAIN
    skip = controls.step_skip(run, step)
    if by_bot(run, step):
        return _repairs(run, step, progress)
    if step.done_when and incident:
        return (*_ways(incident, step.done_when), skip)
    assign = controls.step_assign(run, step, assigned=bool(progress.assignee))
    if step.done_when is Fact.ACCEPTED:
        return (controls.accept(run, step),)
    ending = controls.step_answer if step.ask else controls.step_done
    return *_offers(incident, run, step, sight), ending(run, step, style=style), skip, assign


def _offers(incident: Incident | None, run: Run, step: Step, sight: Sight) -> Iterator[Button]:
    """The changes that a step offers, with what the evidence knows of them; else at the one service it is about."""
    services = (run.start.services if run.start else ()) or (incident.services if incident else ())
    for name in step.offers:
        kind, advice = CHANGES.get(name), sight.offered(name)
        if kind and advice:
            yield controls.ask_change(kind, advice.target, *advice.words)
        elif kind:
            about_service = bool(kind.asks) and kind.asks[0] is WHICH_SERVICE
            yield controls.ask_change(kind, services[0] if about_service and len(services) == 1 else "")
        else:
            yield controls.ask_declared(name)


def by_bot(run: Run, step: Step) -> bool:
    """Whether the bot does a step: most that it does by itself is about incidents, so elsewhere people do it."""
    return step.auto is not None and (run.start is None or step.auto in ANYWHERE)


def _repairs(run: Run, step: Step, progress: Progress) -> tuple[Control, ...]:
    """The bot does its own steps; only when it could not, people choose between trying again and doing it themselves."""
    if progress.state is not State.FAILED:
        return ()
    again = () if progress.effect is None else (controls.try_again(progress.effect),)
    return (*again, controls.step_done(run, step), controls.step_skip(run, step))


def _ways(incident: Incident, fact: Fact) -> Iterator[Button]:
    """The press that makes a fact so, while it can."""
    if duty := DUTY_OF.get(fact):
        yield controls.claim(incident, duty)
    elif fact is Fact.CLOSED and not incident.open:
        yield controls.close(incident)
    elif fact is Fact.REPORTED and not incident.open:
        yield controls.report(incident)
    elif incident.open:
        yield from _ways_while_open(incident, fact)


def _ways_while_open(incident: Incident, fact: Fact) -> Iterator[Button]:
    if fact is Fact.ACKNOWLEDGED:
        yield controls.acknowledge(incident)
    elif fact is Fact.UPDATED:
        yield controls.post_update(incident)
        if not incident.private:
            yield controls.status_page(incident)
    elif fact in {Fact.MITIGATED, Fact.WATCHED} and not incident.mitigated_at:
        yield controls.mitigated(incident)
    elif fact is Fact.RESOLVED:
        yield controls.resolve(incident)


def _more(incident: Incident | None, run: Run, step: Step, progress: Progress) -> Iterator[Line]:
    """What became of the step, or whose it is."""
    match progress.state:
        case State.OPEN:
            yield from _pending(incident, run, step)
        case State.FAILED:
            yield (f"failed: {short(progress.note, LONGEST_NOTE)}",) if progress.note else ("failed",)
        case State.DONE | State.SKIPPED:
            yield from _ended(incident, run, step)


def _ended(incident: Incident | None, run: Run, step: Step) -> Iterator[Line]:
    """What came of it, and who did it when; of the bot's own doing only when."""
    progress = run.progress(step.key)
    answers = incident.answers if incident and progress.state is State.DONE else {}
    answer = answers.get(step.ask or "", "")
    if told := progress.note or answer:
        yield (short(told, LONGEST_NOTE).rstrip("."),)
    how = "skipped" if progress.state is State.SKIPPED else ""
    by: Line = (f"{how} by " if how else "", who(progress.by)) if progress.by else (how,)
    time: Line = (" " if progress.by or how else "", run_time(run, progress.at)) if progress.at else ()
    yield tuple(span for span in (*by, *time) if span)


def run_time(run: Run, at: datetime) -> Moment:
    """A time of a run: of the day in its first hours, with the day later on."""
    return moment(at) if at - run.started_at < SAME_NIGHT else day_and_time(at)


def _pending(incident: Incident | None, run: Run, step: Step) -> Iterator[Line]:
    progress = run.progress(step.key)
    if by_bot(run, step):
        yield (short(progress.note, LONGEST_NOTE) or "opsbot is on it",)
    elif step.done_when is Fact.WATCHED and incident and incident.watch_until:
        yield "until ", moment(incident.watch_until)
    elif owner := owner_of(incident, step, progress):
        yield (owner,)


def owner_of(incident: Incident | None, step: Step, progress: Progress) -> Span | None:
    """Whose step it is: whom it was given to, else whoever has its role, else the role, else nobody's."""
    if progress.assignee:
        return who(progress.assignee)
    if step.role is Role.ANYONE or step.done_when in DUTY_OF:
        return None
    duty = next((duty for duty in Duty if duty.value == step.role.value), None)
    holder = incident.duties.get(duty) if incident and duty else None
    return who(holder) if holder else Italic(text=step.role)
