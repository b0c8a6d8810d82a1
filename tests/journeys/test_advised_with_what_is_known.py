"""What is advised comes with what the evidence knows of it, so that one press asks for just that."""

from datetime import datetime, timedelta

import pytest

from bot.domain.evidence import Advice, Verdict
from bot.domain.following import Following
from playbooks.changes.clone import CLONE
from playbooks.changes.env import ENV
from playbooks.changes.kind import Lacking
from playbooks.changes.rollback import ROLLBACK
from playbooks.changes.switching_over import switched
from sandbox.world.spec import INSTANCE
from tests.lookout import inside, likeliest
from tests.workshop import Workshop


@pytest.fixture
async def shop(shop: Workshop) -> Workshop:
    """The platform's database was looked into before."""
    await inside(shop.over.world)
    return shop


async def advised(shop: Workshop, *names: str) -> Advice:
    """What is said first of these."""
    best = likeliest(await shop.over.look(*names))
    assert best
    return best


def typed(advice: Advice) -> str:
    return " ".join((advice.target, *advice.words))


async def test_a_leak_of_a_revision_is_gone_back_from_before_idle_connections_are_ended(shop: Workshop) -> None:
    shop.breaks("connection-leak", minutes=9)
    (seen,) = (await shop.over.look("database-connections")).values()
    first, second = sorted(seen.advice, key=lambda each: -each.strength)
    assert (first.change, first.target) == ("rollback", "agent-runtime")
    assert "what it leaks comes back" in first.says
    assert second.change == "kill-idle"


async def test_lost_rows_are_copied_back_from_the_last_minute_that_had_them(shop: Workshop) -> None:
    lost_at = shop.over.now
    shop.breaks("lost-data", minutes=6)
    advice = await advised(shop, "row-counts")
    moment = datetime.fromisoformat(shop.read(CLONE, typed(advice))["moment"])
    assert lost_at - timedelta(minutes=2) <= moment <= lost_at


async def test_services_are_switched_to_a_copy_by_the_variable_that_names_their_database(shop: Workshop) -> None:
    lost_at = shop.over.now
    shop.breaks("lost-data", minutes=3)
    shop.over.ground.platform.clone(INSTANCE, "copy", moment=lost_at - timedelta(minutes=1))
    shop.over.pass_minutes(5)
    world = shop.over.world

    then = await switched(world, world.organisation.databases["platform"], into="copy")

    words = ("DATABASE_INSTANCE=copy",)
    services = ("control-plane", "agent-runtime", "billing")
    assert then == tuple(Following(kind="env", target=each, words=words) for each in services)
    for each in then:
        await shop.carry_out(ENV, await shop.plan(ENV, " ".join((each.target, *each.words))))
    assert shop.broken == []


async def test_while_a_tool_is_down_the_operators_other_way_is_offered(shop: Workshop) -> None:
    shop.breaks("tool-down", minutes=5)
    advice = await advised(shop, "agent-runs")
    assert (advice.change, typed(advice)) == ("env", "agent-runtime WEB_SEARCH_PROVIDER=secondary")
    await shop.does(ENV, typed(advice))
    assert shop.broken == []


async def test_of_a_secret_that_is_gone_only_the_version_is_still_to_be_said(shop: Workshop) -> None:
    shop.breaks("secret-gone", minutes=5)
    advice = await advised(shop, "containers")
    with pytest.raises(Lacking) as lacking:
        shop.read(ENV, typed(advice))
    assert lacking.value.known == {
        "service": "billing",
        "variables": "PAYMENT_KEY=secret:payment-key@",
        "base": "",
    }


async def test_what_was_given_back_is_not_advised_for_an_hour(shop: Workshop) -> None:
    shop.breaks("permission-revoked", minutes=5)
    (seen,) = (await shop.over.look("permission-errors")).values()
    assert "lacks permission documentstore.items.read: give that back" in seen.advice[0].says

    shop.over.ground.platform.relieve("permission-revoked", "document-store")
    shop.over.pass_minutes(12)
    (seen,) = (await shop.over.look("permission-errors")).values()
    assert seen.verdict.unhealthy
    assert seen.advice == ()


async def test_a_query_that_was_slow_once_is_no_trouble_for_ever(shop: Workshop) -> None:
    began = shop.over.now
    shop.breaks("slow-queries", minutes=2)
    fresh = shop.over.subject("control-plane", began=began)
    (seen,) = (await shop.over.look("slow-queries", subject=fresh)).values()
    assert seen.verdict.unhealthy, "the numbers of the CPU are late, and nobody waits for them"
    shop.over.pass_minutes(10)
    (seen,) = (await shop.over.look("slow-queries", subject=shop.over.subject("control-plane", began=began))).values()
    assert "scaling out makes it worse" in seen.advice[0].says

    await shop.does(ROLLBACK, "control-plane")
    shop.over.pass_minutes(12)
    (seen,) = (await shop.over.look("slow-queries", subject=shop.over.subject("control-plane", began=began))).values()
    assert (seen.verdict, seen.advice) == (Verdict.GREEN, ())
    assert "not busy with any query now; since its statistics began the slowest took" in seen.findings[0].says


async def test_going_back_behind_what_opsbot_set_is_no_press_of_one(shop: Workshop) -> None:
    plan = await shop.plan(ENV, "web LOG_LEVEL=debug")
    await shop.carry_out(ENV, plan)
    shop.past = shop.begun(plan, times=1)

    back = await shop.plan(ROLLBACK, "web 00041")

    assert "It takes back CHG-1 (Set LOG_LEVEL of Web application) as well." in back.warnings
    assert "it takes back CHG-1 (Set LOG_LEVEL of Web application) as well" in back.because
