"""A migration that deletes what it should have kept; the code that came with it is fine."""

from sandbox.world.breakages.breakage import Breakage
from sandbox.world.breakages.hand import DEPLOYER, Hand
from sandbox.world.past import Past

MIGRATION = "migrations/0042_remove_inactive_users.sql"
PART = 0.35


def _strike(hand: Hand, service: str) -> None:
    hand.deploy(
        service,
        title="Remove inactive users",
        author="ana@example.com",
        files=(MIGRATION, "src/users.py"),
    )
    hand.lose(("users", "agents"), PART, by=DEPLOYER)


def _lasts(past: Past, service: str, at: float) -> bool:
    del service
    return past.state(at).database.lost(at)


LOST_DATA = Breakage(
    name="lost-data",
    title="Lost data",
    says="A migration deletes a third of all users; a rollback does not bring them back.",
    healed_by="a clone of the database to the minute before, and DATABASE_INSTANCE of each service set to it",
    of="control-plane",
    choices=("control-plane",),
    strike=_strike,
    lasts=_lasts,
)
