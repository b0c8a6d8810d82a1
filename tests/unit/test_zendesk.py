"""Support tickets are counted and named; a token that lets us be nobody is not taken for an empty inbox."""

from datetime import timedelta

import pytest

from bot.domain.evidence import CouldNotLook
from tests.neighbours_server import START, NeighboursServer

DAY = timedelta(days=1)


async def test_the_tickets_since_are_counted_and_the_newest_named(server: NeighboursServer) -> None:
    client = server.zendesk()
    tickets = await client.tickets(since=START - DAY, most=3)
    longer = await client.tickets(since=START - 7 * DAY, most=3)
    await client.close()

    every = [each for each in server.platform.tickets() if each.opened_at >= START - DAY]
    assert tickets.opened == len(every)
    assert tickets.unsolved == sum(each.status != "solved" for each in every)
    assert [each.id for each in tickets.newest] == [str(each.number) for each in every[::-1][:3]]
    assert longer.opened > tickets.opened
    assert tickets.newest[0].url == f"{server.url}/zendesk/agent/tickets/{tickets.newest[0].id}"


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("http_503", "is failing \\(503"),
        ("drop_before", "cannot be reached"),
        ("garbage_json", "makes no sense"),
        ("ratelimited", "slow down"),
        ("error:403", "see all tickets"),
    ],
)
async def test_what_goes_wrong_is_said(server: NeighboursServer, kind: str, says: str) -> None:
    server.break_down(kind, target="zendesk")
    client = server.zendesk()

    with pytest.raises(CouldNotLook, match=says):
        await client.tickets(since=START - DAY)
    await client.close()


async def test_a_wrong_token_is_told_with_the_remedy(server: NeighboursServer) -> None:
    stranger, agent = server.zendesk(token="wrong"), server.zendesk()

    with pytest.raises(CouldNotLook, match="check ZENDESK_EMAIL and ZENDESK_TOKEN"):
        await stranger.tickets(since=START - DAY)
    with pytest.raises(CouldNotLook, match="check ZENDESK_EMAIL and ZENDESK_TOKEN"):
        await stranger.examine()
    assert await agent.examine() == "Zendesk answers to support@agentmarketplace.com."
    await stranger.close()
    await agent.close()
