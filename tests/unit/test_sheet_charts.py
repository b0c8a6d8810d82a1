"""What a run saw is one picture: first what is not well, then the whole, then one chart of each; at most six."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.chart import Chart
from bot.domain.evidence import Evidence, Finding, Verdict
from bot.domain.looking import ShareSheet
from bot.domain.start import Glance
from playbooks.beginning import Somewhere, begin
from playbooks.deciding import Deciding
from playbooks.parameters import Told
from playbooks.sheet_charts import SheetCharts, chosen
from playbooks.stretch import USUAL
from tests.looked import QUICK, SLOW, charts, looking_catalogue, opened
from tests.war_room import ANA, START, WarRoom


def chart(title: str, subject: str = "") -> Chart:
    return Chart(title=title, unit="ms", alt=f"{title}.", traces=(), subject=subject)


def evidence(name: str, **verdicts: Verdict) -> Evidence:
    found = tuple(Finding(verdict=verdict, says=name, subject=subject) for subject, verdict in verdicts.items())
    return Evidence(name=name, findings=found, looked_at=START)


LATENCY = (
    evidence("latency", web=Verdict.GREEN, api=Verdict.AMBER),
    (chart("slow web", "web"), chart("slow api", "api")),
)
ERRORS = (
    evidence("errors", web=Verdict.GREEN, api=Verdict.GREEN),
    (chart("errors web", "web"), chart("errors api", "api")),
)
DAY = (evidence("day", web=Verdict.GREEN), (chart("users"), chart("runs")))
DISK = (evidence("disk", db=Verdict.RED), (chart("disk", "db"),))


def titles(found: list[tuple[Evidence, tuple[Chart, ...]]], *, quiet: bool = False) -> list[str]:
    return [each.title for each in chosen(found, quiet=quiet)]


def test_what_is_not_well_comes_first_then_the_whole_then_one_of_each() -> None:
    assert titles([LATENCY, ERRORS, DAY, DISK]) == ["disk", "slow api", "users", "runs", "errors web"]


def test_a_quiet_check_draws_only_what_is_not_well() -> None:
    assert titles([LATENCY, ERRORS, DAY], quiet=True) == ["slow api"]
    assert titles([ERRORS, DAY], quiet=True) == []


def test_a_quiet_check_draws_what_somebody_decides_by_too() -> None:
    proof = (evidence("window-traffic", x=Verdict.GREEN), (replace(chart("the week"), proof=True),))
    assert titles([ERRORS, proof, LATENCY], quiet=True) == ["slow api", "the week"]


def test_there_are_never_more_than_six() -> None:
    many = [(evidence(f"e{number}", x=Verdict.GREEN), (chart(f"c{number}", "x"),)) for number in range(9)]
    assert titles(many) == ["c0", "c1", "c2", "c3", "c4", "c5"]


@pytest.fixture
async def room(sqlite_store_url: str, tmp_path: Path) -> AsyncIterator[WarRoom]:
    async with opened(sqlite_store_url, looking_catalogue(tmp_path)) as room:
        yield room


async def test_a_list_that_is_looked_at_shares_one_picture_when_all_was_seen(room: WarRoom, tmp_path: Path) -> None:
    backups = replace(QUICK, name="backups", charts=(chart("sizes"),))
    room.outside.seen = {"latency": SLOW, "backups": backups}
    async with room.store.begin() as unit:
        deciding = Deciding(store=room.store, organisation=room.organisation)
        playbook = looking_catalogue(tmp_path).find("night-check")
        await begin(
            unit, deciding, playbook, Somewhere(channel="C0GENERAL"), by=ANA, told=Told(), glance=Glance(window=USUAL)
        )
    await room.settle(3)

    (shared,) = [effect for effect in room.outside.done if isinstance(effect, ShareSheet)]
    assert charts(room) == []
    drawn = await SheetCharts(room.store).charts_of(shared)
    assert [each.title for each in drawn] == ["Latency", "sizes"]
