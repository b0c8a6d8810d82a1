"""What can break, as people choose it: what it is, what it does, and when it is over."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.world.breakages.hand import Hand
from sandbox.world.build import Flaws
from sandbox.world.past import Past


@dataclass(frozen=True, kw_only=True)
class Breakage:
    """One thing that can break.

    `says` is a line for whoever is about to press the button, `healed_by` what puts it right. `strike` breaks it;
    `lasts` says whether it still goes on at a moment, which it never does for what only looks like trouble.
    """

    name: str
    title: str
    says: str
    healed_by: str
    of: str
    """What it hits when nothing else is named: a service, a tool, or the database."""
    choices: tuple[str, ...]
    """What it may hit."""
    strike: Callable[[Hand, str], None]
    lasts: Callable[[Past, str, float], bool]
    cause: str = ""
    """What goes on outside the platform, and could end there; empty for what somebody deployed or set."""


def flawed_code_serves(past: Past, service: str, at: float, wrong: Callable[[Flaws], bool]) -> bool:
    """Whether a revision whose code has this flaw serves, or is about to."""
    state = past.state(at).services[service]
    serving = [share.revision for share in state.serving(at) if share.percent]
    coming = [state.latest_created] if state.latest_created.pending(at) and not state.pinned else []
    return any(each.build is not None and wrong(each.build.flaws) for each in (*serving, *coming))
