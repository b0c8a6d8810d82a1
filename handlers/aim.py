"""Which incident somebody means: the one they name, else the one whose war room they are in."""

import re
from dataclasses import replace

from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.message import Code
from handlers.spoken import Desk, Said
from playbooks.reading import may_know

NAMED = re.compile(r"(?:inc-?|#)(\d{1,9})\b[:,]?\s*", re.IGNORECASE)
MENTIONED = re.compile(r"\binc-?(\d{1,9})\b", re.IGNORECASE)
BARE = re.compile(r"(\d{1,9})(?:\s+|$)")


async def aim(said: Said, desk: Desk) -> tuple[Incident, Said]:
    """The incident, and the words without its name; refused with what to type when it is not clear which."""
    here = None if NAMED.match(said.words) else await desk.incidents.of_channel(said.channel)
    number, rest = named_first(said, inside=here is not None)
    if number is not None:
        return await desk.incidents.find_for(number, said.user, channel=said.channel), rest
    if here is None:
        raise Refused(*await _which(said, desk))
    return here, said


def named_first(said: Said, *, inside: bool) -> tuple[int | None, Said]:
    """The number of the incident that the words begin with, if they do, and what follows.

    Inside a war room a bare number is part of the sentence ("42 users cannot log in"); elsewhere it names the incident.
    """
    found = NAMED.match(said.words) or (None if inside else BARE.match(said.words))
    return (int(found[1]), replace(said, words=said.words[found.end() :])) if found else (None, said)


async def _which(said: Said, desk: Desk) -> tuple[str | Code, ...]:
    if later := MENTIONED.search(said.words):
        key = f"INC-{later[1]}"
        return ("Put ", Code(text=key), " right after the verb, as in ", Code(text=f"/incident status {key}"), ".")
    found = [incident for incident in await desk.incidents.open_ones() if may_know(incident, said.user)]
    if not found:
        return ("No incident is open. Declare one: ", Code(text="/incident declare"), ".")
    names = ", ".join(incident.key for incident in found[:5])
    return (
        "Say which incident, or type this in its war room: put ",
        Code(text=found[0].key),
        f" first. Open: {names}.",
    )
