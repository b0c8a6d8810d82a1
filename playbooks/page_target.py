"""Whom somebody wants woken, as they write it: a mention, a person, a role, an escalation policy of PagerDuty's."""

from bot.domain.errors import Refused
from bot.organisation import Organisation
from playbooks.mistakes import unknown
from playbooks.telephone import phone_of


def target_of(organisation: Organisation, words: str, mentioned: str | None) -> tuple[str, str]:
    """Whom the words name, and the rest of them: a mention, a person, a role, a policy of PagerDuty's."""
    if mentioned:
        member = organisation.person_by_slack(mentioned)
        if member is None:
            raise Refused(
                "opsbot.yaml does not know this person, so nobody can be paged: add them to it, or call them.",
                field="target",
            )
        return member.key, words.partition(">")[2].strip()
    first, _, rest = words.strip().partition(" ")
    wanted = first.lower()
    for role in organisation.roles.values():
        if wanted in {role.key, (role.pagerduty_policy or "").lower()}:
            return role.key, rest.strip()
    if wanted in organisation.people:
        return wanted, rest.strip()
    known = [*organisation.roles, *organisation.people]
    raise Refused(unknown("person or role", known, first), field="target")


def can_be_paged(organisation: Organisation, target: str) -> bool:
    """Whether PagerDuty knows whom to wake."""
    role = organisation.role(target)
    if role and role.pagerduty_policy:
        return True
    return any(member.pagerduty for member in organisation.members([target]))


def refuse_unreachable(organisation: Organisation, target: str) -> None:
    """Nobody is told that somebody is woken whom PagerDuty does not know."""
    if not can_be_paged(organisation, target):
        phone = phone_of(target, organisation)
        call = f"call {phone}." if phone else "call them."
        raise Refused(f"{organisation.title(target)} has no PagerDuty id in opsbot.yaml; {call}", field="target")
