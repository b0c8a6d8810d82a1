"""What customers write to support: a few things every day, and more the worse the platform is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.world.chance import chance, chances
from sandbox.world.load import Load
from sandbox.world.past import Past
from sandbox.world.runs import failing_runs
from sandbox.world.season import DAY, busyness

SLOT = 100.0
"""Seconds in which at most one ticket is opened."""
BLOCK = 16
"""Slots whose dice fall together."""
KEPT = 35 * DAY
LIKELIEST = 0.6
USUALLY = 0.014
"""How likely one is written in a slot, when all is as usual."""
USUAL = (
    "How do I invite a colleague?",
    "Invoice with our VAT number, please",
    "Where is the export of my runs?",
    "Can an agent use our own tools?",
    "Password reset mail did not arrive",
    "Please raise our limit of parallel runs",
)
COMPLAINTS = {
    "errors": ("The site answers with an error", "Requests fail since a few minutes", "500 when I open my agents"),
    "slow": ("Everything is very slow", "The dashboard takes ages to load"),
    "runs": ("My agent fails every run", "Runs end with an error about a tool", "Agent stopped working today"),
    "lost": ("My account is gone", "Agents I made are missing", "I cannot find my workspace any more"),
}


@dataclass(frozen=True, kw_only=True)
class SupportTicket:
    """One ticket; `status` is Zendesk's word (new, open, solved), so is `priority`."""

    number: int
    subject: str
    status: str
    priority: str
    opened_at: datetime


class Tickets:
    """The tickets there are; whether one was written in a stretch of the past is thought of once."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._times_back = 0
        self._written: list[tuple[int, str, float]] = []
        self._next = int((past.founded_at - KEPT) // SLOT)

    def all(self) -> Iterator[SupportTicket]:
        """Those of the last five weeks, in the order in which they were opened."""
        now = self._past.now()
        self._catch_up(now)
        written = [*self._written, *self._opened(self._next, int(now // SLOT) + 1)]
        for slot, subject, at in written:
            if now - KEPT <= at <= now:
                yield _ticket(slot, subject, at, now)

    def _catch_up(self, now: float) -> None:
        if self._times_back != self._past.times_back or now // SLOT < self._next:
            self._written, self._times_back = [], self._past.times_back
            self._next = int((min(now, self._past.founded_at) - KEPT) // SLOT)
        self._written += self._opened(self._next, int(now // SLOT))
        self._next = int(now // SLOT)

    def _opened(self, first: int, end: int) -> list[tuple[int, str, float]]:
        """The slots from the first to before the end in which one was written, each with its subject and moment."""
        found = []
        for block in range(first // BLOCK, -(-end // BLOCK)):
            for slot, dice in enumerate(chances(BLOCK, "opened", block), start=block * BLOCK):
                if first <= slot < end and dice < LIKELIEST:
                    at = (slot + chance("ticket", slot)) * SLOT
                    if at <= self._past.now() and (subject := _subject(self._past, dice, slot, at)):
                        found.append((slot, subject, at))
        return found


def complaint(load: Load, runs: float, lost: float) -> tuple[str, float]:
    """What people suffer from most, and how much, as a part of what they do."""
    services = load.services.values()
    slowness = max((share.slowness for service in services for share in service.shares), default=1.0)
    suffered = {
        "errors": max(service.errors + service.turned_away for service in services),
        "slow": min(0.3, max(0.0, slowness - 3) / 20),
        "runs": runs,
        "lost": lost,
    }
    kind = max(suffered, key=lambda each: suffered[each])
    return kind, suffered[kind]


def _subject(past: Past, dice: float, slot: int, at: float) -> str:
    which = chance("subject", slot)
    usual = USUALLY * busyness("tickets", at)
    if dice < usual:
        return USUAL[int(which * len(USUAL))]
    if past.is_quiet(at):
        return ""
    load, state = past.load(at), past.state(at)
    lost = sum(loss.part for loss in state.database.losses if loss.at <= at)
    kind, suffered = complaint(load, failing_runs(state, load), lost)
    if suffered < 0.03 or dice >= usual + min(0.5, 1.2 * suffered):
        return ""
    return COMPLAINTS[kind][int(which * len(COMPLAINTS[kind]))]


def _ticket(slot: int, subject: str, at: float, now: float) -> SupportTicket:
    age, solved_in = now - at, 3600 * (2 + 30 * chance("solved", slot) ** 2)
    status = "solved" if age > solved_in else "open" if age > 1200 else "new"
    complains = subject not in USUAL
    return SupportTicket(
        number=slot % 10_000_000,
        subject=subject,
        status=status,
        priority="high" if complains else "normal",
        opened_at=datetime.fromtimestamp(at, UTC),
    )
