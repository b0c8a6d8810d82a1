"""Every commit and every outward call of the store and the relay lies between two registered crash points."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

from bot.store.points import POINTS

ROOT = Path(__file__).parents[2]
PLACES = ("bot/store", "scheduler")
STEPS = ("unit", "claim", "finish")
"""What `{step}` stands for where a point is named by it."""

COMMITS_APART = {
    "bot/store/database.py::_prepare_postgres": "the settings of a connection, nothing that lasts",
    "bot/store/leadership.py::Lease._transaction": "who leads; a leader that dies there loses its lease, as anywhere",
}
"""Commits that have no points, each with the reason."""
OUTWARD = frozenset({"bot.slack", "bot.integrations", "aiohttp", "httpx", "pagerduty", "slack_bolt", "slack_sdk"})
"""Only executors speak to the outside, and only the carrier calls them."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(body: list[ast.stmt], path: str) -> Iterator[tuple[str, Function]]:
    """Every function and method, by path and name."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from ((f"{path}::{node.name}.{name.split('::')[1]}", f) for name, f in functions(node.body, path))
        elif isinstance(node, Function):
            yield f"{path}::{node.name}", node


def all_functions() -> Iterator[tuple[str, Function]]:
    for path in sources():
        yield from functions(ast.parse(path.read_text()).body, path.relative_to(ROOT).as_posix())


def sources() -> list[Path]:
    return sorted(path for place in PLACES for path in (ROOT / place).glob("*.py"))


def calls(function: Function) -> list[str]:
    """What a function calls, in the order of the text; a crash point as its name."""
    found = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    return [called(node) for node in sorted(found, key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0))]


def called(node: ast.Call) -> str:
    return ast.unparse(node.args[0]).strip("f'\"") if is_point(node) else ast.unparse(node.func)


def is_point(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {"self.points", "self._points"}


def commits(name: str) -> bool:
    """Whether a call commits, or begins what commits at the end of its block."""
    return name.endswith((".commit", "engine.begin", "_engine.begin"))


def points_passed() -> set[str]:
    passed = [node for _, function in all_functions() for node in ast.walk(function) if is_point(node)]
    return {called(node).replace("{step}", step) for node in passed for step in STEPS}


def test_every_commit_lies_between_two_crash_points() -> None:
    committing = {name: calls(each) for name, each in all_functions() if any(map(commits, calls(each)))}
    bare = committing.keys() - COMMITS_APART.keys()

    assert COMMITS_APART.keys() <= committing.keys(), "an exception that is not needed"
    assert bare == {"bot/store/unit_of_work.py::Store._write"}, "a commit needs crash points before and after it"
    for name in bare:
        at = next(index for index, call in enumerate(committing[name]) if commits(call))
        around = committing[name][at - 1], committing[name][at + 1]
        assert around == ("{step}: before commit", "{step}: after commit")


def test_every_outward_call_lies_between_two_crash_points() -> None:
    carrying = [name for name, each in all_functions() if {"executor", "self._executed"} & set(calls(each))]
    by_name = dict(all_functions())

    assert carrying == ["scheduler/carrier.py::Carrier._carry_out", "scheduler/carrier.py::Carrier._executed"]
    inside = calls(by_name[carrying[0]])
    at = inside.index("self._executed")
    assert (inside[at - 1], inside[at + 1]) == ("send: before", "send: after")


def test_nothing_else_there_speaks_to_the_outside() -> None:
    for path in sources():
        imported = {
            name
            for node in ast.walk(ast.parse(path.read_text()))
            for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else _names(node))
        }
        outward = {name for name in imported for bad in OUTWARD if f"{name}.".startswith(f"{bad}.")}
        assert not outward, f"{path.name} imports {outward}"


def test_the_points_that_are_passed_are_the_points_there_are() -> None:
    assert points_passed() == set(POINTS)


def _names(node: ast.AST) -> list[str]:
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
