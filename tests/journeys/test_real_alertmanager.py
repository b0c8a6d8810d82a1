"""The real Alertmanager of Debian, as the practice ground's stands in for it everywhere else."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.real_alertmanager import LONGEST, alertmanager_path, real_alertmanager
from tests.town import Town

SLOW = {"alertname": "ApiSlow", "service": "web", "severity": "warning"}


@pytest.fixture(scope="module")
def program() -> str:
    """The path of an Alertmanager; without one the test is skipped, but never where CI is set."""
    found = alertmanager_path()
    advice = (
        "no Alertmanager was found: install it (apt-get install prometheus-alertmanager), or set ALERTMANAGER to one"
    )
    if not found and os.environ.get("CI"):
        pytest.fail(advice)
    return found or pytest.skip(advice)


async def test_its_alerts_are_one_suggestion_that_says_when_they_stop(town: Town, program: str, tmp_path: Path) -> None:
    token = town.ground.environment()["ALERTMANAGER_TOKEN"]
    async with real_alertmanager(program, tmp_path, address=town.bot.address, token=token) as real:
        await real.tell({**SLOW, "instance": "1"}, "The web application is slow")
        await until_told(town, "1 alert from")
        await real.tell({**SLOW, "instance": "2"}, "The web application is slow")
        await until_told(town, "2 alerts from")
        for instance in ("1", "2"):
            await real.tell({**SLOW, "instance": instance}, "The web application is slow", over=True)
        await until_told(town, "stopped")

    assert town.count("The web application is slow", "alerts") == 1
    told = town.read("The web application is slow", "alerts")
    assert "2 alerts from Alertmanager" in told
    assert "Services: Web application" in told


async def until_told(town: Town, words: str) -> None:
    """Returns once the alerts channel says so: another program's time passes by itself."""
    async with asyncio.timeout(LONGEST):
        while not any(words in text for text in town.texts("alerts")):
            await asyncio.sleep(0.02)
            await town.settle()
