"""The page to the on-call: who was woken, or that nobody was and whom to call."""

from typing import assert_never

from bot.domain.incident import Incident
from bot.domain.message import Bold, Button, Controls, Line, LinkButton, Message, Part, Text
from bot.domain.page import Page, Paging
from bot.organisation import Organisation
from playbooks.messages.controls import acknowledge, try_again
from playbooks.messages.wording import moment, plain_name, short, spoken, who
from playbooks.telephone import phone_of

ON_CALL = "the on-call engineer"

UNREACHED = {
    Paging.FAILED: "NOT paged",
    Paging.DELAYED: "NOT paged yet",
    Paging.UNNOTICED: "Paged, but NOBODY was notified",
}
"""How it is put that nobody has been reached; people must call."""


def page_message(incident: Incident, organisation: Organisation, *, again: int | None = None) -> Message:
    """The answer of paging: one message that follows the page; `again` is a buried effect that can be tried again."""
    told = page_line(incident, organisation)
    controls = _controls(incident, again)
    parts: tuple[Part, ...] = (Text(lines=(told,)), *((Controls(controls=controls),) if controls else ()))
    return Message(summary=f"{incident.key}: {spoken(told, organisation)}", parts=parts)


def page_line(incident: Incident, organisation: Organisation) -> Line:
    """How far the page got, in one sentence; while nobody was reached it says whom to call."""
    page = incident.page
    if not (incident.open or incident.acknowledged_at):
        return _unanswered(page, ON_CALL)
    if page.state in UNREACHED:
        return _unreached(incident, organisation)
    if page.state is not Paging.ACKNOWLEDGED and incident.acknowledged_at:
        return _answered(incident, organisation)
    if incident.drill and page.state is Paging.NONE:
        return ("A drill pages nobody.",)
    return _stage(page, ON_CALL)


def target_line(target: str, page: Page, organisation: Organisation) -> Line:
    """How far the page to somebody of the escalation got."""
    title = organisation.title(target)
    if page.state not in UNREACHED:
        return _stage(page, title)
    phone = phone_of(target, organisation)
    call: Line = (" ", Bold(text=f"Call {phone}.")) if phone else ()
    return f"{title}: ", Bold(text=UNREACHED[page.state]), f"{_because(page)}.", *call


def paged_message(incident: Incident, target: str, organisation: Organisation) -> Message:
    """Somebody had a person, a role or a policy paged: one message that follows the page."""
    page = incident.paged.get(target, Page())
    because: Line = (f": {short(page.reason, 300)}",) if page.reason else ("",)
    asked: Line = ("Asked for by ", who(page.asked_by), *because) if page.asked_by else ()
    told = target_line(target, page, organisation) if incident.open else _unanswered(page, organisation.title(target))
    links = (Controls(controls=(LinkButton(label="PagerDuty", url=page.url),)),) if page.url else ()
    lines = (told, asked) if asked else (told,)
    return Message(summary=f"{incident.key}: {spoken(told, organisation)}", parts=(Text(lines=lines), *links))


def _unanswered(page: Page, whom: str) -> Line:
    """It is over: what became of a page that is nobody's to answer any more."""
    match page.state:
        case Paging.SENT | Paging.NOTIFIED:
            time: Line = (" ", moment(page.at)) if page.at else ()
            return (*_reached(page, whom), *time, "; nobody acknowledged it before it was over.")
        case Paging.FAILED | Paging.DELAYED | Paging.UNNOTICED:
            return (f"{UNREACHED[page.state].capitalize()}{_because(page)}.",)
        case _:
            return _stage(page, whom)


def _stage(page: Page, whom: str) -> Line:
    time: Line = (" ", moment(page.at)) if page.at else ()
    match page.state:
        case Paging.NONE:
            return ("Nobody is paged for this severity.",)
        case Paging.SENDING:
            return (f"Paging {whom}…",)
        case Paging.SENT:
            return (f"Paged {whom}", *time, "; no answer yet.")
        case Paging.NOTIFIED:
            return (*_reached(page, whom), *time, "; not acknowledged yet.")
        case Paging.ACKNOWLEDGED:
            return (*_reached(page, whom), ", acknowledged", *time, ".")
        case Paging.FAILED | Paging.DELAYED | Paging.UNNOTICED:
            return (f"{UNREACHED[page.state]}.",)
        case _:
            assert_never(page.state)


def _unreached(incident: Incident, organisation: Organisation) -> Line:
    """Nobody knows of it yet; the telephone works."""
    page = incident.page
    if incident.acknowledged_at:
        return (f"{UNREACHED[page.state].capitalize()}{_because(page)}; ", *_acknowledged(incident))
    return Bold(text=UNREACHED[page.state]), f"{_because(page)}. ", Bold(text=organisation.paging.phone_fallback)


def _because(page: Page) -> str:
    why = short(page.why, 300).rstrip(".")
    return f", because {why}" if why else ""


def _answered(incident: Incident, organisation: Organisation) -> Line:
    """Somebody acknowledged in Slack, before PagerDuty said that anybody had."""
    page, time = incident.page, incident.acknowledged_at
    assert time
    if page.state is Paging.NONE:
        return _acknowledged(incident)
    if page.state is Paging.SENDING:
        return ("The on-call engineer is being paged; ", *_acknowledged(incident))
    if page.who and page.who == plain_name(incident.acknowledged_by, organisation):
        return (*_reached(page, ON_CALL), ", acknowledged ", moment(time), ".")
    return (*_reached(page, ON_CALL), "; ", *_acknowledged(incident))


def _reached(page: Page, whom: str) -> Line:
    return "Paged ", Bold(text=short(page.who, 60)) if page.who else whom


def _acknowledged(incident: Incident) -> Line:
    assert incident.acknowledged_at
    acknowledger = who(incident.acknowledged_by) if incident.acknowledged_by else "somebody in PagerDuty"
    return (acknowledger, " acknowledged ", moment(incident.acknowledged_at), ".")


def _controls(incident: Incident, again: int | None) -> tuple[Button | LinkButton, ...]:
    controls: list[Button | LinkButton] = []
    if incident.open and not incident.acknowledged_at and incident.page.state is not Paging.ACKNOWLEDGED:
        controls.append(acknowledge(incident))
    if incident.open and incident.page.state in UNREACHED and again is not None:
        controls.append(try_again(again))
    if incident.page.url:
        controls.append(LinkButton(label="PagerDuty", url=incident.page.url))
    return tuple(controls)
