"""The code stays within its budgets, and the measuring itself is not blind."""

import ast

import pytest

from tests.architecture import budgets
from tests.architecture.budgets import Limits, Source

LIMITS = Limits(
    file_lines=300,
    function_lines=40,
    median_function_lines=8,
    long_files={},
    long_functions={},
    broad_excepts={},
    imports_in_functions={},
    keyword_guesses={},
)


def test_the_code_stays_within_its_budgets() -> None:
    broken = [f"{budget.name}: {each}" for budget in budgets.budgets() for each in budget.broken]
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    go()\nexcept Exception:\n    pass\n",
        "try:\n    go()\nexcept:\n    pass\n",
        "try:\n    go()\nexcept (OSError, BaseException):\n    pass\n",
        "with contextlib.suppress(Exception):\n    go()\n",
    ],
)
def test_a_broad_except_is_seen(code: str) -> None:
    assert list(budgets._broad_excepts(_source(code)))


def test_a_narrow_except_is_left_alone() -> None:
    assert not list(budgets._broad_excepts(_source("try:\n    go()\nexcept (OSError, ValueError):\n    pass\n")))


def test_an_import_inside_a_function_is_seen() -> None:
    assert list(budgets._inner_imports(_source("import a\ndef go():\n    import b\n"))) == [(3, "go imports inside")]


@pytest.mark.parametrize(
    "code", ["from unittest.mock import patch\n", "def test(monkeypatch):\n    monkeypatch.setattr(bot, 'x', 1)\n"]
)
def test_a_patch_is_seen(code: str) -> None:
    assert list(budgets._patches(_source(code)))


def test_setting_the_environment_is_no_patch() -> None:
    assert not list(budgets._patches(_source("def test(monkeypatch):\n    monkeypatch.setenv('A', 'b')\n")))


def test_a_file_that_does_not_say_what_it_is_about_is_seen() -> None:
    assert list(budgets._silent(_source("x = 1\n")))
    assert not list(budgets._silent(_source('"""About one thing."""\n')))


def test_the_length_of_a_function_leaves_its_docstring_out() -> None:
    function = next(budgets._defined(_source('def go():\n    """Go\n\n    there.\n    """\n    return 1\n')))

    assert budgets._length(function) == 2


def test_a_long_function_is_seen_beside_a_short_one_of_the_same_name() -> None:
    line = "        self.x = 1\n"
    code = "class Long:\n    def go(self):\n" + 41 * line + "class Short:\n    def go(self):\n" + line
    (broken,) = budgets._functions([_source(code)], LIMITS).broken

    assert broken == "bot/example.py::go has 42 lines"


def _source(code: str) -> Source:
    return Source(path="bot/example.py", lines=code.count("\n"), tree=ast.parse(code))
