"""What looks like trouble and is none, or none for long."""

from sandbox.world.breakages.breakage import Breakage
from sandbox.world.breakages.hand import Hand
from sandbox.world.past import Past
from sandbox.world.spec import SERVICES

WARM_AGAIN = 0.75
"""The hit ratio from which on nobody notices."""


def _empty(hand: Hand, of: str) -> None:
    del of
    hand.trouble("cache-emptied")


def _is_cold(past: Past, of: str, at: float) -> bool:
    del of
    return past.load(at).hit_ratio < WARM_AGAIN


def _deploy(hand: Hand, service: str) -> None:
    hand.deploy(
        service,
        title="Correct two words on the page of prices",
        author="cho@example.com",
        files=("src/texts.py",),
    )


def _never(past: Past, service: str, at: float) -> bool:
    del past, service, at
    return False


CACHE_COLLAPSE = Breakage(
    name="cache-collapse",
    title="False trail: the cache is empty",
    says="The cache starts anew; it is slow for a quarter of an hour and heals by itself.",
    healed_by="time",
    of="cache",
    choices=("cache",),
    strike=_empty,
    lasts=_is_cold,
)
INNOCENT_DEPLOY = Breakage(
    name="innocent-deploy",
    title="False trail: an innocent deploy",
    says="A new revision with nothing wrong in it, to be suspected.",
    healed_by="nothing: it does no harm",
    of="web",
    choices=tuple(SERVICES),
    strike=_deploy,
    lasts=_never,
)
