"""Mail that opsbot sends by itself and that does not reach everybody is told in the alerts channel, once."""

from bot.domain.mail import SendMail
from tests.war_room import war_room


async def test_who_was_not_reached_is_told_in_the_alerts_channel(sqlite_store_url: str) -> None:
    async with war_room(sqlite_store_url) as room:
        room.break_down(SendMail, "the mail server took 2 of 3 letters; it refused 1. Its log says who.")
        letter = SendMail(group="customers", subject="Maintenance <!channel>", text="On Sunday.")
        for _ in range(2):
            async with room.store.begin() as unit:
                await unit.outbox.put(letter, key="maintenance/1/begun")
            await room.settle()
        [slot] = [slot for slot in room.outside.posts if slot.startswith("mail/")]
        said = room.outside.messages[slot].summary
        assert said == (
            "“Maintenance <!channel>” did not reach everybody of customers: the mail server took 2 of 3 letters; it refused 1. "
            "Its log says who."
        )
