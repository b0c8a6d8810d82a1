"""Looking at the evidence anew."""

from handlers.buttons import key_of
from handlers.spoken import Answer, Desk, Pressed


async def look_again(pressed: Pressed, desk: Desk) -> Answer:
    """The phase shows what is found, when it is found."""
    key, slug = pressed.parts(2)
    await desk.runner.look_again(key_of(key), slug, by=pressed.user, delivery=pressed.delivery)
    return None
