"""The pinned requirements say what is installed, to the byte, and nothing about where it came from."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-tools.lock"]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    assert not re.search(r"://|--(extra-)?index|--find-links|@ ", (ROOT / lock).read_text())


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    pins = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())

    assert all("==" in pin and "--hash=sha256:" in pin for pin in pins)


def test_every_dependency_is_pinned() -> None:
    with (ROOT / "pyproject.toml").open("rb") as opened:
        project = tomllib.load(opened)
    runtime, development = (_pins(lock) for lock in LOCKS[:2])

    assert _names(project["project"]["dependencies"]) <= runtime.keys()
    assert _names(project["dependency-groups"]["dev"]) <= development.keys()
    assert runtime.items() <= development.items()


def _pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / lock).read_text().lower(), flags=re.MULTILINE))


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~!;\s]", requirement)[0].lower() for requirement in requirements}
