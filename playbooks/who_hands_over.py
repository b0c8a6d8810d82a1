"""Carries out looking who hands over to whom: who is on call just before a moment, and who is just after it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.handoff import GiveNotice, LookWhoHandsOver
from bot.domain.on_call import Shift
from playbooks.world import Outside, Pager, World, reached

FIRST = 1
"""The level that is woken first."""
AROUND = timedelta(minutes=2)
"""Rotas change on the minute, and so does the clock that starts a handoff."""
LATEST = timedelta(hours=12)
"""A rota that changes within this time after a handoff is the one that is handed over."""
Handing = LookWhoHandsOver | GiveNotice


class WhoHandsOver:
    """The executor of `LookWhoHandsOver`, and of `GiveNotice` as far as it looks who they are."""

    def __init__(self, world: World) -> None:
        self._world = world

    def executors(self) -> Mapping[type[Effect], Callable[[Handing, Attempt], Awaitable[Receipt]]]:
        """What is carried out here."""
        return {LookWhoHandsOver: self.look, GiveNotice: self.look}

    async def look(self, effect: Handing, attempt: Attempt) -> Receipt:
        """Facts: `outgoing` and `incoming` (PagerDuty's ids), `outgoing_name` and `incoming_name`; else `why` not."""
        del attempt
        try:
            pager = reached(self._world.pager, Outside.PAGER)
            before, after = await _around(pager, effect.policy, effect.at)
        except (CouldNotLook, NotConfigured) as error:
            return Receipt(facts={"why": str(error)})
        return Receipt(facts={**_told("outgoing", before), **_told("incoming", after)})


async def _around(pager: Pager, policy: str, at: datetime) -> tuple[Shift | None, Shift | None]:
    held, holds, coming = await asyncio.gather(
        pager.on_call(policy, at=at - AROUND),
        pager.on_call(policy, at=at + AROUND),
        pager.next_shifts(policy, since=at, until=at + LATEST),
    )
    before, after = _first(held), _first(holds)
    if before and after and before.user == after.user:
        after = next((each for each in coming if each.level == FIRST and each.user != before.user), after)
    return before, after


def _first(shifts: Sequence[Shift]) -> Shift | None:
    return next((each for each in shifts if each.level == FIRST), None)


def _told(who: str, shift: Shift | None) -> Mapping[str, str]:
    return {who: shift.user, f"{who}_name": shift.name} if shift else {}
