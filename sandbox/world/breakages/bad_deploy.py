"""A deploy that fails every fifth request and is slow with the others."""

from sandbox.world.breakages.breakage import Breakage, flawed_code_serves
from sandbox.world.breakages.hand import Hand
from sandbox.world.build import Flaws
from sandbox.world.past import Past
from sandbox.world.spec import SERVICES

FLAWS = Flaws(errors=0.21, slowness=6.0)


def _strike(hand: Hand, service: str) -> None:
    hand.deploy(
        service,
        title="Compute ratings while answering",
        author="ben@example.com",
        flaws=FLAWS,
        error="AttributeError: 'NoneType' object has no attribute 'rating'",
    )


def _lasts(past: Past, service: str, at: float) -> bool:
    return flawed_code_serves(past, service, at, lambda flaws: flaws.errors > 0)


BAD_DEPLOY = Breakage(
    name="bad-deploy",
    title="Bad deploy",
    says="A new revision fails every fifth request and is slow.",
    healed_by="a rollback to the revision before",
    of="control-plane",
    choices=tuple(SERVICES),
    strike=_strike,
    lasts=_lasts,
)
