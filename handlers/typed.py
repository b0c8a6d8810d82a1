"""Words typed at a terminal: the same verbs as in Slack, by somebody whom the operator's file names."""

import re
from collections.abc import Iterable, Sequence
from uuid import uuid4

from bot.domain.delivery import Delivery
from bot.domain.errors import Refused
from bot.domain.message import Code, Message
from bot.organisation import Member, Organisation
from handlers.aim import NAMED
from handlers.spoken import Ask, Desk, Said
from handlers.verbs import Command
from playbooks.messages.help import at_terminal

SOURCE = "cli"
AT = re.compile(r"(?<![\w<@.])@([\w.-]*\w)")


def person_at(login: str, organisation: Organisation) -> Member:
    """Who a user of the operating system is; refused with what to write where."""
    member = organisation.person_at_terminal(login)
    if member is None:
        line = Code(text=f"cli_users: {{{login}: NAME}}")
        raise Refused(
            f"Opsbot does not know who {login} of this machine is. Have ",
            line,
            " added to opsbot.yaml, with a NAME from its people.",
        )
    return member


def said_at(words: Iterable[str], by: Member, organisation: Organisation) -> Said:
    """What was typed, as a delivery of its own; people are mentioned as in Slack, by their names in opsbot.yaml."""
    text = AT.sub(lambda found: _mention(found, organisation), " ".join(words))
    return Said(words=text, user=by.slack, channel="", delivery=Delivery(source=SOURCE, key=uuid4().hex))


def named_in(words: Sequence[str]) -> str:
    """The incident that is named first behind a verb, as it is written everywhere; empty when none is."""
    found = NAMED.match(" ".join(words[1:]))
    return f"INC-{found[1]}" if found else ""


async def answered_at(command: Command, said: Said, desk: Desk) -> Message | None:
    """The answer; where Slack would open a form it is refused with what to type, because here nothing can be asked."""
    if command.explains(said):
        return command.explained(at_terminal(command.name))
    answer = await command.answer(said, desk)
    if not isinstance(answer, Ask):
        return answer
    verb = command.verb(said.rest()[0])
    words = Code(text=f"{command.name} {verb.name} {verb.shown}".strip())
    raise Refused("There is no form here, so type it all on one line: ", words, ".")


def _mention(found: re.Match[str], organisation: Organisation) -> str:
    name = found[1].lower()
    for member in organisation.people.values():
        if name in {member.key.lower(), member.slack.lower(), member.email.partition("@")[0].lower()}:
            return f"<@{member.slack}|{member.key}>"
    return found[0]
