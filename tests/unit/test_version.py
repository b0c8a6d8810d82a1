"""Versions are read, put in order, and followed by the next one."""

import pytest

from bot.domain.version import Version, following, newest_of


def version(written: str) -> Version:
    found = Version.read(written)
    assert found
    return found


def test_they_follow_each_other_as_people_count_them() -> None:
    ordered = ["0.9.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0", "1.0.1", "1.10.0"]
    assert [str(each) for each in sorted(map(version, reversed(ordered)))] == ordered


@pytest.mark.parametrize("written", ["1.8", "1", "latest", "1.8.0.1", "1.8.x", "v1.8.0+7", "1.8.0-", "", "1.8.0 "])
def test_what_is_none(written: str) -> None:
    assert Version.read(written) is None


@pytest.mark.parametrize(
    ("written", "meant"), [("1.8", "1.8.0"), ("2", "2.0.0"), ("V1.8.0", "1.8.0"), ("1_8_0", "1.8.0"), ("next", "None")]
)
def test_what_somebody_most_likely_means(written: str, meant: str) -> None:
    assert str(Version.near(written)) == meant


def test_the_newest_of_tags_and_the_next_one() -> None:
    tags = ["v1.7.1", "nightly", "v1.10.0", "1.9.0"]
    assert str(newest_of(tags)) == "1.10.0"
    assert str(newest_of(tags, below=version("1.9.0"))) == "1.7.1"
    assert newest_of(["nightly"]) is None
    assert (str(following(version("1.7.1"))), str(following(version("2.0.0-rc.1")))) == ("1.7.2", "2.0.0")
