"""Variables are set one by one, secrets only by reference, and no value is ever shown."""

from datetime import timedelta

import pytest

from bot.domain.errors import GiveUp, Refused
from bot.domain.plan import Risk
from playbooks.changes import CHANGES
from playbooks.changes.env import ENV
from playbooks.changes.kind import Lacking
from playbooks.changes.rollback import ROLLBACK
from sandbox.world.spec import INSTANCE
from tests.lookout import WEDNESDAY
from tests.workshop import Workshop


def environment(shop: Workshop, service: str) -> dict[str, str]:
    return dict(shop.over.ground.platform.revisions(service)[0].template.environment)


async def test_a_service_that_does_not_start_gets_what_it_lacks(shop: Workshop) -> None:
    shop.breaks("wont-start")
    failed = shop.over.ground.platform.revisions("billing")[0]

    plan = await shop.plan(ENV, "billing INVOICE_CURRENCY=usd")
    await shop.carry_out(ENV, plan)

    assert plan.risk is Risk.DISRUPTIVE
    assert "with INVOICE_CURRENCY, which is new" in plan.differences
    assert "The code of 00042 comes with it, and has not served yet." in plan.warnings
    assert any("without INVOICE_CURRENCY" in line for line in plan.evidence)
    assert shop.broken == []
    assert shop.serving("billing") == {"00043": 100}
    assert shop.over.ground.platform.revisions("billing")[0].build == failed.build
    assert (await shop.verify(ENV, plan)).helped


async def test_nobody_has_to_know_a_value_that_the_revision_before_has(shop: Workshop) -> None:
    shop.breaks("wont-start")
    (seen,) = (await shop.over.look("environment")).values()
    (advice,) = seen.advice

    plan = await shop.plan(ENV, " ".join((advice.target, *advice.words)))
    await shop.carry_out(ENV, plan)

    failed, good = (shop.over.ground.platform.revisions("billing")[number] for number in (1, 2))
    assert "with INVOICE_CURRENCY as 00041 has it" in plan.differences
    assert shop.broken == []
    assert shop.over.ground.platform.revisions("billing")[0].build == failed.build
    assert environment(shop, "billing")["INVOICE_CURRENCY"] == good.template.environment["INVOICE_CURRENCY"]
    assert (await shop.plan(ENV, "billing INVOICE_CURRENCY=revision:00041")).nothing_to_do
    with pytest.raises(Refused, match="no variable of 00042 `INVOICE_CURRENCY`"):
        await shop.plan(ENV, "billing INVOICE_CURRENCY=revision:00042")


async def test_a_secret_is_copied_as_a_secret(shop: Workshop) -> None:
    with pytest.raises(GiveUp, match="did not start"):
        await shop.does(ENV, "billing -PAYMENT_KEY")
    plan = await shop.plan(ENV, "billing PAYMENT_KEY=revision:00041")
    await shop.carry_out(ENV, plan)
    secrets = shop.over.ground.platform.revisions("billing")[0].template
    assert secrets.reads("payment-key@2")


async def test_a_value_that_is_still_to_be_written_is_asked_for(shop: Workshop) -> None:
    with pytest.raises(Lacking, match="Write behind PAYMENT_KEY=") as lacking:
        shop.read(ENV, "billing PAYMENT_KEY=secret:payment-key@")
    assert lacking.value.known["variables"] == "PAYMENT_KEY=secret:payment-key@"


async def test_whoever_wants_the_code_that_serves_says_so(shop: Workshop) -> None:
    shop.breaks("wont-start")
    good = shop.over.ground.platform.revisions("billing")[1]

    plan = await shop.plan(ENV, "billing INVOICE_CURRENCY=eur from 00041")
    await shop.carry_out(ENV, plan)

    assert shop.over.ground.platform.revisions("billing")[0].build == good.build
    assert "another value of INVOICE_CURRENCY" in plan.differences
    with pytest.raises(Refused, match="no revision of Billing `00077`"):
        await shop.plan(ENV, "billing INVOICE_CURRENCY=eur from 00077")


async def test_another_version_of_a_secret_that_is_gone_heals(shop: Workshop) -> None:
    shop.breaks("secret-gone", minutes=3)

    plan = await shop.plan(ENV, "billing PAYMENT_KEY=secret:payment-key@9")
    await shop.carry_out(ENV, plan)

    assert "PAYMENT_KEY is secret payment-key@9 (was payment-key@2)" in plan.differences
    assert "--update-secrets PAYMENT_KEY=payment-key:9" in plan.command
    assert shop.broken == []
    assert (await shop.verify(ENV, plan)).helped


async def test_while_a_secret_is_gone_another_variable_does_not_help(shop: Workshop) -> None:
    shop.breaks("secret-gone", minutes=1)
    with pytest.raises(GiveUp, match="DESTROYED"):
        await shop.does(ENV, "billing INVOICE_CURRENCY=eur")
    assert shop.serving("billing") == {"00041": 100}


async def test_a_tool_is_had_from_another_provider(shop: Workshop) -> None:
    shop.breaks("tool-down", minutes=3)
    await shop.does(ENV, "agent-runtime WEB_SEARCH_PROVIDER=secondary")
    assert shop.broken == []


async def test_services_are_switched_to_the_copy_of_the_database(shop: Workshop) -> None:
    shop.breaks("lost-data", minutes=3)
    shop.over.ground.platform.clone(INSTANCE, "copy", moment=WEDNESDAY - timedelta(minutes=1))
    shop.over.pass_minutes(5)

    for service in ("control-plane", "agent-runtime", "billing"):
        await shop.carry_out(ENV, await shop.plan(ENV, f"{service} DATABASE_INSTANCE=copy"))

    assert shop.broken == []


async def test_the_others_stay_and_it_can_be_taken_back(shop: Workshop) -> None:
    before = environment(shop, "web")
    plan = await shop.plan(ENV, "web LOG_LEVEL=debug -SERVICE FEATURE=on")
    await shop.carry_out(ENV, plan)

    wanted = {**before, "LOG_LEVEL": "debug", "FEATURE": "on"}
    del wanted["SERVICE"]
    assert environment(shop, "web") == wanted
    assert plan.differences[:3] == ("without SERVICE", "another value of LOG_LEVEL", "with FEATURE, which is new")

    await shop.carry_out(ROLLBACK, await shop.undoes(CHANGES, ENV, plan))
    assert shop.serving("web") == {"00041": 100}


async def test_no_value_is_shown(shop: Workshop) -> None:
    plan = await shop.plan(ENV, "web LOG_LEVEL=unmistakable")

    shown = [plan.title, plan.before, plan.after, plan.blast, plan.undo, plan.command, plan.nothing_to_do]
    assert "unmistakable" not in " ".join([*shown, *plan.differences, *plan.warnings, *plan.evidence, *plan.because])


async def test_what_is_so_already_is_not_done(shop: Workshop) -> None:
    assert (
        await shop.plan(ENV, "web LOG_LEVEL=info")
    ).nothing_to_do == "Web application has LOG_LEVEL like that already."
    assert (await shop.plan(ENV, "billing PAYMENT_KEY=secret:payment-key@2")).nothing_to_do


async def test_what_the_revision_makes_impossible_is_refused(shop: Workshop) -> None:
    with pytest.raises(Lacking):
        shop.read(ENV, "web")
    by_form = ENV.read(("web", "A=1 B=2", "00041"), shop.asked())
    assert by_form == shop.read(ENV, "web A=1 B=2 from 00041")
    with pytest.raises(Refused, match="no variable `LOG_LEVL`; did you mean `LOG_LEVEL`"):
        await shop.plan(ENV, "web -LOG_LEVL")
