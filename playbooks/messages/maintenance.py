"""A maintenance as those see it who do it: its card, the list of all, and what is answered to them alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from bot.domain.freeze import Freeze
from bot.domain.incident import Incident
from bot.domain.maintenance import Maintenance, Stage
from bot.domain.maintenance_notice import AHEAD, Notice, Prompt, Sent, Way, mark
from bot.domain.message import (
    Bold,
    Button,
    Controls,
    Line,
    Message,
    Part,
    Small,
    Span,
    Text,
    plain,
    sentence,
)
from bot.organisation import Organisation
from playbooks.messages import controls
from playbooks.messages import maintenance_buttons as buttons
from playbooks.messages.maintenance_told import short_window, window_words
from playbooks.messages.wording import (
    SEPARATOR,
    between,
    command,
    day_and_time,
    joined,
    listed,
    moment,
    name_of,
    services_line,
    short,
    who,
)

MARKS: Mapping[Stage, str] = {
    Stage.PLANNED: "🗓️",
    Stage.UNDER_WAY: "🛠️",
    Stage.VERIFYING: "🔎",
    Stage.ENDED: "✅",
    Stage.CANCELLED: "🚫",
}
WAYS: Mapping[Way, str] = {Way.CHANNEL: "announcements", Way.PAGE: "status page", Way.MAIL: "mail"}
NAMES: Mapping[str, str] = {Notice.TWO_WEEKS: "Two weeks before", Notice.ONE_WEEK: "A week before"}
MOST_SAID = 3


@dataclass(frozen=True, kw_only=True)
class Against:
    """What speaks against beginning now, as far as opsbot knows it by itself."""

    freezes: Sequence[Freeze] = ()
    incidents: Sequence[Incident] = ()


def card_message(of: Maintenance, organisation: Organisation, against: Against) -> Message:
    """What it is, how far it is, and what to press."""
    lines = tuple(filter(None, (_head(of), *_when(of, organisation), *_standing(of, organisation, against))))
    presses = tuple(_buttons(of))
    small = between(SEPARATOR, _notices(of))
    parts: tuple[Part, ...] = (
        Text(lines=lines),
        *((Controls(controls=presses),) if presses else ()),
        *((Small(line=small),) if small else ()),
    )
    return Message(summary=f"{plain(_head(of))}", parts=parts)


def list_message(found: Sequence[Maintenance]) -> Message:
    """All that are not over."""
    lines = tuple(_listed(each) for each in found) or (("No maintenance is planned.",),)
    plan = Button(action="maintenance-plan", label="Plan a maintenance", value="-")
    more = (Small(line=(command(f"/ops maintenance show {found[0].key}"), " shows one")),) if found else ()
    summary = f"{len(found)} maintenances" if found else "No maintenance is planned."
    return Message(summary=summary, parts=(Text(lines=lines), *more, Controls(controls=(plan,))))


def planned_message(of: Maintenance, organisation: Organisation) -> Message:
    """Whoever planned one."""
    line = f"{of.key} is planned: {window_words(of, organisation)}."
    told = f"It is announced {_announced(of)}. Go or no-go is asked the day before."
    return Message(summary=line, parts=(Text(lines=((line,), (told,))),))


def _announced(of: Maintenance) -> str:
    return listed([f"{WHEN[notice]}" for notice in AHEAD if of.announced[notice] >= of.planned_at]) or "now"


WHEN: Mapping[Notice, str] = {Notice.TWO_WEEKS: "two weeks before", Notice.ONE_WEEK: "a week before"}


def done_message(of: Maintenance, what: str) -> Message:
    """What somebody did, for them alone."""
    return sentence(f"{of.key} {what}.")


def may_begin(of: Maintenance) -> Message:
    return _aside(f"{of.key} begins ", day_and_time(of.starts_at), ".")


def extended(of: Maintenance) -> Message:
    return _aside(f"{of.key} goes on until ", moment(of.ends_at), ". Those who wait for its end are told.")


def look_now(of: Maintenance) -> Message:
    return _aside("Look whether all is as before, then end it: ", command(f"/ops maintenance end {of.key}"), ".")


def told(organisation: Organisation) -> Message:
    return sentence(f"Told in {organisation.channels.announcements}.")


def _aside(*words: Span) -> Message:
    return Message(summary=plain(words), parts=(Text(lines=(words,)),))


def _head(of: Maintenance) -> Line:
    return f"{MARKS[of.stage]} ", Bold(text=f"{of.key} {short(of.title, 120)}"), SEPARATOR, of.stage.value


def _when(of: Maintenance, organisation: Organisation) -> Iterator[Line]:
    yield (window_words(of, organisation),)
    yield ("Touches ", *services_line(of.services, organisation)) if of.services else ()
    if of.why:
        yield (short(of.why, 300),)


def _standing(of: Maintenance, organisation: Organisation, against: Against) -> Iterator[Line]:
    match of.stage:
        case Stage.PLANNED:
            yield _decided(of)
            yield from _against(against, organisation)
        case Stage.UNDER_WAY | Stage.VERIFYING:
            assert of.began_at
            by: Line = (" by ", who(of.began_by)) if of.began_by else ()
            yield ("Begun ", moment(of.began_at), *by, SEPARATOR, "until ", moment(of.ends_at))
            yield (f"PagerDuty {of.hush}",) if of.hush else ()
            yield from ((f"“{short(each, 200)}”",) for each in of.said[-MOST_SAID:])
            if of.stage is Stage.VERIFYING:
                yield ("The work is done, says ", who(of.verified_by), ". Look at the thread: is all well?")
        case Stage.ENDED:
            assert of.ended_at
            hush: Line = (SEPARATOR, f"PagerDuty {short(of.hush, 200)}") if of.hush else ()
            yield "Ended ", moment(of.ended_at), " by ", who(of.ended_by), *hush
        case Stage.CANCELLED:
            yield "Cancelled by ", who(of.ended_by), f": {short(of.reason, 300)}" if of.reason else ""
        case _:
            assert_never(of.stage)


def _decided(of: Maintenance) -> Line:
    if of.go_by:
        return "Go, says ", who(of.go_by)
    return ("Nobody has said go yet",) if Prompt.DECIDE in of.prompted else ("Go or no-go is asked the day before",)


def _against(against: Against, organisation: Organisation) -> Iterator[Line]:
    for freeze in against.freezes:
        known = organisation.service(freeze.service)
        what = known.title if known else "everything"
        yield "🧊 Changes of ", what, " are frozen by ", who(freeze.by)
    for incident in against.incidents:
        yield (f"🔴 {name_of(incident)} is open",)


def _buttons(of: Maintenance) -> Iterator[Button]:
    match of.stage:
        case Stage.PLANNED:
            if not of.go_by and Prompt.DECIDE in of.prompted:
                yield buttons.go(of)
            yield buttons.cancel(of)
        case Stage.UNDER_WAY:
            yield from (buttons.work_done(of), buttons.say(of), buttons.longer(of), controls.declare())
        case Stage.VERIFYING:
            yield from (buttons.end(of), buttons.longer(of), controls.declare())
        case _:
            return


def _notices(of: Maintenance) -> Iterator[Line]:
    """How far each announcement got."""
    for notice in AHEAD:
        found = {way: sent for way in Way if (sent := of.sent.get(mark(notice, way)))}
        if found and not all(each.missed for each in found.values()):
            yield f"{NAMES[notice]}: ", *joined(", ", (_way(way, sent) for way, sent in found.items()))
    troubles = [name for name, sent in of.sent.items() if sent.trouble and name.partition("/")[0] not in AHEAD]
    for name in troubles:
        yield (f"⚠️ {name.replace('/', ' on ').replace('-', ' ')}: {short(of.sent[name].trouble, 120)}",)


def _way(way: Way, sent: Sent) -> str:
    if sent.trouble:
        return f"⚠️ {WAYS[way]} ({short(sent.trouble, 120)})"
    late = " late" if sent.late else ""
    return f"{WAYS[way]} ✓{late}" if sent.reached_at else f"{WAYS[way]} …{late}"


def _listed(of: Maintenance) -> Line:
    stands = "go" if of.go_by and of.stage is Stage.PLANNED else of.stage.value if of.stage.going_on else ""
    title = Bold(text=f"{of.key} {short(of.title, 120)}")
    when = SEPARATOR.join(filter(None, (short_window(of), stands)))
    return f"{MARKS[of.stage]} ", title, SEPARATOR, when
