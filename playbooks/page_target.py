"""Whom somebody wants woken, as they write it: a mention, a person, a role, an escalation policy of PagerDuty's."""

from bot.domain.errors import Refused
from bot.organisation import Organisation
from playbooks.mistakes import unknown


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
