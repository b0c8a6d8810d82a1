"""The configuration is backed up every night in silence, unless something changed; a restore test is offered once a month."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sandbox.postgres_server import PostgresServer
from tests.town import Plan, opened

BEFORE_THE_BACKUP = datetime(2026, 3, 10, 3, 14, tzinfo=UTC)
BEFORE_TEN = datetime(2026, 3, 10, 13, 59, tzinfo=UTC)
"""The second Tuesday of March, 09:59 in New York."""


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "config-backups" / "daily").glob("*.json"))


async def test_a_night_on_which_nothing_changed_says_nothing_and_a_change_is_told(
    plan: Plan, postgres_server: PostgresServer
) -> None:
    nights = replace(plan, start=BEFORE_THE_BACKUP, schedules="all: off\nconfig-backup: on", cloud=postgres_server)
    async with opened(nights) as town:
        await town.pass_time(minutes=1)
        await town.pass_time(minutes=24 * 60)
        folder = town.settings().config.parent
        assert len(kept(folder)) == 2
        assert town.texts("alerts") == []

        with town.settings().config.open("a") as own:
            own.write("# somebody was here\n")
        await town.pass_time(minutes=24 * 60)
        [told] = town.texts("alerts")
        assert "Configuration backup" in told
        assert "opsbot.yaml: 1 line added" in told
        assert len(kept(folder)) == 3


async def test_a_restore_test_is_offered_and_a_person_asks_for_it(plan: Plan, postgres_server: PostgresServer) -> None:
    tuesday = replace(plan, start=BEFORE_TEN, schedules="all: off\nrestore-test: on", cloud=postgres_server)
    async with opened(tuesday) as town:
        await town.pass_time(minutes=1)
        [offered] = [text for text in town.texts("alerts") if "Restore test" in text]
        assert "no backup has been restored to see whether it can be" in offered

        await town.press("Test a restore", where="alerts", by="dee")
        assert any("agent-marketplace-db-test" in text for text in town.texts("alerts")), "its plan waits for agreement"
