"""What a load test measured reads in one line, and its charts show the bound that it came near to."""

from datetime import UTC, datetime, timedelta

from bot.domain.evidence import Verdict
from bot.domain.load_test import Answered, LoadOrder, Measured, measured
from playbooks.changes.load_result import in_the_end, seen, so_far

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
ORDER = LoadOrder(
    mark="m",
    urls=("https://staging.example.com/",),
    rate=20,
    at_once=10,
    lasts=timedelta(seconds=60),
    errors=0.02,
    slowest=timedelta(seconds=1),
)


def found(*answers: Answered, lasted: float = 60, unsent: int = 0, over: bool = True, stopped: str = "") -> Measured:
    return measured(answers, begun_at=NOON, lasted=lasted, width=1, unsent=unsent, over=over, stopped=stopped)


def test_what_it_bore_is_said_with_what_could_not_be_sent() -> None:
    quick = found(Answered(at=1, took=80), Answered(at=2, took=120), unsent=7)
    assert in_the_end(quick, ORDER) == (
        "It bore 20 requests a second for 1 min: 2 answers, p50 80 ms, p95 120 ms, p99 120 ms, 0 % failed. "
        "7 requests could not be made: all 10 at once were unanswered."
    )
    assert seen(quick, ORDER, "Load test").verdict is Verdict.GREEN


def test_why_it_stopped_is_said_with_what_failed_most() -> None:
    answers = [Answered(at=1, took=900), *(Answered(at=2, took=950, failure="HTTP 503") for _ in range(3))]
    stopped = found(*answers, lasted=12, stopped="75 % of the last 100 requests failed")
    assert in_the_end(stopped, ORDER) == (
        "Stopped after 12 s because 75 % of the last 100 requests failed: 4 answers, p50 950 ms, p95 950 ms, "
        "p99 950 ms, 75 % failed (3 × HTTP 503)."
    )
    evidence = seen(stopped, ORDER, "Load test")
    assert evidence.verdict is Verdict.RED
    assert [[each.label for each in chart.thresholds] for chart in evidence.charts] == [
        ["it stops at a p95 of 1,000 ms"],
        ["it stops at 2.0 %"],
    ]


def test_while_it_runs_it_is_said_how_far_it_is() -> None:
    assert so_far(found(lasted=0.3, over=False), ORDER) == "0 s of 1 min: no answer yet."
    assert so_far(found(Answered(at=1, took=80), lasted=9.6, over=False), ORDER).startswith("10 s of 1 min: 1 answer, ")


def test_a_bound_that_is_far_away_does_not_flatten_the_chart() -> None:
    times, _ = seen(found(Answered(at=1, took=80)), ORDER, "Load test").charts
    assert times.thresholds == ()
