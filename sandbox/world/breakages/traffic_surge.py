"""Far more people than usual, and no room for them."""

from sandbox.world.breakages.breakage import Breakage
from sandbox.world.breakages.hand import Hand
from sandbox.world.past import Past

CROWD = 1.4
"""Of what the service can take: with the usual visitors that is nearly twice as many as there is room for."""


def _strike(hand: Hand, service: str) -> None:
    hand.trouble("surge", service, amount=CROWD * hand.capacity(service))


def _lasts(past: Past, service: str, at: float) -> bool:
    crowded = past.state(at).cause("surge", service) is not None
    return crowded and past.load(at).services[service].overflow > 0


TRAFFIC_SURGE = Breakage(
    name="traffic-surge",
    title="Traffic surge",
    says="More people come than the instances have room for.",
    healed_by="more instances (twice the maximum)",
    of="control-plane",
    choices=("control-plane", "agent-runtime", "web"),
    strike=_strike,
    lasts=_lasts,
    cause="surge",
)
