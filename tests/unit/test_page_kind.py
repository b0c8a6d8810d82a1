"""Paging somebody as a change: one press, in a freeze too, nobody woken twice, and a sentence with a phone where it fails."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.change import Change
from bot.domain.errors import Refused
from bot.domain.evidence import NotConfigured
from bot.domain.incident import Incident, Severity
from bot.domain.plan import Plan, Risk
from playbooks.changes.kind import Lacking
from playbooks.changes.page import PAGE
from playbooks.hands import Hands
from sandbox.pagerduty.incident import Incident as Woken
from tests.telling import Telling, telling

PAGING = "POST /incidents"


@pytest.fixture
async def desk() -> AsyncIterator[Telling]:
    async with telling() as desk:
        yield desk


def woken(desk: Telling) -> list[Woken]:
    return desk.pagerduty.pagerduty.incidents


async def test_a_person_is_woken_and_acknowledging_is_seen(desk: Telling) -> None:
    plan = await desk.plan(PAGE, "dee We need a decision")
    assert (plan.risk, plan.title, plan.after) == (
        Risk.SAFE,
        "Page Dee Park",
        "Dee Park is woken, until somebody acknowledges",
    )
    assert PAGE.freeze_exempt
    assert (await desk.carry_out(PAGE, plan)).says == "PagerDuty took the page to Dee Park."
    [page] = woken(desk)
    assert (page.title, page.assigned, page.urgency) == ("We need a decision", ["PDEE001"], "high")
    assert page.details == "Paged by Ana Silva through opsbot."

    found = await PAGE.verify(desk.world, plan, desk.now)
    assert (found.helped, found.found) == (None, ("nobody has acknowledged it yet; call +1 555 0104",))
    desk.passes(timedelta(seconds=20))
    desk.pagerduty.pagerduty.acknowledge(page.id, "PDEE001")
    desk.passes(timedelta(seconds=20))
    assert (await desk.verify(PAGE, plan)).helped is True


async def test_in_a_war_room_it_is_the_page_that_the_room_hears_of(desk: Telling) -> None:
    desk.incident = Incident(
        number=42,
        title="API is down",
        severity=Severity.CRITICAL,
        severity_since=desk.now,
        declared_by="U0ANA",
        declared_at=desk.now,
        alert="opsbot-inc-42-a1b2",
    )
    plan = await desk.plan(PAGE, "dee Come")
    await desk.carry_out(PAGE, plan)
    [page] = woken(desk)
    assert (page.key, page.details) == ("opsbot-inc-42-a1b2/dee", "INC-42. Paged by Ana Silva through opsbot.")

    desk.incident.drill = True
    with pytest.raises(Refused, match="INC-42 is a drill; nobody is paged"):
        await desk.plan(PAGE, "dee Come")


async def test_a_role_with_a_policy_wakes_whoever_is_on_call(desk: Telling) -> None:
    plan = await desk.plan(PAGE, "on-call The backup has failed")
    await desk.carry_out(PAGE, plan)
    assert woken(desk)[0].policy == "PONCALL1"


@pytest.mark.parametrize("words", ["<@U0DEE> Come", "<@U0DEE|dee> Come", "DEE Come"])
async def test_a_mention_names_somebody_too(desk: Telling, words: str) -> None:
    assert desk.read(PAGE, words) == {"who": "dee", "why": "Come"}


async def test_nobody_acknowledging_is_never_called_a_success(desk: Telling) -> None:
    plan = await desk.plan(PAGE, "dee Come")
    await desk.carry_out(PAGE, plan)
    assert (await desk.verify(PAGE, plan)).helped is None


@pytest.mark.parametrize("kind", ["drop_after", "http_503", "ratelimited"])
async def test_a_lost_answer_wakes_nobody_twice(desk: Telling, kind: str) -> None:
    plan = await desk.plan(PAGE, "dee Come")
    desk.breaks(kind, "pagerduty", PAGING)
    await desk.carry_out(PAGE, plan)
    await desk.carry_out(PAGE, plan, look=True)
    assert len(woken(desk)) == 1


async def test_whoever_was_paged_is_stood_down_again(desk: Telling) -> None:
    plan = await desk.plan(PAGE, "dee Come")
    await desk.carry_out(PAGE, plan)
    down = await desk.undo(PAGE, plan)
    assert (down.title, down.risk) == ("Stand Dee Park down", Risk.SAFE)
    await desk.carry_out(PAGE, down)
    assert woken(desk)[0].status == "resolved"
    assert (await desk.verify(PAGE, down)).helped is True
    assert PAGE.undo(down) is None


async def test_within_ten_minutes_it_says_when_and_whom_to_call(desk: Telling) -> None:
    plan = await desk.plan(PAGE, "dee Come")
    desk.past = (begun(desk, plan),)
    desk.passes(timedelta(minutes=4))
    assert (
        await desk.plan(PAGE, "dee Please")
    ).nothing_to_do == "Dee Park was paged 4 min ago (CHG-1). Call +1 555 0104."
    desk.passes(timedelta(minutes=6))
    assert (await desk.plan(PAGE, "dee Please")).nothing_to_do == ""


def begun(desk: Telling, plan: Plan) -> Change:
    change = Change(
        number=1, kind="page", parameters={}, requested_by="U0ANA", requested_at=desk.now, place="room/1", plan=plan
    )
    change.begun_at = desk.now
    return change


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("de Come", "There is no person or role `de`"),
        ("onn-call Come", "There is no person or role `onn-call`; did you mean `on-call`?"),
        ("<@U0NOBODY> Come", "opsbot.yaml does not know this person"),
        (f"dee {'x' * 201}", "Say it in at most 200 characters"),
    ],
)
async def test_bad_input_is_refused_with_the_nearest_choice(desk: Telling, words: str, sentence: str) -> None:
    with pytest.raises(Refused) as caught:
        desk.read(PAGE, words)
    assert sentence in str(caught.value)


async def test_who_cannot_be_woken_is_told_with_a_phone(desk: Telling) -> None:
    with pytest.raises(Refused, match=r"CEO has no PagerDuty id in opsbot.yaml; call \+1 555 0107"):
        await desk.plan(PAGE, "ceo Come")


async def test_what_is_missing_is_asked(desk: Telling) -> None:
    with pytest.raises(Lacking) as caught:
        desk.read(PAGE, "dee")
    assert caught.value.known == {"who": "dee"}


async def test_what_is_not_configured_is_said(desk: Telling) -> None:
    plan = await desk.plan(PAGE, "dee Come")
    desk.hands = Hands(world=desk.world)
    with pytest.raises(NotConfigured, match="set PAGERDUTY_API_TOKEN and PAGERDUTY_FROM"):
        await desk.carry_out(PAGE, plan)
    found = await PAGE.verify(replace(desk.world, pager=None), plan, desk.now)
    assert found.helped is None


async def test_hostile_words_arrive_as_one_line(desk: Telling) -> None:
    read = PAGE.read(("dee", "Come\u202e\n\x00 now"), desk.asked())
    assert read["why"] == "Come now"
