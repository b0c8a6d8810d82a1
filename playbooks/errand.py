"""Errands: what a step of the bot's waits for, named after the effects that carry it out.

A message's errand has the name of the message; no other errand may have that of one ("page" tells of the page).
"""

import re

from bot.domain.bridge import OpenBridge
from bot.domain.effect import AddBookmark, Effect, Invite, OpenRoom, Pin, Post, SetTopic
from bot.domain.paging import PageOnCall, PageTarget

OF_A_RUN = re.compile(r"run/(\d+)/.+")
OF_AN_INCIDENT = re.compile(r"(?:incident|room)/(\d+)(?:/(.+))?")


def errand_of(effect: Effect) -> tuple[int, str] | None:
    """The incident an effect is carried out for, and the name of the errand; None when no step can wait for it."""
    match effect:
        case OpenRoom():
            return effect.incident, "room"
        case PageOnCall():
            return effect.incident, "paging"
        case OpenBridge():
            return effect.incident, "meeting"
        case PageTarget():
            return effect.incident, f"paging/{effect.target}"
        case SetTopic():
            return effect.incident, "topic"
        case Post():
            return _named(effect.slot, "{}")
        case Pin():
            return _named(effect.slot, "pin/{}")
        case Invite():
            return _named(effect.place, "invite")
        case AddBookmark():
            return _named(effect.place, f"bookmark/{effect.title}")
        case _:
            return None


def errand(effect: Effect) -> str:
    """The name of the errand of an effect that is carried out for an incident's step."""
    found = errand_of(effect)
    if found is None:
        raise ValueError(f"no step can wait for a {type(effect).__name__}")
    return found[1]


def incident_of(name: str) -> int | None:
    """The number of the incident that a slot or a room belongs to."""
    found = OF_AN_INCIDENT.fullmatch(name)
    return int(found[1]) if found else None


def standalone_of(effect: Effect) -> int | None:
    """The number of the standalone run that an effect shows something of."""
    found = next((each for each in map(OF_A_RUN.fullmatch, effect.concerns) if each), None)
    return int(found[1]) if found else None


def _named(name: str, errand: str) -> tuple[int, str] | None:
    found = OF_AN_INCIDENT.fullmatch(name)
    return (int(found[1]), errand.replace("{}", found[2] or "")) if found else None
