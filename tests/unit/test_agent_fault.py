"""Whose fault it is that agent runs fail: a tool's, a permission's, or one agent's own."""

from itertools import product

import pytest

from playbooks.evidence.agent_fault import Kind, Runs, fault_of, success

AGENTS, TOOLS = ("researcher", "analyst", "clerk"), ("search", "mail", "sql")


def runs(bad: dict[tuple[str, str], float], *, status: str = "error") -> list[Runs]:
    """A hundred runs of every agent with every tool, of which these parts went wrong."""
    return [
        each
        for agent, tool in product(AGENTS, TOOLS)
        for part in (bad.get((agent, tool), 0.01),)
        for each in (
            Runs(agent=agent, tool=tool, status="success", count=100 * (1 - part)),
            Runs(agent=agent, tool=tool, status=status, count=100 * part),
        )
    ]


def test_a_tool_that_fails_every_agent_is_down() -> None:
    fault = fault_of(runs({(agent, "search"): 0.95 for agent in AGENTS}), "success")
    assert (fault.kind, fault.name) == (Kind.TOOL, "search")
    assert fault.ratio == pytest.approx(0.05)


@pytest.mark.parametrize("status", ["denied", "permission_error", "forbidden", "unauthorized"])
def test_what_is_denied_lacks_a_permission(status: str) -> None:
    fault = fault_of(runs({(agent, "mail"): 0.9 for agent in AGENTS}, status=status), "success")
    assert (fault.kind, fault.name) == (Kind.PERMISSION, "mail")


def test_an_agent_that_fails_with_every_tool_is_at_fault_itself() -> None:
    fault = fault_of(runs({("clerk", tool): 0.85 for tool in TOOLS}), "success")
    assert (fault.kind, fault.name) == (Kind.AGENT, "clerk")


def test_what_fails_everywhere_or_in_one_pair_alone_is_unclear() -> None:
    everywhere = runs(dict.fromkeys(product(AGENTS, TOOLS), 0.5))
    assert fault_of(everywhere, "success").kind is Kind.UNCLEAR
    assert fault_of(runs({("clerk", "sql"): 0.9}), "success").kind is Kind.UNCLEAR
    assert fault_of([], "success").kind is Kind.UNCLEAR


def test_without_runs_there_is_no_ratio() -> None:
    assert success([], "success") is None
    assert success(runs({}), "success") == pytest.approx(0.99)
