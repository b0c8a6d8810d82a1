"""Who is on call: when PagerDuty does not say, whom to call is said all the same."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from bot.domain.evidence import CouldNotLook, Subject, Verdict
from bot.domain.on_call import Coverage, Shift
from playbooks.evidence.on_call import on_call
from playbooks.world import Pager
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)


WHY = "PagerDuty does not answer; try again in a minute."


class Down:
    """An account that cannot be reached."""

    async def on_call(self, policy: str, *, at: datetime) -> Sequence[Shift]:
        del policy, at
        raise CouldNotLook(WHY)

    async def next_shifts(self, policy: str, *, since: datetime, until: datetime) -> Sequence[Shift]:
        del policy, since, until
        raise CouldNotLook(WHY)

    async def coverage(self, policy: str, *, since: datetime, until: datetime) -> Coverage:
        del policy, since, until
        raise CouldNotLook(WHY)


async def test_whom_to_call_is_said_when_pagerduty_does_not_answer() -> None:
    world = replace(empty_world(NOW), pager=cast("Pager", Down()))

    found = await on_call(world, Subject(services=(), since=NOW - timedelta(hours=1), until=NOW))

    assert found.verdict is Verdict.COULD_NOT_LOOK
    assert world.organisation.paging.phone_fallback in found.findings[0].says
    assert WHY in found.findings[0].says
