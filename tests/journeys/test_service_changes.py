"""Services are changed from Slack: what people type, who agrees, what they read, and what nobody is shown."""

from collections.abc import AsyncIterator
from dataclasses import asdict, replace

import pytest

from sandbox.postgres_server import PostgresServer
from sandbox.world.build import Build, commit_of
from tests.town import Plan, Town, opened


@pytest.fixture
async def town(plan: Plan, postgres_server: PostgresServer) -> AsyncIterator[Town]:
    async with opened(replace(plan, cloud=postgres_server)) as town:
        yield town


def serving(town: Town, service: str) -> dict[str, int]:
    at = town.now.timestamp()
    shares = town.ground.platform.service(service).serving(at)
    return {share.revision.name.removeprefix(f"{service}-"): share.percent for share in shares if share.percent}


async def agreed(town: Town, *, by: str = "ben") -> None:
    await town.press("Agree", by=by, where="alerts")
    for _ in range(6):
        await town.pass_time(seconds=4)


async def test_a_service_that_does_not_start_is_healed_and_its_value_is_shown_nowhere(town: Town) -> None:
    town.ground.platform.break_("wont-start")
    await town.pass_time(minutes=9)

    await town.slash("/ops env billing INVOICE_CURRENCY=unmistakable", where="alerts")
    assert "Set INVOICE_CURRENCY of Billing" in town.read("CHG-1", "alerts")
    await agreed(town)

    assert town.ground.platform.broken() == []
    assert serving(town, "billing") == {"00043": 100}
    await town.pass_time(minutes=8)
    assert "done" in town.read("CHG-1", "alerts")
    shown = "\n".join([*town.texts("alerts"), *town.directs("ben"), *town.all_whispered("ana")])
    assert "unmistakable" not in shown
    async with town.bot.store.look() as unit:
        kept = "\n".join([repr(each) async for each in unit.audit.entries()])
    assert "INVOICE_CURRENCY" in kept
    assert "unmistakable" not in kept


async def test_a_secret_is_refused_before_anything_is_kept(town: Town) -> None:
    answer = await town.slash("/ops env billing PAYMENT_KEY=hunter2", where="alerts")
    assert "PAYMENT_KEY=secret:NAME@VERSION" in answer
    assert "hunter2" not in "\n".join(town.texts("alerts"))


async def test_a_leak_is_put_off_by_a_restart(town: Town) -> None:
    town.ground.platform.break_("memory-leak")
    await town.pass_time(minutes=15)

    await town.slash("/ops restart agent-runtime", where="alerts")
    await agreed(town)

    assert serving(town, "agent-runtime") == {"00043": 100}


async def test_a_version_is_deployed_while_people_do_other_things(town: Town) -> None:
    commit = commit_of("web", title="Show prices", author="ben@example.com", at=town.now, files=("src/a.py",))
    build = Build(service="web", version="1.9.0", commit=commit)
    town.ground.platform.chronicle.happen("built", of="web", by="ben@example.com", detail=asdict(build))

    await town.slash("/deploy web 1.9.0", where="alerts")
    refused = town.read("CHG-1", "alerts")
    assert "The pre-deployment checklist of 1.9.0 is not green: not deployed to staging" in refused
    assert "waive WHY" in refused

    await town.pass_time(minutes=65)
    await town.slash("/deploy web 1.9.0", where="alerts")
    assert "its pre-deployment checklist is green" in town.read("CHG-2 · Deploy", "alerts")
    await agreed(town)
    for _ in range(60):
        await town.pass_time(seconds=30)

    assert serving(town, "web") == {"00042": 100}
    assert not town.ground.platform.service("web").pinned


async def test_closing_a_service_is_left_to_a_person_unless_the_operator_allows_it(town: Town) -> None:
    await town.slash("/ops isolate billing", where="alerts")
    card = town.read("gcloud run services update billing", "alerts")
    assert "--ingress internal" in card
    assert town.ground.platform.service("billing").reachable


async def test_who_may_not_is_told_who_may(town: Town) -> None:
    await town.slash("/ops restart web", by="gus")
    told = town.read("CHG-1", town.direct("gus"))
    assert told == "CHG-1 Restart web: You may not ask for “Restart”. Who may: <@U0ANA>, <@U0BEN>, <@U0DEE>."
    assert not town.texts("general"), "nothing was planned, so there is no card"
    assert serving(town, "web") == {"00041": 100}
