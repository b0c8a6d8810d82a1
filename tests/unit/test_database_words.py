"""Which database a change is about: named first, or left out where it can be only one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.errors import Refused
from bot.domain.incident import Incident, Severity
from bot.organisation import Organisation
from playbooks.changes.database_words import database_first, database_of, databases_to_choose
from playbooks.changes.kind import Asked, Lacking
from tests.empty_world import empty_world

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.fixture
def one() -> Organisation:
    return empty_world(NOON).organisation


@pytest.fixture
def two(one: Organisation) -> Organisation:
    """There is another database, which only the web front end uses."""
    known = one.databases["platform"]
    reports = replace(known, key="reports", title="Reports", instance="reports-db", services=("web",))
    return replace(one, databases={"platform": known, "reports": reports})


def asked(organisation: Organisation, *services: str) -> Asked:
    incident = Incident(
        number=1,
        title="Slow",
        severity=Severity.HIGH,
        services=services,
        declared_by="U0ANA",
        declared_at=NOON,
        severity_since=NOON,
    )
    return Asked(by="U0ANA", now=NOON, organisation=organisation, incident=incident if services else None)


@pytest.mark.parametrize("name", ["platform", "agent-marketplace-db", "Platform"])
def test_it_is_named_as_in_the_file_or_in_the_cloud(two: Organisation, name: str) -> None:
    assert database_first([name, "8-32768"], asked(two)) == ("platform", ("8-32768",))


def test_the_only_one_needs_no_name(one: Organisation) -> None:
    assert database_first(["8-32768", ""], asked(one)) == ("platform", ("8-32768",))


def test_of_several_it_is_that_of_the_incidents_services_or_it_is_asked_for(two: Organisation) -> None:
    assert database_first([], asked(two, "web")) == ("reports", ())
    with pytest.raises(Lacking):
        database_first([], asked(two))
    assert [each.value for each in databases_to_choose(asked(two, "web"))] == ["reports", "platform"]


def test_what_is_not_known_is_refused_with_the_nearest(one: Organisation, two: Organisation) -> None:
    with pytest.raises(Refused, match="did you mean `reports`"):
        database_first(["report"], asked(two))
    with pytest.raises(Refused, match="use one of: platform, reports"):
        database_first(["8-32768"], asked(two))
    with pytest.raises(Refused, match=r"opsbot\.yaml names no databases"):
        database_first([], asked(replace(one, databases={})))
    with pytest.raises(Refused, match="There is no database `reports`"):
        database_of({"database": "reports"}, one)
