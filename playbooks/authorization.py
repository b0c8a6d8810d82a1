"""Who may change production: pure policy, which says by what somebody may, or who could instead.

Nobody may who is not named, and a group that could not be looked at lets nobody through.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.membership import Membership
from bot.domain.message import Line, Person
from bot.organisation import USER_GROUP, Organisation

PAGERDUTY = "pagerduty/"
MOST_NAMED = 6


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """Whether somebody may: by which `role` (a target's name); `unseen` are groups of which nobody could tell now."""

    role: str = ""
    unseen: tuple[str, ...] = ()

    @property
    def may(self) -> bool:
        return bool(self.role)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The operator's file, and who belongs to the groups that it names, at a moment."""

    organisation: Organisation
    now: datetime
    members: Mapping[str, Membership] = field(default_factory=dict)

    def ruling(self, user: str, targets: Iterable[str]) -> Ruling:
        """Whether somebody is behind any of the targets."""
        unseen: list[str] = []
        for target in targets:
            if any(member.slack == user for member in self.organisation.members([target])):
                return Ruling(role=target)
            for group in groups_of(self.organisation, [target]):
                known = self.members.get(group)
                if known is None or not known.fresh(self.now):
                    unseen.append(group)
                elif user in known.users:
                    return Ruling(role=target)
        return Ruling(unseen=tuple(unseen))

    def asking(self, user: str, kind: str) -> Ruling:
        """Whether somebody may ask for a kind of change."""
        return self.ruling(user, self.organisation.changes.who_may_ask(kind))

    def people(self, targets: Iterable[str]) -> tuple[str, ...]:
        """Everybody behind the targets, by Slack user id, as far as it is known; those of the file first."""
        named = [member.slack for target in targets for member in self.organisation.members([target])]
        grouped = (self.members[each] for each in groups_of(self.organisation, targets) if each in self.members)
        return tuple(dict.fromkeys((*named, *(user for group in grouped for user in sorted(group.users)))))

    def who_could(self, targets: tuple[str, ...], *, but: Iterable[str] = ()) -> Line:
        """The people behind the targets in words, without some; who cannot be listed is named by their group."""
        people = [user for user in self.people(targets) if user not in set(but)]
        groups = [group for group in self.organisation.user_groups(targets) if group not in self.members]
        spans: list[Person | str] = [Person(user=user) for user in people[:MOST_NAMED]]
        spans += [f"group {group}" for group in groups]
        if len(people) > MOST_NAMED:
            spans.append(f"{len(people) - MOST_NAMED} more")
        if not spans:
            return ("nobody: opsbot.yaml names none (under changes)",)
        return tuple(part for number, span in enumerate(spans) for part in ((", ", span) if number else (span,)))


def groups_of(organisation: Organisation, targets: Iterable[str]) -> tuple[str, ...]:
    """The groups outside that belong to targets: Slack user groups, and the rotas of roles."""
    return tuple(dict.fromkeys(group for target in targets for group in _groups(organisation, target)))


def _groups(organisation: Organisation, target: str) -> tuple[str, ...]:
    if USER_GROUP.fullmatch(target):
        return (target,)
    role = organisation.role(target)
    return (f"{PAGERDUTY}{role.pagerduty_policy}",) if role and role.pagerduty_policy else ()
