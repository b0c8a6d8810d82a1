"""A deploy that lost a variable its container cannot start without."""

from sandbox.world.breakages.breakage import Breakage
from sandbox.world.breakages.hand import Hand
from sandbox.world.past import Past
from sandbox.world.spec import SERVICES


def _strike(hand: Hand, service: str) -> None:
    hand.deploy(
        service,
        title="Tidy up the variables of the environment",
        author="dee@example.com",
        files=("deploy/service.yaml",),
        without=SERVICES[service].required[-1],
    )


def _lasts(past: Past, service: str, at: float) -> bool:
    return bool(past.state(at).services[service].latest_created.missing)


WONT_START = Breakage(
    name="wont-start",
    title="Service won't start",
    says="A new revision lacks a variable and never gets ready; the one before goes on serving.",
    healed_by="the missing variable (the revision before still has it)",
    of="billing",
    choices=tuple(SERVICES),
    strike=_strike,
    lasts=_lasts,
)
