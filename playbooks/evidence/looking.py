"""Carries out looking: the evidence of one name, within its deadline, as a receipt."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.evidence import Evidence, Subject
from bot.domain.looking import LookAt
from bot.store.evidence import read_evidence, write_evidence
from playbooks.evidence.gather import look
from playbooks.world import World

FOUND = "evidence"
AT_ONCE = 8
"""Looks under way at the same time: of forty that begin at nine o'clock each has the machine to itself before its deadline."""


class Looking:
    """The executor of `LookAt`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._turns = asyncio.Semaphore(AT_ONCE)

    def executors(self) -> Mapping[type[Effect], Callable[[LookAt, Attempt], Awaitable[Receipt]]]:
        """What is carried out here."""
        return {LookAt: self.look}

    async def look(self, effect: LookAt, attempt: Attempt) -> Receipt:
        """Whatever is found; a look that was interrupted is simply made again. Facts: `evidence`."""
        del attempt
        async with self._turns:
            return Receipt(facts={FOUND: write_evidence(await self._seen(effect))})

    async def _seen(self, effect: LookAt) -> Evidence:
        now = self._world.clock.now()
        subject = Subject(
            services=effect.services or tuple(self._world.organisation.services),
            since=effect.since,
            until=now,
            began=effect.began,
            private=effect.private,
            words=effect.words,
        )
        return await look(self._world, effect.name, subject)


def seen_in(receipt: Receipt) -> Evidence:
    """The evidence that a receipt of `LookAt` brings."""
    return read_evidence(receipt.facts[FOUND])
