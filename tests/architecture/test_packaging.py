"""What is shipped is whole, and runs as it should."""

import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

from bot.settings import names

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "playbooks", "sandbox", "scheduler")
DOCKERFILE = (ROOT / "Dockerfile").read_text()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with ZipFile(next(folder.glob("*.whl"))) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_every_file_of_the_packages(wheel: set[str]) -> None:
    ours = {path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()}
    expected = {path.relative_to(ROOT).as_posix() for path in ours if "__pycache__" not in path.parts}

    assert expected <= wheel
    assert "playbooks/library/critical-incident.md" in wheel
    assert "opsbot.example.yaml" in wheel


def test_the_wheel_holds_no_tests(wheel: set[str]) -> None:
    assert not [name for name in wheel if name.startswith(("tests/", "benchmarks/", "docs/"))]


def test_the_image_installs_what_is_pinned_and_nothing_else() -> None:
    installs = re.findall(r"pip install [^&\\\n]*", DOCKERFILE)

    assert installs
    assert all("--require-hashes" in each or "--no-deps" in each for each in installs)


def test_the_image_runs_as_a_user_without_rights() -> None:
    last_stage = DOCKERFILE.split("\nFROM ")[-1]

    assert re.search(r"^USER opsbot$", last_stage, flags=re.MULTILINE)
    assert "EXPOSE 8080" in last_stage


def test_the_image_listens_where_it_is_told_and_hears_the_signal_to_stop() -> None:
    [command] = re.findall(r"^CMD (.*)$", DOCKERFILE, flags=re.MULTILINE)

    assert "OPSBOT_LISTEN=${OPSBOT_LISTEN:-0.0.0.0:${PORT:-8080}}" in command
    assert "exec opsbot serve" in command


def test_the_image_is_built_from_files_that_its_builder_is_given() -> None:
    allowed = {line[1:].strip("/") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"}
    copied = [
        name for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()
    ]

    assert {name.replace("yam[l]", "yaml") for name in copied} <= allowed
    assert set(PACKAGES) <= set(copied)


def test_the_image_holds_no_secrets() -> None:
    assert not re.search(r"(TOKEN|SECRET|KEY|PASSWORD)=", DOCKERFILE)


def test_app_engine_runs_exactly_one_instance_and_asks_it_how_it_is() -> None:
    app = yaml.safe_load((ROOT / "app.yaml").read_text())

    assert (app["runtime"], app["env"]) == ("custom", "flex")
    assert app["manual_scaling"] == {"instances": 1}
    assert app["readiness_check"]["path"] == "/readyz"
    assert app["liveness_check"]["path"] == "/healthz"


def test_app_engine_is_given_the_names_of_secrets_and_never_secrets() -> None:
    given = yaml.safe_load((ROOT / "app.yaml").read_text())["env_variables"]

    for name, value in given.items():
        if re.search(r"TOKEN|SECRET|KEY|DATABASE_URL", name):
            assert re.fullmatch(r"secret:projects/PROJECT/secrets/[a-z-]+/versions/latest", value), name


def test_the_settings_that_app_engine_is_given_exist() -> None:
    given = yaml.safe_load((ROOT / "app.yaml").read_text())["env_variables"]

    assert given.keys() <= set(names())
