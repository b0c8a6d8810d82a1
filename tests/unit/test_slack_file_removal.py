"""The bot takes its own files out of a channel, all of them and nobody else's, whatever Slack does meanwhile."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.document import ShareFile
from bot.domain.putting_away import RemoveFiles
from sandbox.slack.file import File
from tests.slack_effects import TROUBLES, SlackTown, open_slack_town

ROOM = "room/42"


@pytest.fixture
async def town() -> AsyncIterator[SlackTown]:
    async with open_slack_town() as opened:
        yield opened


async def share(town: SlackTown, *names: str) -> None:
    for name in names:
        effect = ShareFile(incident=42, place=ROOM, name=name, title=name, content="Much that is private from now on.")
        await town.relayed(effect, key=name)


def files(town: SlackTown) -> set[str]:
    return {file.name for file in town.sandbox.workspace.files}


@pytest.mark.parametrize("kind", [*TROUBLES, "none"])
async def test_all_of_its_own_are_gone_and_nobody_elses(town: SlackTown, kind: str) -> None:
    await share(town, "report.md", "latency.png", "meeting.ics")
    theirs = File(id="F0THEIRS", name="photo.jpg", user="U0ANA", created=1, size=1, is_complete=True)
    theirs.channels = [town.bound(ROOM)["channel"]]
    town.sandbox.workspace.files.put(theirs.id, theirs)
    if kind != "none":
        town.trouble(kind, "files.delete")
    await town.relayed(RemoveFiles(place=ROOM))

    assert files(town) == {"photo.jpg"}


async def test_more_than_a_page_of_them_are_gone(town: SlackTown) -> None:
    channel = town.bound(ROOM)["channel"]
    for number in range(230):
        file = File(id=f"F{number}", name=f"{number}.png", user=town.sandbox.app.bot_user, created=1, size=1)
        file.is_complete, file.channels = True, [channel]
        town.sandbox.workspace.files.put(file.id, file)
    await town.relayed(RemoveFiles(place=ROOM))

    assert files(town) == set()
