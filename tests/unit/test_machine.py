"""Machines for databases: which there are, and which comes nearest to one that there is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.machine import MOST_CPUS, Machine, machine


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("db-custom-8-32768", "db-custom-8-32768"),
        ("4-16384", "db-custom-4-16384"),
        ("1-3840", "db-custom-1-3840"),
        ("7-30000", "db-custom-8-30208"),
        ("8-999999", "db-custom-8-53248"),
        ("2-100", "db-custom-2-3840"),
        ("999-999", "db-custom-96-88576"),
    ],
)
def test_a_machine_that_there_is_not_has_a_nearest_one(written: str, nearest: str) -> None:
    found = machine(written)
    assert found
    assert found.nearest.tier == nearest
    assert found.possible is (found.tier == nearest)


@pytest.mark.parametrize("written", ["", "big", "db-f1-micro", "8", "8-", "-8-32768", "8-32768-1"])
def test_other_names_are_no_machine(written: str) -> None:
    assert machine(written) is None


@given(st.integers(0, 999), st.integers(0, 9_999_999))
def test_the_nearest_is_always_possible(cpus: int, megabytes: int) -> None:
    nearest = Machine(cpus=cpus, megabytes=megabytes).nearest
    assert nearest.possible
    assert 1 <= nearest.cpus <= MOST_CPUS
    assert nearest.megabytes % 256 == 0
