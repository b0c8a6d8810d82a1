"""What looks like an open incident, and what only shares a word with one."""

from datetime import timedelta

import pytest

from bot.domain.incident import Incident
from playbooks.alike import LATELY, alike
from tests import night

ORGANISATION = night.organisation()


def incident(title: str = "API is down", *services: str, private: bool = False) -> Incident:
    found = night.declared(title=title, private=private)
    found.services = services
    return found


@pytest.mark.parametrize(
    ("title", "services"),
    [
        ("API is down", ()),
        ("The API is down!", ()),
        ("api down", ()),
        ("Is down: API", ()),
        ("Something else entirely", ("control-plane",)),
    ],
)
def test_the_same_service_or_nearly_the_same_title_is_alike(title: str, services: tuple[str, ...]) -> None:
    open_one = incident("API is down", "control-plane")
    assert alike(title, services, [open_one], night.at(30), ORGANISATION) == (open_one,)


@pytest.mark.parametrize("title", ["Payments fail", "API is slow for customers in Europe", "", "!!!", "x" * 100_000])
def test_another_title_about_another_service_is_not(title: str) -> None:
    assert alike(title, ("billing",), [incident("API is down", "control-plane")], night.at(30), ORGANISATION) == ()


def test_what_is_over_long_ago_or_private_is_not() -> None:
    resolved = night.resolved()
    secret = incident(private=True)
    old = incident()

    assert alike("API is down", (), [resolved, secret], night.at(30), ORGANISATION) == ()
    assert alike("API is down", (), [old], old.declared_at + LATELY, ORGANISATION) == (old,)
    assert alike("API is down", (), [old], old.declared_at + LATELY + timedelta(seconds=1), ORGANISATION) == ()


def test_the_latest_comes_first() -> None:
    first, second = incident(), incident()
    second.declared_at += timedelta(minutes=5)
    assert alike("API is down", (), [first, second], night.at(30), ORGANISATION) == (second, first)


def test_a_service_that_a_title_names_is_what_it_is_about() -> None:
    known = incident("control-plane fails 21 % of its requests")
    assert alike("Control plane is slow", (), [known], night.at(30), ORGANISATION) == (known,)
    assert alike("Nobody can log in", ("control-plane",), [known], night.at(30), ORGANISATION) == (known,)
    assert alike("Control is lost", ("billing",), [known], night.at(30), ORGANISATION) == ()
