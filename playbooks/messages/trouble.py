"""What is said when something outside could not be done, or something inside went wrong."""

from bot.domain.effect import (
    AddBookmark,
    Delete,
    Edit,
    Effect,
    FindChannel,
    Invite,
    OpenDirect,
    OpenRoom,
    Pin,
    Post,
    SetTopic,
    Whisper,
)
from bot.domain.incident import Incident
from bot.domain.message import Bold, Controls, Line, Message, Text
from bot.domain.paging import AcknowledgePage, FollowPage, PageOnCall, PageTarget, ResolvePage
from bot.domain.profile import SetProfile
from bot.organisation import Organisation
from playbooks.messages import controls
from playbooks.messages.wording import short


def could_not(incident: Incident | None, what: str, reason: str, serial: int) -> Message:
    """A step outside was given up; somebody repairs the cause and tries again."""
    told = trouble_line(what, reason)
    summary = f"{incident.key}: could not {what}" if incident else f"Could not {what}"
    parts = (Text(lines=(told, ("Repair that, then press.",))), Controls(controls=(controls.try_again(serial),)))
    return Message(summary=summary, parts=parts)


def trouble_line(what: str, reason: str) -> Line:
    """What could not be done, and why."""
    return Bold(text=f"Could not {what}"), f": {short(reason, 300).rstrip('.')}."


def trouble_words(effect: Effect, reason: str, organisation: Organisation) -> str:
    """A trouble as the incident remembers it: `could not set the topic: is_archived`."""
    return f"could not {doing(effect, organisation)}: {short(reason, 300).rstrip('.')}"


def went_wrong(reference: str) -> Message:
    """A mistake of ours; `reference` finds it in the log."""
    words = "Something went wrong inside opsbot, and nothing was changed. Try again."
    line: Line = (words, f" If it stays, tell your operator: {reference}.")
    return Message(summary=words, parts=(Text(lines=(line,)),))


def doing(effect: Effect, organisation: Organisation) -> str:
    """What an effect does, as in "could not …" and "still to do: …"."""
    match effect:
        case Post() | Edit() | Delete() | Pin():
            return f"{_VERBS[type(effect)]} {_message(effect.slot)}"
        case AddBookmark():
            return f"add the bookmark {short(effect.title, 60)}"
        case FindChannel():
            return f"find {short(effect.name, 80)}; invite opsbot to it"
        case PageTarget():
            return f"page {organisation.title(effect.target)}"
        case _:
            return _DOINGS.get(type(effect), "carry something out")


_VERBS: dict[type[Effect], str] = {Post: "post", Edit: "bring up to date", Delete: "take away", Pin: "pin"}

_DOINGS: dict[type[Effect], str] = {
    OpenRoom: "open the war room",
    OpenDirect: "open a direct message",
    Whisper: "answer somebody",
    SetTopic: "set the topic",
    Invite: "invite the responders",
    SetProfile: "look up a profile",
    PageOnCall: "page the on-call engineer",
    FollowPage: "follow the page in PagerDuty",
    AcknowledgePage: "acknowledge the page in PagerDuty",
    ResolvePage: "resolve the alert in PagerDuty",
}

_MESSAGES = {
    "card": "the card",
    "announcement": "the announcement",
    "phase": "the steps",
    "due": "what is due",
    "page": "how the page stands",
    "inform": "a direct message",
    "post": "a message",
}
"""Messages by the third part of their slot: incident/42/card."""


def _message(slot: str) -> str:
    parts = slot.split("/")
    return _MESSAGES.get(parts[2] if len(parts) > 2 else "", "a message")
