"""The status page is held against what is so; what should be told is offered, and a person tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.evidence import Evidence, Subject, Verdict
from bot.domain.remembered import RememberedIncident
from bot.domain.status_page import Health
from playbooks.changes import CHANGES
from playbooks.evidence.status_page import CHANGE, status_page
from playbooks.world import Memory
from tests.empty_world import Blank, empty_world

NOW = datetime(2026, 3, 9, 21, tzinfo=UTC)
DOWN = RememberedIncident(
    key="INC-3",
    title="API is down",
    severity="critical",
    status="investigating",
    declared_at=NOW - timedelta(minutes=40),
    acknowledged_at=None,
    resolved_at=None,
    services=("billing", "control-plane"),
)


class Known(Blank):
    """These incidents are open, and customers are told this."""

    def __init__(self, incidents: Sequence[RememberedIncident], told: Mapping[str, Health]) -> None:
        self._incidents = incidents
        self._told = told

    async def incidents(self, *, since: datetime) -> Sequence[RememberedIncident]:
        del since
        return self._incidents

    async def status_page(self) -> Mapping[str, Health]:
        return self._told


async def seen(*incidents: RememberedIncident, told: Mapping[str, Health]) -> Evidence:
    memory: Memory = Known(incidents, told)
    return await status_page(
        replace(empty_world(NOW), memory=memory), Subject(services=(), since=NOW - timedelta(days=1), until=NOW)
    )


async def test_what_customers_read_nothing_of_is_offered_to_be_told() -> None:
    found = await seen(DOWN, told={})
    assert found.verdict is Verdict.AMBER
    [advice] = found.advice
    assert (advice.change, advice.target) == (CHANGE, "control-plane"), "billing is not on the page"
    assert CHANGE in CHANGES


async def test_what_they_still_read_of_is_offered_to_be_taken_back() -> None:
    found = await seen(told={"web": Health.DEGRADED})
    assert found.verdict is Verdict.AMBER
    assert [advice.target for advice in found.advice] == ["web"]


async def test_where_the_page_says_what_is_so_nothing_is_offered() -> None:
    assert (await seen(told={})).advice == ()
    assert (await seen(DOWN, told={"control-plane": Health.DEGRADED})).advice == ()
