"""A drill is marked everywhere and reaches nobody who is not in it."""

import pytest

from bot.domain.incident import Incident
from tests.as_seen import labels_of
from tests.town import Town


async def _drill(town: Town, *, form: bool) -> None:
    if form:
        await town.slash("/incident declare")
        answers = {"What is wrong?": "API is down", "How bad is it?": "Critical"}
        await town.fill({**answers, "Is it real?": ("A drill: it is only practised",)})
    else:
        await town.slash("/incident drill critical API is down")


@pytest.mark.parametrize("form", [False, True])
async def test_it_is_marked_everywhere_and_reaches_nobody_outside(town: Town, *, form: bool) -> None:
    await _drill(town, form=form)

    assert town.room() == "inc-1-drill-api-is-down"
    assert "🔴 INC-1 DRILL: API is down" in town.read("INC-1 DRILL")
    assert town.topic().startswith("DRILL, critical")
    assert "INC-1 DRILL: API is down" in town.texts("critical-incidents")[0]
    assert town.ground.pagerduty.incidents == []
    assert "A drill pages nobody." in town.texts()[0]
    assert town.directs("cho") == []
    assert {"Status page", "Escalate", "Page"}.isdisjoint(labels_of(town.find("INC-1 DRILL")))


async def test_nobody_is_woken_or_told_however_long_nobody_answers(town: Town) -> None:
    await _drill(town, form=False)
    await town.pass_time(minutes=40)

    assert town.ground.pagerduty.incidents == []
    assert town.directs("eli") == town.directs("gus") == []
    assert "Nobody has acknowledged it." in town.read("An answer was due")


async def test_what_reaches_outside_is_refused_in_a_sentence(town: Town) -> None:
    await _drill(town, form=False)
    room = town.room()

    assert "is a drill. Nobody is paged" in await town.slash("/incident page cto", where=room)
    assert "is a drill. Nobody is escalated to" in await town.slash("/incident escalate", where=room)
    assert "is a drill; nothing of it goes to the status page" in (
        await town.slash("/incident status-page investigating Logins fail", where=room)
    )


async def test_it_is_played_to_its_end(town: Town) -> None:
    await _drill(town, form=False)
    await town.press("Take command", by="ben")
    await town.slash("/incident update INC-1 We look into it", by="ben")
    await town.slash("/incident resolve INC-1 Restarted", by="ben")

    assert "DRILL" in town.texts("critical-incidents")[0]
    assert not (await _incident(town)).counted


async def _incident(town: Town) -> Incident:
    async with town.bot.store.look() as unit:
        incident = await unit.incidents.get(1)
    assert incident
    return incident
