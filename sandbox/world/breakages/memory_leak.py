"""A deploy that never lets go of what it once read, until the platform ends its instances."""

from sandbox.world.breakages.breakage import Breakage, flawed_code_serves
from sandbox.world.breakages.hand import Hand
from sandbox.world.build import Flaws
from sandbox.world.past import Past
from sandbox.world.spec import SERVICES

A_MINUTE = 0.03
"""Of an instance's memory: it is full after about twenty minutes."""


def _strike(hand: Hand, service: str) -> None:
    hand.deploy(
        service,
        title="Keep answers of tools for later",
        author="ben@example.com",
        flaws=Flaws(leak=A_MINUTE),
        files=("src/answers.py",),
    )


def _lasts(past: Past, service: str, at: float) -> bool:
    return flawed_code_serves(past, service, at, lambda flaws: flaws.leak > 0)


MEMORY_LEAK = Breakage(
    name="memory-leak",
    title="Memory leak",
    says="A new revision's memory grows; in about twenty minutes its instances run out of it, again and again.",
    healed_by="a rollback; a restart helps for a while",
    of="agent-runtime",
    choices=tuple(SERVICES),
    strike=_strike,
    lasts=_lasts,
)
