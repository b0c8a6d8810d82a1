"""What `opsbot doctor` says of the people whom an incident reaches: whether each can be reached as the file says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.organisation import Member, Organisation, Reach


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A role or person whom a severity reaches, what they are called, and what keeps them from being reached."""

    title: str
    troubles: tuple[str, ...]


def contacts(organisation: Organisation, *, in_slack: Mapping[str, str]) -> Iterator[Contact]:
    """Everybody whom an incident pages, informs or invites; `in_slack` says what is wrong with a Slack id."""
    for target, is_paged in _targets(organisation).items():
        members = organisation.members([target])
        troubles = [each for member in members for each in _troubles(member, in_slack)]
        if not members and not organisation.user_groups([target]):
            troubles.append(f"is nobody: give {target} people in opsbot.yaml")
        if is_paged:
            troubles += _unpageable(target, members, organisation)
        yield Contact(title=organisation.title(target), troubles=tuple(dict.fromkeys(troubles)))


def everybody(organisation: Organisation) -> Iterable[str]:
    """The Slack ids of all whom an incident may reach."""
    return [member.slack for member in organisation.members(_targets(organisation))]


def _targets(organisation: Organisation) -> dict[str, bool]:
    """Each target once, and whether it is paged by any severity."""
    found: dict[str, bool] = {}
    for policy in organisation.severities.values():
        for rung in policy.escalation:
            found[rung.target] = found.get(rung.target, False) or rung.how is Reach.PAGE
        for target in (*policy.responders, *policy.inform):
            found.setdefault(target, False)
    for target in organisation.private_inform:
        found.setdefault(target, False)
    return found


def _troubles(member: Member, in_slack: Mapping[str, str]) -> Iterator[str]:
    if trouble := in_slack.get(member.slack):
        yield f"{member.name} ({member.slack}) {trouble}: correct `slack:` of {member.key} in opsbot.yaml"


def _unpageable(target: str, members: Iterable[Member], organisation: Organisation) -> Iterator[str]:
    """Whom a page must wake needs PagerDuty, and a telephone for when PagerDuty cannot be reached."""
    role = organisation.role(target)
    if not (role and role.pagerduty_policy):
        for member in members:
            if not member.pagerduty:
                yield f"{member.name} is paged and not in PagerDuty: add `pagerduty:` to {member.key} in opsbot.yaml"
    if not (role and role.phone) and not any(member.phone for member in members):
        yield f"has no telephone for when PagerDuty fails: add `phone:` to {target} in opsbot.yaml"
