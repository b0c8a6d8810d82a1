"""What an hourly check says aloud: what became worse, and neither what comes and goes nor what nobody could see."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.evidence import Evidence, Finding, Verdict
from playbooks.louder import Earlier, became_worse

NOON = datetime(2026, 3, 10, 16, tzinfo=UTC)
VERDICTS = {
    "g": Verdict.GREEN,
    "a": Verdict.AMBER,
    "r": Verdict.RED,
    "?": Verdict.COULD_NOT_LOOK,
    "-": Verdict.NO_DATA,
}


def latency(verdict: str) -> dict[str, Evidence]:
    finding = Finding(verdict=VERDICTS[verdict], says="Latency.")
    return {"latency": Evidence(name="latency", findings=(finding,), looked_at=NOON)}


@pytest.mark.parametrize(
    ("before", "now", "since"),
    [
        ("", "r", 0),
        ("gg", "r", 0),
        ("gg", "a", 0),
        ("aa", "r", 2),
        ("ga", "r", 1),
        ("??", "r", 0),
        ("rr", "r", None),
        ("rg", "r", None),
        ("gr", "r", None),
        ("ra", "a", None),
        ("rgg", "r", 0),
        ("gg", "g", None),
        ("gg", "?", None),
        ("gg", "-", None),
    ],
)
def test_it_is_said_when_it_is_worse_than_lately(before: str, now: str, since: int | None) -> None:
    """`before` is one letter an hour, the latest last; `since` is for how many hours it has not been well."""
    earlier = [
        Earlier(at=NOON - timedelta(hours=back), seen=latency(each))
        for back, each in enumerate(reversed(before), start=1)
    ]
    found = became_worse(latency(now), earlier, NOON, told={"latency"})
    assert [(NOON - each.since) // timedelta(hours=1) for each in found] == ([] if since is None else [since])


@pytest.mark.parametrize(
    ("before", "now", "since"),
    [("rg", "r", None), ("rgr", "r", 1), ("rgr", "a", 1), ("rr", "r", 2), ("rr", "g", None), ("r?", "r", 0)],
)
def test_what_was_not_told_is_when_it_is_seen_twice(before: str, now: str, since: int | None) -> None:
    """It came again after it was over, or an alert told of it that has stopped since."""
    earlier = [
        Earlier(at=NOON - timedelta(hours=back), seen=latency(each))
        for back, each in enumerate(reversed(before), start=1)
    ]
    found = became_worse(latency(now), earlier, NOON)
    assert [(NOON - each.since) // timedelta(hours=1) for each in found] == ([] if since is None else [since])
