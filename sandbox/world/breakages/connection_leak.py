"""A deploy that forgets to close connections, until the database has none left."""

from sandbox.world.breakages.breakage import Breakage, flawed_code_serves
from sandbox.world.breakages.hand import Hand
from sandbox.world.build import Flaws
from sandbox.world.past import Past

A_MINUTE = 30.0
"""Forgotten connections: the pool is exhausted in about eight minutes."""


def _strike(hand: Hand, service: str) -> None:
    hand.deploy(
        service,
        title="Fetch runs ahead of time",
        author="dee@example.com",
        flaws=Flaws(leaked_connections=A_MINUTE),
        files=("src/prefetch.py", "src/database.py"),
    )


def _lasts(past: Past, service: str, at: float) -> bool:
    return flawed_code_serves(past, service, at, lambda flaws: flaws.leaked_connections > 0)


CONNECTION_LEAK = Breakage(
    name="connection-leak",
    title="Exhausted connection pool",
    says="A new revision forgets to close connections; in about eight minutes there are none left.",
    healed_by="a rollback; killing idle connections helps for a while",
    of="agent-runtime",
    choices=("control-plane", "agent-runtime", "billing"),
    strike=_strike,
    lasts=_lasts,
)
