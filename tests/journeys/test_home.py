"""App Home: what waits for somebody, what is open, who is on call; kept up to date while they look at it."""

from tests.as_seen import words_of
from tests.town import Plan, Town, opened


def home(town: Town, of: str = "ana") -> str:
    """What stands in somebody's Home."""
    view = town.ground.desk.views.home(town.id_of(of))
    assert view, f"{of} has no Home"
    return words_of(view)


async def open_home(town: Town, of: str = "ana") -> str:
    await town.ground.acting.open_home(of)
    await town.settle()
    return home(town, of)


async def test_home_says_who_is_on_call_and_that_nothing_waits(town: Town) -> None:
    said = await open_home(town)

    assert "Declare an incident" in said
    assert "No open step is yours." in said
    assert "Open incidents" in said
    assert "None." in said
    assert "Level 1" in said
    assert "As of" in said


async def test_home_follows_an_incident_while_it_is_open(town: Town) -> None:
    await open_home(town, "ben")
    await town.slash("/incident declare critical API is down")
    assert "INC-1 API is down" in home(town, "ben")
    assert "Next update" in home(town, "ben")

    await town.slash("/incident role INC-1 scribe @ben")
    await town.slash("/incident task INC-1 Write to the customers @ben")
    assert "Write to the customers" in home(town, "ben")

    await town.slash("/incident resolve INC-1 We rolled back")
    assert "None." in home(town, "ben")


async def test_a_private_incident_shows_only_in_the_homes_of_those_who_know_of_it(town: Town) -> None:
    await town.slash("/incident declare")
    await town.fill(
        {
            "What is wrong?": "A leaked key",
            "How bad is it?": "Critical",
            "Is it confidential?": ("Private: only those who are invited see it",),
        }
    )
    assert "A leaked key" in await open_home(town, "ana")
    assert "A leaked key" not in await open_home(town, "gus")


async def test_that_pagerduty_could_not_be_asked_is_shown(town: Town) -> None:
    town.breaks("http_500", "GET /oncalls", times=None, target="pagerduty")
    assert "Could not look" in await open_home(town)

    town.heals()
    assert "Level 1" in await open_home(town)


async def test_an_incident_is_declared_from_home(town: Town) -> None:
    await open_home(town)
    view = town.ground.desk.views.home(town.id_of("ana"))
    assert view
    outcome = await town.ground.acting.press("ana", view=view["id"], action_id="declare")
    assert outcome.ok
    await town.settle()
    await town.fill({"What is wrong?": "API is down", "How bad is it?": "Critical"})

    assert "INC-1 API is down" in home(town)
    assert any("Declared INC-1" in text for text in town.directs("ana"))


async def test_observe_mode_is_shown_on_home_card_and_nowhere_else(plan: Plan) -> None:
    async with opened(Plan(folder=plan.folder, database=plan.database, environment={"OPSBOT_MODE": "observe"})) as town:
        await town.slash("/incident declare critical API is down")
        assert "Observe mode" in await open_home(town)
        assert "Observe mode" in town.read("Critical · declared")
        assert "Observe mode" not in town.read("INC-1", "critical-incidents")


async def test_home_is_not_shown_anew_for_ever(town: Town) -> None:
    await open_home(town)
    await town.pass_time(minutes=31)
    before = _published(town)
    await town.slash("/incident declare low A typo")
    assert _published(town) == before


def _published(town: Town) -> int:
    return sum(entry.name == "views.publish" for entry in town.ground.log.entries())
