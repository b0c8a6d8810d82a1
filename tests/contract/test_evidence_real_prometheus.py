"""Evidence that asks Prometheus sees in Debian's real one what it sees in the practice ground's, well and broken."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.evidence import Subject, Verdict
from bot.integrations.prometheus import Prometheus
from playbooks.evidence.gather import gather
from sandbox.postgres_server import PostgresServer
from sandbox.prometheus.scraping import scraping
from tests.lookout import Lookout, lookout
from tests.real_prometheus import real_prometheus, scraped

ASKED = ("agent-runs", "row-counts", "users")
A_DAY_AND_MORE = 26 * 3600


async def findings(lookout: Lookout, queries: Prometheus | None = None) -> dict[str, list[tuple[Verdict, str]]]:
    """What is found, asking `queries` instead of the practice ground's Prometheus if it is given."""
    world = replace(lookout.world, queries=queries) if queries else lookout.world
    hour = lookout.now.replace(hour=lookout.now.hour - 1)
    found = await gather(world, ASKED, Subject(services=("agent-runtime",), since=hour, until=lookout.now))
    return {each.name: [(finding.verdict, finding.says) for finding in each.findings] for each in found}


@pytest.mark.parametrize(
    ("breakage", "shows"),
    [("", ""), ("bad-agent-update", "agent-runs"), ("permission-revoked", "agent-runs"), ("lost-data", "row-counts")],
)
async def test_both_show_the_same(
    tmp_path: Path, sqlite_store_url: str, postgres_server: PostgresServer, prometheus: str, breakage: str, shows: str
) -> None:
    async with lookout(sqlite_store_url, postgres=postgres_server) as here:
        if breakage:
            here.breaks(breakage)
            here.pass_minutes(20)
        now = here.now.timestamp()
        scrapes = scraped(scraping(here.ground.platform), since=now - A_DAY_AND_MORE, until=now)
        async with real_prometheus(prometheus, tmp_path, scrapes) as url:
            real = Prometheus(url=url, timeout=10)
            practice, found = await findings(here), await findings(here, real)
            await real.close()

    # The real one remembers a day and not four weeks, so that nothing is usual there.
    assert found.pop("users")[0][1].split(",")[0] == practice.pop("users")[0][1].split(", usually")[0].split(",")[0]
    assert found == practice
    assert {name for name, each in found.items() if any(verdict.unhealthy for verdict, _ in each)} == {shows} - {""}
