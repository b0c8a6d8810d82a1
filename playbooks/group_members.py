"""Who belongs to the groups that may change production, asked outside at this moment."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.membership import Membership
from playbooks.authorization import PAGERDUTY
from playbooks.world import Outside, World, reached

FIRST = 1
"""The level of an escalation policy that is woken first: whoever is on call behind it is somebody's boss."""


class UserGroups(Protocol):
    """Slack's user groups."""

    async def members(self, group: str) -> frozenset[str]: ...


class GroupMembers:
    """The groups outside."""

    def __init__(self, *, world: World, user_groups: UserGroups) -> None:
        self._world = world
        self._user_groups = user_groups

    async def look(self, groups: Iterable[str]) -> tuple[Membership, ...]:
        """The members of those groups that could be looked at; the others are left out, and let nobody through."""
        now = self._world.clock.now()
        found = await asyncio.gather(*(self._members(group, now) for group in groups))
        return tuple(each for each in found if each)

    async def _members(self, group: str, now: datetime) -> Membership | None:
        try:
            users = await self._users(group, now)
        except (CouldNotLook, NotConfigured):
            return None
        return Membership(group=group, users=users, looked_at=now)

    async def _users(self, group: str, now: datetime) -> frozenset[str]:
        if not group.startswith(PAGERDUTY):
            return await self._user_groups.members(group)
        shifts = await reached(self._world.pager, Outside.PAGER).on_call(group.removeprefix(PAGERDUTY), at=now)
        people = (self._world.organisation.person_by_pagerduty(each.user) for each in shifts if each.level == FIRST)
        return frozenset(person.slack for person in people if person)
