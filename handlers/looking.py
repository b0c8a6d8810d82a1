"""Looking at the evidence anew, and at all of it."""

from handlers.buttons import key_of
from handlers.spoken import Answer, Desk, Pressed
from playbooks.messages.evidence import all_seen


async def look_again(pressed: Pressed, desk: Desk) -> Answer:
    """The phase shows what is found, when it is found."""
    key, slug = pressed.parts(2)
    await desk.runner.look_again(key_of(key), slug, by=pressed.user, delivery=pressed.delivery)
    return None


async def show_all(pressed: Pressed, desk: Desk) -> Answer:
    """All that was seen for a phase, for whoever presses."""
    key, slug = pressed.parts(2)
    return all_seen(*await desk.runner.seen(key_of(key), slug, pressed.delivery))
