"""A rota in which nobody has a turn is not well."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.domain.evidence import Subject, Verdict
from bot.domain.on_call import Shift
from playbooks.evidence.rota import rota
from playbooks.world import Pager
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
ANA = Shift(user="PANA", name="Ana", level=1, since=NOW - timedelta(days=1), until=None)


class Held:
    """A pager of which these are on call, and nobody takes over."""

    def __init__(self, *shifts: Shift) -> None:
        self._shifts = shifts

    async def on_call(self, policy: str, *, at: datetime) -> Sequence[Shift]:
        del policy, at
        return self._shifts

    async def next_shifts(self, policy: str, *, since: datetime, until: datetime) -> Sequence[Shift]:
        del policy, since, until
        return ()


@pytest.mark.parametrize(
    ("pager", "verdict", "says"),
    [(Held(ANA), Verdict.GREEN, "whoever is on call stays"), (Held(), Verdict.RED, "Nobody is on call now")],
)
async def test_nobody_takes_over_is_well_only_where_somebody_stays(pager: Held, verdict: Verdict, says: str) -> None:
    world = replace(empty_world(NOW), pager=cast("Pager", pager))

    found = await rota(world, Subject(services=(), since=NOW, until=NOW))

    assert found.verdict is verdict
    assert says in found.findings[0].says
