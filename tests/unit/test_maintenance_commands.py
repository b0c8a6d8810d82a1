"""`/ops maintenance`: what people may say, what is refused in words they can use, and what comes of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.delivery import Delivery
from bot.domain.errors import Refused
from bot.domain.maintenance import Maintenance, Stage
from bot.store.database import open_database
from bot.store.unit_of_work import Store
from handlers import COMMANDS
from handlers.desk import desk_over
from handlers.spoken import Ask, Said
from playbooks import load
from playbooks.vocabulary import vocabulary
from tests import night
from tests.as_text import message_text
from tests.clock import ManualClock

CATALOGUE = load(vocabulary(), None)
MONDAY = datetime(2026, 3, 2, 14, tzinfo=UTC)
"""09:00 in New York."""
ANA, CHO = "U0ANA", "U0CHO"
PLAN = "plan 2026-03-29 02:00 UTC 2h web: Move to the new cache"


class Channel:
    """Somewhere in Slack, where people type."""

    def __init__(self, url: str) -> None:
        self.clock = ManualClock(MONDAY)
        self.store = Store(open_database(url), self.clock)
        self._desk = desk_over(self.store, organisation=night.organisation(), catalogue=CATALOGUE)
        self._count = 0

    async def say(self, words: str, *, by: str = ANA) -> str:
        """What is answered; a form by its title."""
        self._count += 1
        delivery = Delivery(source="slack/command", key=str(self._count))
        said = Said(words=f"maintenance {words}", user=by, channel="C1", delivery=delivery)
        answer = await COMMANDS["/ops"].answer(said, self._desk)
        if isinstance(answer, Ask):
            return answer.form.title
        return message_text(answer) if answer else ""

    async def refused(self, words: str, *, by: str = ANA) -> str:
        with pytest.raises(Refused) as refused:
            await self.say(words, by=by)
        return str(refused.value)

    async def find(self, number: int = 1) -> Maintenance:
        async with self.store.look() as unit:
            found = await unit.maintenances.get(number)
        assert found
        return found

    def go_to(self, moment: datetime) -> None:
        self.clock.advance((moment - self.clock.now()).total_seconds())


@pytest.fixture
async def channel(sqlite_store_url: str) -> AsyncIterator[Channel]:
    made = Channel(sqlite_store_url)
    yield made
    await made.store.close()


async def test_one_is_planned_on_one_line_and_in_a_form(channel: Channel) -> None:
    assert "MNT-1 is planned: Sunday 29 March 2026, 02:00–04:00 UTC" in await channel.say(PLAN)
    found = await channel.find()
    assert (found.title, found.services, found.planned_by) == ("Move to the new cache", ("web",), ANA)
    assert found.shown, "its card stands where those are who do it, and below it is looked whether it is a quiet time"
    assert await channel.say("plan") == "Plan a maintenance"
    listed = await channel.say("")
    assert "MNT-1 Move to the new cache" in listed
    assert "MNT-1 Move to the new cache" in await channel.say("show")


async def test_it_is_seen_through_with_commands_alone(channel: Channel) -> None:
    await channel.say(PLAN)
    starts = (await channel.find()).starts_at
    channel.go_to(starts - timedelta(hours=2))
    assert "begins" in await channel.say("go")
    channel.go_to(starts)
    assert "MNT-1 has begun." in await channel.say("start MNT-1")
    assert "announcements" in await channel.say("say Half of it is done.")
    await channel.say("extend 30m")
    assert (await channel.find()).ends_at == starts + timedelta(hours=2, minutes=30)
    assert "/ops maintenance end MNT-1" in await channel.say("end")
    assert (await channel.find()).stage is Stage.VERIFYING
    assert "MNT-1 has ended." in await channel.say("end 1 All caches are new.")
    found = await channel.find()
    assert (found.stage, found.summary, found.ended_by) == (Stage.ENDED, "All caches are new.", ANA)
    assert "No maintenance is planned." in await channel.say("list")


async def test_cancelling_asks_why(channel: Channel) -> None:
    await channel.say(PLAN)
    assert await channel.say("cancel") == "Cancel it"
    assert "MNT-1 is cancelled." in await channel.say("cancel MNT-1 The new cache is not ready.")
    assert (await channel.find()).reason == "The new cache is not ready."


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("plan tomorrow", "Begin with when it begins"),
        ("plan 2026-03-29 02:00 UTC web: Move", "Say how long"),
        ("plan 2026-03-29 02:00 UTC 2h Move to the new cache", "Name what it touches"),
        ("plan 2026-03-29 02:00 UTC 2h wbe: Move", "web"),
        ("plan 2026-03-29 02:00 UTC 25h web: Move", "up to 24 h"),
        ("plan 2026-03-29 02:00 UTC 2h web: Restart 10.0.0.7", "Customers would read"),
        ("plan 2025-03-29 02:00 UTC 2h web: Move", "Begin with when it begins"),
        ("extend 30m", "Say which"),
        ("go MNT-9", "There is no MNT-9"),
        ("shwo", "show"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_what_to_do(channel: Channel, words: str, why: str) -> None:
    assert why in await channel.refused(words)


async def test_looking_is_everybodys_and_deciding_is_not(channel: Channel) -> None:
    await channel.say(PLAN)
    assert "MNT-1" in await channel.say("list", by=CHO)
    for words in (PLAN, "cancel MNT-1 No.", "go MNT-1"):
        assert "whether you may" in await channel.refused(words, by=CHO), "nobody has seen yet who is on call"
    assert (await channel.find()).stage is Stage.PLANNED


async def test_which_one_has_to_be_said_when_there_are_several(channel: Channel) -> None:
    await channel.say(PLAN)
    await channel.say("plan 2026-04-12 02:00 UTC 2h web: Move again")
    assert "Say which" in await channel.refused("cancel The new cache is not ready.")
