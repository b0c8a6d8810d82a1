"""Whom to reach and how, as the operator's file says; it is told even when PagerDuty and Slack are not there."""

from collections.abc import Iterator

from bot.domain.message import Bold, Line, Message, Part, Person, Small, Text
from bot.domain.playbook import Kind
from bot.organisation import Member, Organisation
from playbooks import Catalogue
from playbooks.messages import controls
from playbooks.messages.wording import SEPARATOR, between

MOST_PEOPLE = 40


def contacts_message(organisation: Organisation) -> Message:
    """Roles with who has them, then everybody else, each with telephone and mail."""
    roles = tuple(line for key in organisation.roles for line in _role(key, organisation))
    behind = set(organisation.members(organisation.roles))
    others = [member for member in organisation.people.values() if member not in behind]
    parts: list[Part] = []
    if roles:
        parts.append(Text(lines=((Bold(text="Whom to reach"),), *roles[:MOST_PEOPLE])))
    if others:
        parts.append(Text(lines=((Bold(text="Everybody else"),), *map(_person, others[:MOST_PEOPLE]))))
    parts.append(Small(line=("When PagerDuty fails: ", organisation.paging.phone_fallback)))
    return Message(summary="Whom to reach, and how", parts=tuple(parts))


def handoff_message(catalogue: Catalogue, *, thread: str) -> Message:
    """The rota shows by itself; here are the playbooks by which it is handed over."""
    parts: list[Part] = [Text(lines=(("Looking who is on call and who follows; it shows here in a moment.",),))]
    handoffs = [each for each in catalogue.playbooks.values() if each.kind is Kind.HANDOFF]
    for playbook in sorted(handoffs, key=lambda each: each.name):
        parts.append(Text(lines=((playbook.title,),), beside=controls.start_playbook(playbook.name, thread)))
    return Message(summary="Looking who is on call and who follows.", parts=tuple(parts))


def _role(key: str, organisation: Organisation) -> Iterator[Line]:
    role = organisation.roles[key]
    members = organisation.members([key])
    for member in members:
        yield between(SEPARATOR, ((Bold(text=role.title),), _person(member)))
    if role.phone and role.phone not in {member.phone for member in members}:
        yield (Bold(text=role.title), f"{SEPARATOR}{role.phone}")


def _person(member: Member) -> Line:
    ways = (Person(user=member.slack), member.phone or "", member.email)
    return between(SEPARATOR, ((each,) for each in ways if each))
