"""A deploy whose search reads every run there ever was; more instances only ask for it more often."""

from sandbox.world.breakages.breakage import Breakage, flawed_code_serves
from sandbox.world.breakages.hand import Hand
from sandbox.world.build import Flaws
from sandbox.world.past import Past


def _strike(hand: Hand, service: str) -> None:
    hand.deploy(
        service,
        title="Show how often an agent was run in search results",
        author="ana@example.com",
        flaws=Flaws(slow_query=True),
        files=("src/search.py", "src/queries.py", "tests/test_search.py"),
    )


def _lasts(past: Past, service: str, at: float) -> bool:
    return flawed_code_serves(past, service, at, lambda flaws: flaws.slow_query)


SLOW_QUERIES = Breakage(
    name="slow-queries",
    title="Slow queries",
    says="A new revision's search keeps the database busy; scaling out makes it worse.",
    healed_by="a rollback of the deploy that brought the query",
    of="control-plane",
    choices=("control-plane",),
    strike=_strike,
    lasts=_lasts,
)
