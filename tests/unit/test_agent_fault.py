"""Whose fault it is that agent runs fail: a tool's, a permission's, or one agent's own."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.evidence.agent_fault import Fault, Kind, Runs, faults_of, success

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


def fault_of(counted: list[Runs], good: str) -> Fault:
    """The only one."""
    (fault,) = faults_of(counted, good)
    return fault


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


def test_a_fault_shows_in_the_minute_in_which_it_begins() -> None:
    """Most of what was counted is from before, and one agent has hardly used the tool."""
    counted = [
        *few("research", "search", well=33, failed=14), *few("review", "search", well=6, failed=2),
        *few("research", "store", well=24), *few("review", "sandbox", well=31), *few("triage", "mail", well=38),
        *few("triage", "store", well=26), *few("analyst", "sandbox", well=15), *few("analyst", "sql", well=36, failed=1),
    ]  # fmt: skip
    assert [(each.kind, each.name) for each in faults_of(counted, "success")] == [(Kind.TOOL, "search")]


def test_an_agent_is_told_from_the_tool_that_it_mostly_uses() -> None:
    counted = [
        *few("triage", "mail", well=28, failed=11), *few("triage", "store", well=18, failed=8),
        *few("research", "mail", well=8), *few("research", "store", well=23), *few("clerk", "mail", well=5),
        *few("clerk", "store", well=13), *few("clerk", "sql", well=8), *few("analyst", "sql", well=36, failed=1),
    ]  # fmt: skip
    assert [(each.kind, each.name) for each in faults_of(counted, "success")] == [(Kind.AGENT, "triage")]


def test_an_agent_with_one_tool_that_serves_others_well_is_at_fault_itself() -> None:
    counted = [
        *few("triage", "mail", well=20, failed=15),
        *few("clerk", "mail", well=30),
        *few("clerk", "sql", well=40),
    ]
    assert [(each.kind, each.name) for each in faults_of(counted, "success")] == [(Kind.AGENT, "triage")]


def test_of_an_agent_and_a_tool_that_only_use_each_other_nothing_can_be_told() -> None:
    counted = [*few("triage", "mail", well=20, failed=15), *few("clerk", "sql", well=40)]
    assert faults_of(counted, "success")[0].kind is Kind.UNCLEAR


def test_two_faults_at_the_same_time_are_told_apart() -> None:
    bad = {(agent, "search"): 0.95 for agent in AGENTS} | {("clerk", tool): 0.8 for tool in TOOLS if tool != "search"}
    found = faults_of(runs(bad), "success")
    assert [(each.kind, each.name) for each in found] == [(Kind.TOOL, "search"), (Kind.AGENT, "clerk")]


def test_what_fails_besides_is_not_hidden_by_what_is_clear() -> None:
    bad = dict.fromkeys(product(AGENTS, TOOLS), 0.3) | {(agent, "search"): 0.95 for agent in AGENTS}
    found = faults_of(runs(bad), "success")
    assert [each.kind for each in found] == [Kind.TOOL, Kind.UNCLEAR]


@given(
    counts=st.lists(st.integers(0, 400), min_size=9, max_size=9),
    parts=st.lists(st.floats(0, 1), min_size=9, max_size=9),
)
def test_whatever_is_counted_some_fault_is_named(counts: list[int], parts: list[float]) -> None:
    counted = [
        each
        for (agent, tool), count, part in zip(product(AGENTS, TOOLS), counts, parts, strict=True)
        for each in few(agent, tool, well=count * part, failed=count * (1 - part))
    ]
    found = faults_of(counted, "success")
    assert 1 <= len(found) <= 4
    assert all(bool(each.name) == (each.kind is not Kind.UNCLEAR) for each in found)


def few(agent: str, tool: str, *, well: float, failed: float = 0) -> list[Runs]:
    """The runs of one agent with one tool."""
    return [
        Runs(agent=agent, tool=tool, status="success", count=well),
        Runs(agent=agent, tool=tool, status="error", count=failed),
    ]


def test_without_runs_there_is_no_ratio() -> None:
    assert success([], "success") is None
    assert success(runs({}), "success") == pytest.approx(0.99)
