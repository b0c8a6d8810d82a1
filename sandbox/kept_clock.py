"""Business time that is the same after a restart of the practice ground."""

from sandbox.clock import SandboxClock
from sandbox.payload import JsonObject
from sandbox.slack.archive import Archive, Shelf

KEY = "business time"


def kept_clock(archive: Archive) -> SandboxClock:
    """A clock that ticks, as far ahead of the machine's as it was when it was last moved."""
    shelf = Shelf[JsonObject](archive, "clock", dict, dict)
    clock = SandboxClock()
    if kept := shelf.get(KEY):
        clock.advance(kept["ahead"])
    clock.on_jump(lambda: shelf.put(KEY, {"ahead": clock.offset}))
    return clock
