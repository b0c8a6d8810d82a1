"""A service that is no longer in the organisation's file is missed, and never stands for all the others."""

from datetime import UTC, datetime

import pytest

from bot.domain.evidence import Finding, NotConfigured, Subject, Verdict
from bot.organisation import Service
from playbooks.evidence.seen import Seen, every_service, services_of
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)


async def look(service: Service) -> Seen:
    return Seen(findings=(Finding(verdict=Verdict.GREEN, says="well", subject=service.key),))


def subject(*services: str) -> Subject:
    return Subject(services=services, since=NOW, until=NOW)


async def test_of_several_services_those_that_are_gone_are_said() -> None:
    seen = await every_service(empty_world(NOW), subject("billing", "fax"), look)

    assert seen.findings[0].subject == "billing"
    assert [each.says for each in seen.findings[1:]] == ["opsbot.yaml has no service fax any more."]


def test_where_all_are_gone_no_others_are_looked_at() -> None:
    with pytest.raises(NotConfigured, match="no service fax, telex any more"):
        services_of(empty_world(NOW), subject("fax", "telex"))
