"""Putting on record how attempts ended, several in one transaction, with everything that follows from them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import structlog

from bot.domain.effect import Effect, Receipt
from bot.store.due import block_method, in_flight
from bot.store.lease import Deposed
from bot.store.unit_of_work import DatabaseDown, Store, UnitOfWork
from scheduler.carrier import Carried, Carrier
from scheduler.outcome import Judge

log = structlog.get_logger(__name__)

Received = Callable[[UnitOfWork, Effect, Receipt], Awaitable[None]]
"""What follows from a receipt, in the finishing transaction; what the receipt binds is bound already."""
Buried = Callable[[UnitOfWork, Effect, int, str], Awaitable[None]]
"""What follows when an effect cannot be carried out, in the burying transaction: its serial, and why."""
Held = Callable[[UnitOfWork, Effect, str], Awaitable[None]]
"""What follows each time an effect finds that somebody outside has to do something before: what that is."""

TRIES = 5
"""How often what follows from one receipt is decided anew, when somebody else was at the same incident."""
PAUSE = 0.05


class Record:
    """Writes down what the carrier has carried out."""

    def __init__(
        self, *, store: Store, carrier: Carrier, judge: Judge, received: Received, buried: Buried, held: Held
    ) -> None:
        self._store = store
        self._carrier = carrier
        self._judge = judge
        self._received = received
        self._buried = buried
        self._held = held
        self._doubtful = False

    async def write_next(self) -> None:
        """Put on record what is urgent of what has ended, else all of it; raises like `write`."""
        await self._write(self._carrier.pressing or self._carrier.carried)

    async def write(self) -> None:
        """Put on record all that has ended. `DatabaseDown` and `Deposed` leave it for later, or for the next leader."""
        await self._write(self._carrier.carried)

    async def _write(self, ended: Sequence[Carried]) -> None:
        if not ended:
            return
        try:
            await self._finish(ended)
        except (DatabaseDown, Deposed):
            raise
        except Exception as error:  # noqa: BLE001  (each is tried by itself, and told of there)
            log.warning("what follows from receipts failed", effects=len(ended), reason=repr(error))
            for one in ended:
                await self._finish_alone(one)

    async def _finish_alone(self, one: Carried) -> None:
        """So that one receipt that cannot be applied holds up nobody else; in the end it is buried."""
        for turn in range(TRIES):
            try:
                await self._finish([one])
            except (DatabaseDown, Deposed):
                raise
            except Exception as error:  # noqa: BLE001  (told of below, unless another try helps)
                failure = error
                await asyncio.sleep(PAUSE * turn)
            else:
                return
        log.error("what follows from a receipt fails", serial=one.head.serial, exc_info=failure)
        outcome = self._judge.inapplicable(one.head, failure, self._store.clock.now())
        await self._bury(one, replace(one, outcome=outcome))

    async def _bury(self, one: Carried, buried: Carried) -> None:
        try:
            await self._finish([buried])
        except (DatabaseDown, Deposed):
            raise
        except Exception:
            log.exception("an effect is buried, and the war room could not be told", serial=one.head.serial)
            await self._finish([buried], silently=True)
        self._carrier.recorded([one])

    async def _finish(self, carried: Sequence[Carried], *, silently: bool = False) -> None:
        doubtful, self._doubtful = self._doubtful, True
        async with self._store.lead(self._carrier, "finish") as unit:
            ours = carried if not doubtful else await self._unrecorded(unit, carried)
            for one in ours:
                unit.outbox.end(one.outcome.ended)
                if not silently:
                    await self._follow(unit, one)
        self._doubtful = False
        self._carrier.recorded(carried)

    async def _unrecorded(self, unit: UnitOfWork, carried: Sequence[Carried]) -> list[Carried]:
        """After a commit of which nobody knows whether it happened: those that are not on record."""
        open_ = await in_flight(unit.connection, {one.head.serial: one.head.attempts + 1 for one in carried})
        return [one for one in carried if one.head.serial in open_]

    async def _follow(self, unit: UnitOfWork, one: Carried) -> None:
        outcome, effect = one.outcome, one.head.effect
        if outcome.blocked_until and effect.method:
            self._carrier.pace.block(effect.method, outcome.blocked_until)
            await block_method(unit.connection, effect.method, outcome.blocked_until)
        if outcome.receipt:
            await unit.bindings.bind_all(outcome.receipt.binds)
            await self._received(unit, effect, outcome.receipt)
        if outcome.ended.state == "buried":
            await self._buried(unit, effect, one.head.serial, outcome.ended.reason)
        if outcome.held_by:
            await self._held(unit, effect, outcome.held_by)


async def nobody_is_told(unit: UnitOfWork, effect: Effect, what: str) -> None:
    """For a relay whose effects are nobody's."""
    del unit, effect, what
