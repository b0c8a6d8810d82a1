"""The platform as its operator describes it: databases, what agents report, and the numbers of the business."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class Database:
    """A managed database. `owner` is a target; `services` are the services that use it."""

    key: str
    title: str
    instance: str
    """Its name in the cloud."""
    test_instance: str | None
    """Where backups are restored to be tried."""
    owner: str
    services: tuple[str, ...]
    databases: tuple[str, ...]
    """The databases on it that matter; empty for all."""
    tables: tuple[str, ...] = ()
    """Whose rows are counted to see whether a copy holds what it should, "name" or "schema.name"."""
    spared: tuple[str, ...] = ()
    """Users and applications whose connections are never ended."""


@dataclass(frozen=True, kw_only=True)
class Otherwise:
    """How agents do without a tool that is down: the variables that are set at a service, as one types them."""

    service: str
    variables: str


@dataclass(frozen=True, kw_only=True)
class AgentMetrics:
    """How the application counts the runs of agents, in Prometheus."""

    runs: str = "agent_runs_total"
    status_label: str = "status"
    success: str = "success"
    """The status of a run that succeeded."""
    agent_label: str = "agent"
    tool_label: str = "tool"
    otherwise: Mapping[str, Otherwise] = field(default_factory=dict)
    """By the name of the tool that is down."""


class NumberSource(StrEnum):
    """Where a number comes from."""

    PROMETHEUS = "prometheus"
    SQL = "sql"


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number of the business and the trusted query that gives it; a private one is shown in private channels only."""

    key: str
    title: str
    unit: str
    query: str
    source: NumberSource
    private: bool = False
