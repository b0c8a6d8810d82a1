"""A maintenance from its announcement to its end: what customers, those who do it and the status page see."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx

from sandbox.postgres_server import PostgresServer
from tests.town import Plan, Town, opened

MONTHLY = "all: off\ndatabase-maintenance: on\ninfrastructure-maintenance: on"
BEFORE_ANNOUNCING = datetime(2026, 3, 20, 13, 55, tzinfo=UTC)
"""Friday, 09:55 in New York, sixteen days before the first Sunday of a quarter."""
DOWN = {"alertname": "ApiDown", "service": "control-plane", "severity": "critical"}
BEGINS = datetime(2026, 4, 5, 2, tzinfo=UTC)


async def jump(town: Town, to: datetime) -> None:
    """The clock is at a moment, and all that was due by then has happened."""
    await town.pass_time(minutes=(to - town.now) / timedelta(minutes=1))


async def page(town: Town) -> dict[str, object]:
    """What the status page says."""
    async with httpx.AsyncClient() as client:
        found: dict[str, object] = (await client.get(f"{town.bot.address}/status.json")).json()
        return found


async def test_a_quarters_maintenance_from_its_announcement_to_its_end(plan: Plan) -> None:
    async with opened(replace(plan, start=BEFORE_ANNOUNCING, schedules=MONTHLY)) as town:
        assert town.texts("announcements") == []
        await town.pass_time(minutes=5)
        [announced] = town.texts("announcements")
        assert "Database and infrastructure maintenance on Sunday 5 April, 02:00–06:00 UTC" in announced
        [window] = (await page(town))["maintenances"]  # type: ignore[misc]
        assert window["stage"] == "scheduled"

        [letter] = town.ground.mail.letters
        assert "on Sunday 5 April, 02:00-06:00 UTC" in letter.subject

        await town.stop()
        town.ground.clock.advance(timedelta(days=9).total_seconds())
        await town.start()
        await town.settle()
        assert len(town.texts("announcements")) == 2, "the reminder was missed"
        assert "Sorry that this comes late" in town.texts("announcements")[1]

        await jump(town, BEGINS - timedelta(hours=24))
        assert "go or no-go" in "".join(town.texts("alerts"))
        await town.press("Go", where="alerts", by="ana")
        await jump(town, BEGINS)
        assert "has begun" in town.texts("announcements")[2]
        assert "Before" in "".join(town.texts("alerts"))

        await jump(town, BEGINS + timedelta(minutes=30))
        assert "how does it go" in town.texts("alerts")[-1]
        assert "PagerDuty wakes nobody for it" in town.texts("alerts")[0]
        await town.press("Say how it goes", where="alerts", by="ana")
        await town.fill({"How does it go?": "Half of it is done."}, by="ana")
        assert "Half of it is done." in town.texts("announcements")[-1]

        alert = town.ground.alertmanager.fire(DOWN)
        await town.settle()
        assert "MNT-1 goes on there" in town.read("ApiDown", "alerts")
        assert not town.rooms(), "no rule declares what is the maintenance's doing"

        await jump(town, BEGINS + timedelta(hours=4))
        assert "its time was over" in "".join(town.texts("alerts"))
        await town.press("30 min longer", where="alerts", by="ana")
        assert "takes longer" in town.texts("announcements")[-1]

        await town.press("The work is done", where="alerts", by="ana")
        await town.press("All is well: end it", where="alerts", by="ana")
        await town.fill({"What was done": "Faster disks."}, by="ana")
        assert "is over" in town.texts("announcements")[-1]
        assert "Faster disks." in town.texts("announcements")[-1]
        await town.pass_time(seconds=10)
        assert "Faster disks." in list(town.ground.mail.letters)[-1].text
        assert "PagerDuty wakes people for it again" in town.texts("alerts")[0]
        [window] = (await page(town))["maintenances"]  # type: ignore[misc]
        assert window["stage"] == "completed"

        town.ground.alertmanager.resolve(alert)
        town.ground.alertmanager.fire(DOWN)
        await town.settle()
        assert town.rooms(), "afterwards it is nobody's doing but an outage's"


async def test_what_is_planned_shows_at_once_how_quiet_its_time_is(plan: Plan, postgres_server: PostgresServer) -> None:
    async with opened(replace(plan, cloud=postgres_server)) as town:
        await town.slash("/ops maintenance plan 2026-04-05 02:00 UTC 2h control-plane: Move to the new cache")

        card = town.find("MNT-1 Move to the new cache", "alerts")
        below = [each for each in town.messages("alerts") if each.get("thread_ts") == card["ts"]]
        said = town.read("Is it a quiet time?", "alerts")
        assert "Sun 5 Apr 02:00–04:00 UTC (Sat 22:00–00:00 EDT): " in said
        assert "of the busiest hour" in said
        assert "for <@U0ANA>" in said
        [picture] = [file for each in below for file in each.get("files") or ()]
        assert picture["mimetype"] == "image/png"
        assert "as a heat-map, with the window of MNT-1 framed. Sun 5 Apr" in picture["alt_txt"]

        await town.slash("/ops maintenance plan 2026-03-10 15:00 UTC 2h control-plane: Move to the new cache")
        await town.pass_time(minutes=65)
        decided = town.read("Go or no-go", "alerts")
        assert "Tue 10 Mar 15:00–17:00 UTC (Tue 11:00–13:00 EDT): " in decided
        assert "plan it there if you can" in decided
        pictures = [file for each in town.messages("alerts") for file in each.get("files") or ()]
        assert ["MNT-2 framed" in each["alt_txt"] for each in pictures] == [False, True, True], (
            "planned, and go or no-go"
        )
