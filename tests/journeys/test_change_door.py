"""Who may not ask for a change is turned away before anything is asked of them, planned or shown, and it is remembered."""

from dataclasses import replace

import pytest

from bot.domain.change_stage import Stage
from bot.domain.errors import Refused
from playbooks.beginning import Somewhere
from sandbox.postgres_server import PostgresServer
from tests.change_room import BEN, POLICY, ChangeRoom, change_room, token_of
from tests.war_room import CHO

LEAD = "U0LEAD"


async def test_who_has_no_role_cannot_even_ask(room: ChangeRoom) -> None:
    with pytest.raises(Refused, match=r"You may not ask for “Roll back”\. Who may: @U0ANA, @U0BEN"):
        await room.ask(by=CHO)
    (refused,) = await room.audit()
    assert (refused.record.deed, refused.record.by, refused.record.about) == ("refused", CHO, "/rollback")
    assert refused.record.detail["of service"] == "control-plane"


async def test_while_nobody_knows_who_is_in_a_group_it_is_looked_before_anything_is_planned(
    sqlite_store_url: str, postgres_server: PostgresServer
) -> None:
    async with change_room(
        sqlite_store_url, postgres=postgres_server, policy=replace(POLICY, ask=("ana", "S0LEADS"))
    ) as room:
        room.groups.members_of["S0LEADS"] = frozenset({LEAD})
        turned_away = await room.ask(by=CHO)
        assert (turned_away.stage, turned_away.plan) == (Stage.REJECTED, None)
        assert set(room.outside.posts) == {"change/1/turned-away"}
        assert await room.deeds() == ["asked for", "refused"]

        await room.pass_time(minutes=2)
        asked = await room.ask(by=LEAD)
        assert asked.stage is Stage.WAITING
        assert "change/2/card" in room.outside.posts


async def test_who_may_not_go_alone_is_not_even_asked_why(room: ChangeRoom) -> None:
    await room.outage()
    change = await room.ask("", "restart", where=Somewhere(channel="C1"))
    with pytest.raises(Refused, match="You may not go ahead with CHG-1"):
        await room.approvals.let_alone(token_of(change), by=CHO)
    await room.approvals.let_alone(token_of(change), by=BEN)


async def test_a_refusal_names_whoever_asked_where_their_own_press_is_enough(room: ChangeRoom) -> None:
    await room.outage()
    safe = await room.ask("", where=Somewhere(channel="C1"), by=BEN)
    with pytest.raises(Refused, match=r"You may not agree to CHG-1\. Who may: .*@U0BEN"):
        await room.agree(safe, by=CHO)
    other = await room.ask("web", "restart", where=Somewhere(channel="C1"), by=BEN)
    with pytest.raises(Refused, match=r"You may not agree to CHG-2\. Who may: @U0DEE\."):
        await room.agree(other, by=CHO)
