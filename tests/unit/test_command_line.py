"""The command line: what it prints, what it refuses in a sentence, and how it ends."""

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import cli
from handlers import COMMANDS
from handlers.manifest import manifest
from sandbox.clock import SandboxClock
from sandbox.server import Sandbox

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("log_as_it_was")


def opsbot(*words: str, **environment: str) -> Result:
    """Runs the command with just this environment."""
    given = {"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": "", "OPSBOT_CONFIG": "", "OPSBOT_DATABASE_URL": ""}
    return CliRunner().invoke(cli, list(words), env={**given, **environment})


def test_without_a_word_it_explains_itself() -> None:
    said = opsbot().output
    slash = [name.removeprefix("/") for name in COMMANDS.names]
    for command in ("serve", "demo", "migrate", "manifest", "doctor", "playbook", *slash):
        assert f" {command} " in said
    assert "practise" not in said


def test_manifest_prints_what_a_slack_app_is_made_from() -> None:
    made = json.loads(opsbot("manifest").stdout)
    assert made["settings"]["socket_mode_enabled"] is True

    made = json.loads(opsbot("manifest", "--url", "https://opsbot.example.com/").stdout)
    address = "https://opsbot.example.com/slack/events"
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["features"]["slash_commands"][0]["url"] == address


def test_migrate_makes_the_tables_and_may_be_run_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'opsbot.db'}"
    for _ in range(2):
        result = opsbot("migrate", OPSBOT_DATABASE_URL=url)
        assert (result.exit_code, result.stdout) == (0, "The database is up to date.\n")
    with sqlite3.connect(tmp_path / "opsbot.db") as database:
        names = {row[0] for row in database.execute("select name from sqlite_master where type = 'table'")}
    assert {"outbox", "inbox", "incident"} <= names


@pytest.mark.parametrize("name", ["absent/opsbot.db", "no-database"])
def test_a_database_that_cannot_be_used_is_told_in_one_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "no-database").write_text("This is a letter, and no database at all.\n" * 100, encoding="utf-8")
    result = opsbot("migrate", OPSBOT_DATABASE_URL=f"sqlite:///{tmp_path / name}")

    assert (result.exit_code, result.stdout) == (1, "")
    (sentence,) = result.stderr.splitlines()
    assert "look at OPSBOT_DATABASE_URL" in sentence


def test_a_database_that_cannot_be_reached_is_told_without_its_password() -> None:
    result = opsbot("migrate", OPSBOT_DATABASE_URL="postgresql://opsbot:hunter2hunter2@127.0.0.1:1/opsbot")

    (sentence,) = result.stderr.splitlines()
    assert (result.exit_code, "look at OPSBOT_DATABASE_URL" in sentence) == (1, True)
    assert "hunter2" not in result.output


def test_lint_finds_nothing_wrong_with_the_library() -> None:
    result = opsbot("playbook", "lint")
    assert (result.exit_code, result.stdout) == (0, "")


def test_lint_tells_file_line_and_what_to_do(tmp_path: Path) -> None:
    broken = tmp_path / "critical-incident.md"
    broken.write_text("---\nkind: incident\ntitle: T\n---\n\n## A\n\n1. Fly. `auto: fly`\n", encoding="utf-8")
    result = opsbot("playbook", "lint", str(tmp_path))

    assert result.exit_code == 1
    assert "critical-incident.md:8" in result.stdout
    assert "fly" in result.stdout


def test_list_and_show_tell_of_playbooks() -> None:
    assert "critical-incident" in opsbot("playbook", "list").stdout
    assert "Isolate what is broken" in opsbot("playbook", "show", "critical-incident").stdout

    rendered = opsbot("playbook", "render", "medium-incident").stdout
    assert "☐ 5. Which services are affected?" in rendered
    assert "[Look again] [Next: Fix]" in rendered

    result = opsbot("playbook", "show", "critical-incidnt")
    assert result.exit_code == 1
    assert "critical-incident" in result.stderr


def test_wrong_settings_are_told_all_at_once() -> None:
    result = opsbot("serve", OPSBOT_POLL_SECOND="3", OPSBOT_SLACK_TRANSPORT="socket")

    assert result.exit_code == 1
    assert "SLACK_BOT_TOKEN is missing" in result.stderr
    assert "SLACK_APP_TOKEN is missing" in result.stderr
    assert "did you mean OPSBOT_POLL_SECONDS?" in result.stderr
    assert "Traceback" not in result.output


def test_a_missing_organisation_is_told_in_one_sentence(tmp_path: Path) -> None:
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1-2-abc", "SLACK_APP_TOKEN": "xapp-1-A0-1-abc"}
    result = opsbot("serve", OPSBOT_CONFIG=str(tmp_path / "opsbot.yaml"), **tokens)

    assert result.exit_code == 1
    assert "opsbot.yaml" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("organisation", "said"),
    [
        ("organisation: Acme\ntimezone: Mars/Olympus\n", ["opsbot.yaml:2: timezone", "✓ playbooks", "✗ paging"]),
        ("{", ["✗ organisation (opsbot.yaml): "]),
    ],
)
def test_doctor_goes_on_where_settings_and_file_are_wrong(tmp_path: Path, organisation: str, said: list[str]) -> None:
    path = tmp_path / "opsbot.yaml"
    path.write_text(organisation, encoding="utf-8")
    wrong = {"OPSBOT_POLL_SECONDS": "never", "ZENDESK_TOKEN": "secret"}
    here = {"OPSBOT_CONFIG": str(path), "OPSBOT_DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/opsbot.db"}
    result = opsbot("doctor", **wrong, **here)

    assert result.exit_code == 1
    assert "✗ settings, act mode: OPSBOT_POLL_SECONDS must be a number of seconds" in result.stdout
    assert "✗ settings, act mode: ZENDESK_EMAIL must be set too" in result.stdout
    assert "✗ settings, act mode: SLACK_BOT_TOKEN is missing" in result.stdout
    assert "✗ database: there is no database at" in result.stdout
    for each in said:
        assert each in result.stdout


async def test_doctor_finds_everything_well_in_the_practice_ground_and_says_what_is_not(tmp_path: Path) -> None:
    ground = Sandbox(manifest=manifest(COMMANDS), clock=SandboxClock())
    await ground.start()
    url = f"sqlite:///{tmp_path / 'opsbot.db'}"
    well = {**ground.environment(), "OPSBOT_CONFIG": str(ROOT / "opsbot.example.yaml"), "OPSBOT_DATABASE_URL": url}
    try:
        await asyncio.to_thread(opsbot, "migrate", OPSBOT_DATABASE_URL=url)
        result = await asyncio.to_thread(opsbot, "doctor", **well)
        assert (result.exit_code, "✗" in result.stdout) == (0, False), result.output

        wrong = {**well, "SLACK_BOT_TOKEN": "xoxb-not-this-one", "PAGERDUTY_ROUTING_KEY": ""}
        result = await asyncio.to_thread(opsbot, "doctor", **wrong)
        assert result.exit_code == 1
        assert "✗ Slack" in result.stdout
        assert "✗ paging" in result.stdout
    finally:
        await ground.stop()
