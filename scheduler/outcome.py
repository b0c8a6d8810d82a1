"""Outcomes: what an attempt's end means for the effect, and when it is tried again."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.effect import Receipt
from bot.domain.errors import GiveUp, Held, Retry, Unsure
from bot.store.head import Ended, Head
from scheduler.pace import LONGEST_BLOCK, URGENT

LONGEST_BACKOFF = 60.0
SPREAD = 0.25
LONGEST_RETRY = 86_400.0
SHORTEST_BLOCK = timedelta(seconds=1)
MOST_SURPRISES = 5
"""How often an effect may fail in a way nobody thought of before an operator is asked."""


@dataclass(frozen=True, kw_only=True)
class Settle:
    """How long a call of unknown outcome may still take effect, before anybody looks whether it did."""

    seconds: float = 15.0
    urgent_seconds: float = 5.0

    def after(self, priority: int) -> timedelta:
        return timedelta(seconds=self.urgent_seconds if priority >= URGENT else self.seconds)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt ended, with what it brought, and until when its method was told to wait."""

    ended: Ended
    receipt: Receipt | None = None
    blocked_until: datetime | None = None
    held_by: str = ""
    """What it waits for that somebody outside has to do."""


class Judge:
    """Says what becomes of an effect after an attempt."""

    def __init__(self, settle: Settle, dice: Callable[[], float] = random.random) -> None:
        self._settle = settle
        self._dice = dice

    def done(self, head: Head, receipt: Receipt, now: datetime) -> Outcome:
        return Outcome(ended=_ended(head, "done", now, look=True), receipt=receipt)

    def failed(self, head: Head, error: BaseException, now: datetime) -> Outcome:
        """Every error has its answer; one nobody thought of is an unknown outcome, and in the end an operator's."""
        match error:
            case Retry():
                return self._again(head, error, now)
            case GiveUp():
                return Outcome(ended=_ended(head, "buried", now, look=head.look, reason=str(error)))
            case Unsure() | TimeoutError():
                return self.unsure(head, str(error) or "It took too long.", now)
            case _ if head.failures + 1 >= MOST_SURPRISES:
                return Outcome(ended=_ended(head, "buried", now, look=True, reason=_surprise(error)))
            case _:
                return self.unsure(head, _surprise(error), now)

    def inapplicable(self, head: Head, error: Exception, now: datetime) -> Outcome:
        """It was carried out, and what follows from it could not be: to try again is to find it done."""
        reason = f"It was done, but what follows from it failed: {_surprise(error)}"
        return Outcome(ended=_ended(head, "buried", now, look=True, reason=reason))

    def unsure(self, head: Head, reason: str, now: datetime) -> Outcome:
        """It may have happened, or happen yet: wait, and look before trying again."""
        wait = self._settle.after(head.priority)
        if head.failures:
            wait = max(wait, self._backoff(head.failures))
        failures = head.failures + 1
        return Outcome(ended=_ended(head, "pending", now + wait, look=True, failures=failures, reason=reason))

    def _again(self, head: Head, error: Retry, now: datetime) -> Outcome:
        """It certainly did not happen: nothing new is to be looked for."""
        given = error.after is not None and math.isfinite(error.after)
        wait = _seconds(error.after or 0) if given else self._backoff(head.failures)
        if error.throttled:
            wait = min(max(wait, SHORTEST_BLOCK), LONGEST_BLOCK)
        ended = _ended(
            head,
            "pending",
            now + wait,
            look=head.look,
            failures=head.failures if given or error.throttled else head.failures + 1,
            reason=str(error),
        )
        if error.note is not None:
            ended = replace(ended, note=error.note)
        held_by = error.what if isinstance(error, Held) else ""
        return Outcome(ended=ended, blocked_until=now + wait if error.throttled else None, held_by=held_by)

    def _backoff(self, failures: int) -> timedelta:
        longest = min(LONGEST_BACKOFF, 2.0 ** min(failures, 10))
        return timedelta(seconds=longest * (1 + SPREAD * (2 * self._dice() - 1)))


def _ended(
    head: Head, state: str, due_at: datetime, *, look: bool, failures: int | None = None, reason: str = ""
) -> Ended:
    return Ended(
        serial=head.serial,
        lane=head.lane,
        state=state,
        look=look,
        due_at=due_at,
        failures=head.failures if failures is None else failures,
        note=head.note,
        reason=reason,
    )


def _seconds(after: float) -> timedelta:
    return timedelta(seconds=min(max(after, 0.0), LONGEST_RETRY))


def _surprise(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
