"""Declared changes without a bot: what is set off again, what never is, how one takes another back, and what a plan tells."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.declared_change import DeclaredChange, Hook
from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Refused, Unsure
from bot.domain.evidence import NotConfigured
from bot.domain.plan import Plan, Risk
from bot.integrations.github_workflows import GitHubWorkflows
from bot.integrations.github_writing import GitHubWriting
from bot.integrations.hook import HookSender
from playbooks.changes import CHANGES
from playbooks.changes.declared import DECLARED
from playbooks.changes.kind import Lacking
from playbooks.hands import Hands
from sandbox.faults import Fault
from sandbox.github.door import TOKEN
from sandbox.hook_receiver import SECRET
from sandbox.postgres_server import PostgresServer
from tests.workshop import Workshop, workshop

DISPATCH = "POST /repos/{owner}/{name}/actions/workflows/{workflow}/dispatches"


@pytest.fixture
async def shop(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[Workshop]:
    """The example's declared changes; its webhooks are told to the practice ground."""
    async with workshop(sqlite_store_url, postgres=postgres_server) as shop:
        organisation, url = shop.over.world.organisation, shop.over.ground.url
        declared = {
            key: replace(each, means=Hook(url=f"{url}/hook/{key}")) if isinstance(each.means, Hook) else each
            for key, each in organisation.changes.declared.items()
        }
        changes = replace(organisation.changes, declared=declared)
        world = replace(shop.over.world, organisation=replace(organisation, changes=changes))
        shop.over = replace(shop.over, world=world)
        workflows = GitHubWorkflows(GitHubWriting(token=TOKEN, url=f"{url}/github", timeout=5))
        hooks = HookSender(secret=SECRET, timeout=5, clock=shop.over.ground.clock)
        shop.hands = Hands(world=world, workflows=workflows, hooks=hooks)
        yield shop
        await workflows.close()
        await hooks.close()


def repeatable(shop: Workshop, key: str, *, so: bool) -> DeclaredChange:
    """The operator's file says so of a declared change."""
    organisation = shop.over.world.organisation
    one = replace(organisation.changes.declared[key], repeatable=so)
    changes = replace(organisation.changes, declared={**organisation.changes.declared, key: one})
    world = replace(shop.over.world, organisation=replace(organisation, changes=changes))
    shop.over, shop.hands = replace(shop.over, world=world), replace(shop.hands, world=world)
    return one


def taken(shop: Workshop) -> int:
    return len(shop.over.ground.neighbours.hooks.taken)


async def lost(shop: Workshop, plan: Plan) -> None:
    """The first attempt, whose answer is lost."""
    with pytest.raises(Unsure):
        await DECLARED.carry_out(shop.hands, plan, Attempt(key="try", serial=1, first_at=shop.over.now))


async def test_a_webhook_is_told_and_taken_back_by_another_one(shop: Workshop) -> None:
    plan = await shop.plan(DECLARED, "show-notice minutes=30")
    assert (plan.risk, plan.target) == (Risk.DISRUPTIVE, "declared/show-notice")
    assert plan.differences == ("minutes = 30",)
    assert plan.undo == "Hide notice."
    assert (await shop.carry_out(DECLARED, plan)).says.endswith("/hook/show-notice was told.")

    back = await shop.undoes(CHANGES, DECLARED, plan)
    assert (back.title, back.risk, back.differences) == ("Hide notice", Risk.SAFE, ())
    await shop.carry_out(DECLARED, back)
    assert [each["name"] for each in shop.over.ground.neighbours.hooks.taken.values()] == ["show-notice", "hide-notice"]


async def test_asked_for_twice_it_is_another_change_with_another_mark(shop: Workshop) -> None:
    first = await shop.plan(DECLARED, "show-notice")
    shop.over.ground.clock.advance(1)
    second = await shop.plan(DECLARED, "show-notice")
    await shop.carry_out(DECLARED, first)
    await shop.carry_out(DECLARED, second)
    assert taken(shop) == 2


async def test_after_a_lost_answer_a_webhook_is_told_again_only_where_that_does_no_harm(shop: Workshop) -> None:
    shop.over.ground.faults.add(Fault(name="lost", kind="drop_after", target="hook", method="*", times=2))
    plan = await shop.plan(DECLARED, "show-notice")
    await lost(shop, plan)
    repeatable(shop, "show-notice", so=False)
    other = await shop.plan(DECLARED, "show-notice minutes=10")
    await lost(shop, other)

    await shop.carry_out(DECLARED, plan, look=True)
    with pytest.raises(GiveUp, match="look there before you ask again"):
        await shop.carry_out(DECLARED, other, look=True)
    assert taken(shop) == 2


async def test_a_workflow_that_is_not_shown_is_set_off_again_only_where_that_does_no_harm(shop: Workshop) -> None:
    flows = shop.over.ground.neighbours.github.workflows
    plan = await shop.plan(DECLARED, "reindex")
    with pytest.raises(GiveUp, match="it is not shown: look there"):
        await shop.carry_out(DECLARED, plan, look=True)
    assert flows.dispatched("reindex.yml") == []

    repeatable(shop, "reindex", so=True)
    plan = await shop.plan(DECLARED, "reindex")
    assert "It has succeeded" in (await shop.carry_out(DECLARED, plan, look=True)).says
    assert len(flows.dispatched("reindex.yml")) == 1


async def test_what_has_to_be_told_is_asked_in_the_form_and_what_makes_no_sense_is_refused(shop: Workshop) -> None:
    with pytest.raises(Lacking):
        shop.read(DECLARED, "")
    for words, sentence in {
        "show-notice minutes=1": "minutes must be at least 5.",
        "show-notice minutes=soon": "minutes must be a whole number, like 100.",
        "show-notice 30": "Parameters are written like name=value",
        "show-notice text='x": "A quotation mark is not closed; close it.",
        "hide-notice minutes=3": "Hide notice takes no parameters.",
    }.items():
        with pytest.raises(Refused) as refused:
            shop.read(DECLARED, words)
        assert sentence in str(refused.value)


async def test_without_a_secret_it_says_what_to_set(shop: Workshop) -> None:
    plan = await shop.plan(DECLARED, "show-notice")
    shop.hands = replace(shop.hands, hooks=None)
    with pytest.raises(NotConfigured, match="OPSBOT_HOOK_SECRET"):
        await shop.carry_out(DECLARED, plan)
