"""Numbers and times are written short, with their unit, and on the organisation's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from playbooks.evidence.figure import count, ms, percent, short, size, span, when
from playbooks.evidence.route import route

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (ms(1240.4), "1,240 ms"),
        (ms(12_400), "12.4 s"),
        (percent(0.0234), "2.3 %"),
        (percent(0.0004), "0.04 %"),
        (percent(0.42), "42 %"),
        (percent(0.9994), "99.94 %"),
        (percent(0), "0 %"),
        (percent(1), "100 %"),
        (count(1, "error"), "1 error"),
        (count(1240, "error"), "1,240 errors"),
        (count(3.4), "3"),
        (size(1536), "1.5 KiB"),
        (size(300), "300 B"),
        (size(42 * 2**20), "42 MiB"),
        (span(timedelta(seconds=40)), "40 s"),
        (span(timedelta(minutes=7, seconds=40)), "7 min"),
        (span(timedelta(hours=2, minutes=10)), "2 h 10 min"),
        (span(timedelta(hours=50)), "2 d 2 h"),
        (span(timedelta(days=12, hours=4)), "12 d"),
        (span(timedelta(seconds=-4)), "0 s"),
        (short("control-plane-00042-abc", "control-plane"), "00042-abc"),
        (short("web", "web"), "web"),
    ],
)
def test_figures(written: str, expected: str) -> None:
    assert written == expected


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0, "10:00 EST"),
        (-1, "09:00 EST"),
        (-24, "Tue 10:00 EST"),
        (-24 * 20, "12 Feb 10:00 EST"),
        (24, "Thu 10:00 EST"),
    ],
)
def test_times_are_those_of_the_organisation_and_say_its_zone(hours: int, expected: str) -> None:
    assert when(NOW + timedelta(hours=hours), NOW, NEW_YORK) == expected


def test_times_are_right_after_the_clocks_changed() -> None:
    after = datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
    assert when(after, after, NEW_YORK) == "09:00 EDT"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/runs/8231/steps?token=secret", "/v1/runs/*/steps"),
        ("/v1/runs/3f2b1c9e-8a53-4d21-9b0e-0c1d2e3f4a5b", "/v1/runs/*"),
        ("/v1/agents/search", "/v1/agents/search"),
        ("", "/"),
        ("/", "/"),
        ("/users/ana@example.com/mail", "/users/[e-mail]/mail"),
        ("/a/b/c/d/e/f/g/h", "/a/b/c/d/e/f"),
    ],
)
def test_a_route_is_a_path_without_what_tells_requests_apart(path: str, expected: str) -> None:
    assert route(path) == expected
