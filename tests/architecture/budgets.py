"""Measures the code against the budgets of pyproject.toml; `python -m tests.architecture.budgets` prints the result."""

import ast
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
PRODUCTION = ("bot", "handlers", "playbooks", "sandbox", "scheduler")
TESTS = ("tests", "benchmarks")
BROAD = {"Exception", "BaseException"}
VAGUE = {"base", "common", "core", "helper", "helpers", "manager", "misc", "service", "util", "utils"}
PATCHING = {"setattr", "setitem", "delattr", "delitem", "syspath_prepend"}


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file of ours."""

    path: str
    lines: int
    tree: ast.Module

    @cached_property
    def nodes(self) -> Sequence[ast.AST]:
        """Everything in it; most looks go through all of that."""
        return list(ast.walk(self.tree))


Look = Callable[[Source], Iterator[tuple[int, str]]]
"""Finds what should not be in a file: lines, and what stands there."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What pyproject.toml allows; an exception is a path or a path::function with its reason."""

    file_lines: int
    function_lines: int
    median_function_lines: int
    long_files: Mapping[str, str]
    long_functions: Mapping[str, str]
    broad_excepts: Mapping[str, str]
    imports_in_functions: Mapping[str, str]
    keyword_guesses: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Budget:
    """One thing that is measured: the worst and what is allowed, and what breaks it."""

    name: str
    measured: str
    allowed: str
    broken: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name:<44}{self.measured:>12}{self.allowed:>12}"


def budgets() -> list[Budget]:
    """Everything that is measured."""
    with (ROOT / "pyproject.toml").open("rb") as opened:
        limits = Limits(**tomllib.load(opened)["tool"]["opsbot"]["budgets"])
    code = list(_sources(PRODUCTION))
    tests = list(_sources(TESTS))
    return [
        _files("longest file, lines", [*code, *_pages()], limits),
        _files("longest file of the tests, lines", tests, limits),
        _functions(code, limits),
        _median(code, limits),
        _none("broad `except` outside its places", code, limits.broad_excepts, _broad_excepts),
        _none("imports inside functions, likewise", code, limits.imports_in_functions, _inner_imports),
        _none("patches of our own modules", tests, {}, _patches),
        _none("`**kwargs`, likewise", code, limits.keyword_guesses, _keyword_guesses),
        _none("files that do not say what they are about", [*code, *tests], {}, _silent),
        _none("files with a name that says nothing", [*code, *tests], {}, _vague),
    ]


def _sources(folders: tuple[str, ...]) -> Iterator[Source]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            yield Source(path=_relative(path), lines=text.count("\n"), tree=ast.parse(text, path))


def _pages() -> Iterator[Source]:
    """The web client's files, which have a length too."""
    for path in sorted((ROOT / "sandbox").rglob("*.js")):
        yield Source(path=_relative(path), lines=path.read_text(encoding="utf-8").count("\n"), tree=ast.parse(""))


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _files(name: str, sources: list[Source], limits: Limits) -> Budget:
    broken = tuple(
        f"{each.path} has {each.lines} lines"
        for each in sources
        if each.lines > limits.file_lines and not _excepted(each.path, limits.long_files)
    )
    longest = str(max((each.lines for each in sources), default=0))
    return Budget(name=name, measured=longest, allowed=str(limits.file_lines), broken=broken)


def _functions(sources: list[Source], limits: Limits) -> Budget:
    most = limits.function_lines
    lengths = [(f"{each.path}::{node.name}", _length(node)) for each in sources for node in _defined(each)]
    broken = tuple(
        f"{where} has {length} lines"
        for where, length in lengths
        if length > most and not _excepted(where, limits.long_functions)
    )
    worst = str(max((length for _, length in lengths), default=0))
    return Budget(name="longest function, lines", measured=worst, allowed=str(most), broken=broken)


def _median(sources: list[Source], limits: Limits) -> Budget:
    most = limits.median_function_lines
    middle = median([_length(node) for each in sources for node in _defined(each)] or [0])
    broken = (f"the median function has {middle} lines",) if middle > most else ()
    return Budget(name="median function, lines", measured=f"{middle:g}", allowed=str(most), broken=broken)


def _none(name: str, sources: list[Source], excepted: Mapping[str, str], look: Look) -> Budget:
    allowed = (each for each in sources if not _excepted(each.path, excepted))
    broken = tuple(f"{each.path}:{line}: {what}" for each in allowed for line, what in look(each))
    return Budget(name=name, measured=str(len(broken)), allowed="0", broken=broken)


def _excepted(path: str, reasons: Mapping[str, str]) -> bool:
    return any(fnmatch(path, pattern) for pattern in reasons)


def _defined(source: Source) -> Iterator[Function]:
    return (node for node in source.nodes if isinstance(node, Function))


def _length(function: Function) -> int:
    """Lines from `def` to the end, without the docstring."""
    return (function.end_lineno or function.lineno) - function.lineno + 1 - _docstring_lines(function)


def _docstring_lines(function: Function) -> int:
    first = function.body[0]
    if ast.get_docstring(function) is None:
        return 0
    return (first.end_lineno or first.lineno) - first.lineno + 1


def _broad_excepts(source: Source) -> Iterator[tuple[int, str]]:
    for node in source.nodes:
        caught = node.type if isinstance(node, ast.ExceptHandler) else None
        bare = isinstance(node, ast.ExceptHandler) and caught is None
        if bare or (caught and _names(caught) & BROAD) or _suppresses_all(node):
            yield getattr(node, "lineno", 0), "catches everything"


def _suppresses_all(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and "suppress" in _names(node.func) and any(_names(a) & BROAD for a in node.args)


def _names(node: ast.AST) -> set[str]:
    inner = list(ast.walk(node))
    return {each.id for each in inner if isinstance(each, ast.Name)} | {
        each.attr for each in inner if isinstance(each, ast.Attribute)
    }


def _inner_imports(source: Source) -> Iterator[tuple[int, str]]:
    for function in _defined(source):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield node.lineno, f"{function.name} imports inside"


def _patches(source: Source) -> Iterator[tuple[int, str]]:
    for node in source.nodes:
        if isinstance(node, ast.Import | ast.ImportFrom) and "mock" in ast.unparse(node):
            yield node.lineno, "mocks"
        if isinstance(node, ast.Attribute) and node.attr in PATCHING and "monkeypatch" in _names(node.value):
            yield node.lineno, "patches"


def _keyword_guesses(source: Source) -> Iterator[tuple[int, str]]:
    return ((each.lineno, f"{each.name} takes anything") for each in _defined(source) if each.args.kwarg)


def _silent(source: Source) -> Iterator[tuple[int, str]]:
    first = (ast.get_docstring(source.tree) or "").split("\n\n")[0]
    if not first.endswith((".", ":", "?")):
        yield 1, "begins without a sentence that says what it is about"


def _vague(source: Source) -> Iterator[tuple[int, str]]:
    if Path(source.path).stem in VAGUE:
        yield 1, "is named after nothing in it"


def main() -> int:
    """Print all budgets, and what breaks them."""
    measured = budgets()
    print(f"{'budget':<44}{'measured':>12}{'allowed':>12}")
    for budget in measured:
        print(budget)
    broken = [each for budget in measured for each in budget.broken]
    print(*broken, sep="\n", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
