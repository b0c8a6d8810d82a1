"""A trouble's beginning is found in its numbers, and only what was deployed shortly before it is blamed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.chart import Point
from bot.domain.cloud_service import CloudService, Condition, Revision, Share
from bot.domain.evidence import Subject
from playbooks.evidence.blame import culprit
from playbooks.evidence.connection_growth import grown
from playbooks.evidence.deployed import Deployed
from playbooks.evidence.trend import bad_since
from playbooks.evidence.window import DELAY, Window, window_of
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def ago(minutes: float) -> datetime:
    return NOW - MINUTE * minutes


def points(*values: float) -> list[Point]:
    """One a minute, the last one now."""
    return [Point(at=ago(len(values) - 1 - place), value=value) for place, value in enumerate(values)]


def since(*values: float) -> datetime | None:
    window = Window(since=ago(60), until=NOW, step=MINUTE)
    return bad_since(points(*values), window, lambda value: value > 1)


def revision(number: int, created: datetime, condition: Condition = Condition.READY) -> Revision:
    return Revision(name=f"web-{number:05}", service="web", created_at=created, condition=condition)


def stands(*newest_first: Revision, serving: int) -> Deployed:
    share = Share(revision=f"web-{serving:05}", percent=100)
    cloud = CloudService(name="web", region="r", condition=Condition.READY, serving=(share,))
    return Deployed(cloud=cloud, revisions=newest_first)


OLD = revision(41, ago(5000))


@given(hours=st.floats(0.01, 2000))
def test_numbers_are_read_until_they_have_arrived_in_few_enough_steps(hours: float) -> None:
    window = window_of(empty_world(NOW), Subject(services=(), since=NOW - timedelta(hours=hours), until=NOW))
    assert window.until == NOW - DELAY
    assert window.until - window.since >= timedelta(hours=1)
    assert (window.until - window.since) / window.step <= 2100


def test_numbers_are_read_from_before_the_trouble() -> None:
    subject = Subject(services=(), since=ago(5), until=NOW, began=ago(200))
    assert window_of(empty_world(NOW), subject).since == ago(200)


def test_a_trouble_began_where_the_bad_stretch_at_the_end_does() -> None:
    assert since(0, 0, 0, 0, 2, 2, 2) == ago(3)
    assert since(2, 0, 0, 0, 0, 2) == ago(1)


def test_a_good_minute_in_between_is_no_recovery() -> None:
    assert since(0, 0, 0, 2, 0, 2, 0, 0, 2) == ago(6)


def test_what_is_good_again_has_no_beginning() -> None:
    assert since(2, 2, 2, 0, 0, 0) is None
    assert since() is None


@pytest.mark.parametrize("minutes", [0, 1, 4, 30])
def test_a_deployment_shortly_before_is_blamed(minutes: int) -> None:
    new = revision(42, ago(60))
    assert culprit(stands(new, OLD, serving=42), ago(60 - minutes), MINUTE) == new


@pytest.mark.parametrize("minutes", [-2, -30, 31, 600])
def test_a_deployment_afterwards_or_long_before_is_not(minutes: int) -> None:
    new = revision(42, ago(60))
    assert culprit(stands(new, OLD, serving=42), ago(60 - minutes), MINUTE) is None


def test_a_deployment_that_gets_no_traffic_is_not() -> None:
    failed = revision(42, ago(60), Condition.FAILED)
    assert culprit(stands(failed, OLD, serving=41), ago(59), MINUTE) is None


def test_connections_that_were_steady_before_and_grew_since_came_with_it() -> None:
    assert grown(points(*[60.0] * 50, *[60 + 10.0 * step for step in range(10)]), ago(10))


def test_connections_that_grew_before_or_never_did_not() -> None:
    assert not grown(points(*[60 + 5.0 * step for step in range(60)]), ago(10))
    assert not grown(points(*[60.0] * 60), ago(10))
    assert not grown([], NOW)
